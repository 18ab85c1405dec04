/** The formats that a profile can be written in, by the name a user gives. */
export const writerFormats = ["cpuprofile", "speedscope", "folded", "pprof"] as const;
export type WriterFormat = (typeof writerFormats)[number];

/** As each format's own tools name its files. */
export const fileExtensions: Readonly<Record<WriterFormat, string>> = {
  cpuprofile: "cpuprofile",
  speedscope: "speedscope.json",
  folded: "folded.txt",
  pprof: "pb.gz",
};

/** What a folded stack can begin with, by the name a user gives. */
export const foldedPrefixes = ["process", "thread"] as const;
export type FoldedPrefix = (typeof foldedPrefixes)[number];

export interface WriteOptions {
  /** Put before each folded stack, in this order. Other formats have no such thing. */
  readonly prefix?: readonly FoldedPrefix[];
  /**
   * When the recording began, in milliseconds since the epoch: a profile's own times count from
   * there. For pprof, which is kept by time; other formats have no such thing.
   */
  readonly startedAt?: number;
}
