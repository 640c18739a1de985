// The package ships no types.
declare module 'on-exit-leak-free' {
  export function register<Subject extends object> (subject: Subject, callback: (subject: Subject) => void): void
  export function registerBeforeExit<Subject extends object> (subject: Subject, callback: (subject: Subject) => void): void
  export function unregister (subject: object): void
}
