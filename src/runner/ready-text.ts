/** What came of a preparation that went well, in one sentence. */
import type { Prepared } from "./prepare-result.ts";

/** `Ready on iPhone 17 Pro: restored, in 8.1 s.` */
export function readyText({ runner, artifact, started, recovered, timings }: Prepared): string {
  const how = started === "running" ? "ran already" : artifact;
  const seconds = (timings.total / 1000).toFixed(1);
  const more = recovered ? ` Recovered: ${recovered.reason}` : "";
  return `Ready on ${runner.name}: ${how}, in ${seconds} s.${more}`;
}
