// Stands for Windows on another system, as far as the code asks which system it is on.
import { onTestFinished } from 'vitest'

/** Lets the running test's code take this system for the named one. */
export function actAs (platform: NodeJS.Platform): void {
  const original = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
  Object.defineProperty(process, 'platform', { ...original, value: platform })
  onTestFinished(() => { Object.defineProperty(process, 'platform', original) })
}
