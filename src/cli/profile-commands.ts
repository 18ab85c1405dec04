/** The commands that work on files, loaded together: a bundle each would be mostly wrapping. */
export * from "./artifacts-command.ts";
export * from "./push-command.ts";
export * from "./run-command.ts";
export * from "./symbolize-fleet.ts";
