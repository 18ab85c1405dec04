/** The commands that ask the server, loaded together: a bundle each would be mostly wrapping. */
export * from "./apple-analyze.ts";
export * from "./apple-command.ts";
export * from "./browser-command.ts";
export * from "./hang-command.ts";
export * from "./runner-cache-command.ts";
export * from "./runner-command.ts";
export * from "./server-command.ts";
export * from "./server-foreground.ts";
export * from "./server-logs.ts";
export * from "./tools-command.ts";
