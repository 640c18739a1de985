// pino's default levels, in one place: the options, the filters and the screens use the same names.

export const pinoLevels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

export const pinoLevelNames = Object.keys(pinoLevels) as ReadonlyArray<keyof typeof pinoLevels>
