/** Every format a profile can be written in. */
import type { Writable } from "node:stream";
import type { Profile } from "../profile/profile.ts";
import { writeCpuprofile } from "./cpuprofile/write.ts";
import { writeFolded } from "./folded/write.ts";
import { writePprof } from "./pprof/write.ts";
import { writeSpeedscope } from "./speedscope/write.ts";
import type { WriteOptions, WriterFormat } from "./writer-formats.ts";

/** Streams the whole profile and ends the stream. Rejects with the signal's reason. */
type Writer = (
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
  options?: WriteOptions,
) => Promise<void>;

export const writers: Readonly<Record<WriterFormat, Writer>> = {
  cpuprofile: writeCpuprofile,
  speedscope: writeSpeedscope,
  folded: writeFolded,
  pprof: writePprof,
};
