/** Where a call comes from: its job runs with this, not with what the first launcher had. */
import * as z from "zod";
import { type Environment, spellingOf } from "../toolchain/environment.ts";

export const callerSchema = z.object({
  /** Its `PATH`. */
  path: z.string().optional(),
  /** Its `DEVELOPER_DIR`, which chooses an Xcode. */
  developerDir: z.string().optional(),
});
export type Caller = z.output<typeof callerSchema>;

export function callerOf(env: NodeJS.ProcessEnv): Caller {
  const path = env[spellingOf(env, "PATH")];
  const developerDir = env["DEVELOPER_DIR"];
  return {
    ...(path !== undefined && { path }),
    ...(developerDir !== undefined && { developerDir }),
  };
}

/** What a job's programs get over the server's own environment. */
export function environmentOf({ path, developerDir }: Caller): Environment {
  return {
    ...(path !== undefined && { PATH: path }),
    ...(developerDir !== undefined && { DEVELOPER_DIR: developerDir }),
  };
}
