import type { Sandbox } from "./hang-file.ts";

/** One sentence for a person. */
export function sandboxText({ sandbox, withoutSandbox }: Sandbox): string {
  if (sandbox === "on") return "The browser's sandbox is on.";
  const why = withoutSandbox === undefined ? "." : `: ${withoutSandbox}`;
  return `The browser's sandbox is off${why}`;
}
