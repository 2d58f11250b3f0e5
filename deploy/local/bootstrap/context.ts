/** What every command of the launcher is given. Types only. */

/** The clone, its `.c2c` folder, and a signal that ends whatever the command is doing. */
export type Context = { root: string; home: string; signal: AbortSignal };
