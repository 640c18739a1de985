// Work that a command asks for and may stop.

export interface Stoppable<Result> {
  readonly done: Promise<Result>
  readonly stop: () => Promise<void>
}
