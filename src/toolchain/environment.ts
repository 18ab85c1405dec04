/** Variables over a process's own environment. */
export type Environment = Readonly<Record<string, string>>;
