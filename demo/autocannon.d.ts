// What the demo uses of autocannon, which has no types of its own.
declare module 'autocannon' {
  interface Result {
    readonly requests: { readonly total: number }
    readonly latency: { readonly p99: number }
    readonly errors: number
  }
  export default function autocannon (options: { url: string, amount: number, connections: number, requests: readonly object[] }): Promise<Result>
}
