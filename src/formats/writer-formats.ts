/** The formats that a profile can be written in, by the name a user gives. */
export const writerFormats = ["cpuprofile", "speedscope", "folded"] as const;
export type WriterFormat = (typeof writerFormats)[number];
