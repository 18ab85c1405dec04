/**
 * How a target is recorded.
 *
 * - `attach`: the process alone, on the device where it runs.
 * - `host-wide`: every process of this Mac, simulators' too; the reader keeps the target's.
 * - `launch`: the program is started by the recorder, with the environment that a template needs.
 */
export const strategies = ["attach", "host-wide", "launch"] as const;
export type Strategy = (typeof strategies)[number];
