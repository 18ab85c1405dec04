import * as z from "zod";
import { listApps, listDevices } from "../capture/apple/devices.ts";
import { environmentOf } from "./caller.ts";
import { defineTool, ToolError } from "./tool.ts";

const device = z
  .object({
    kind: z.enum(["mac", "simulator", "device"]),
    udid: z.string().describe("Empty for this Mac"),
    name: z.string(),
    os: z.string(),
    state: z.string().describe("booted, shutdown, connected, disconnected or the tool's own word"),
  })
  .readonly();

const app = z
  .object({
    pid: z.number().int(),
    bundleId: z.string().describe("Empty where the system does not tell"),
    name: z.string(),
    executable: z.string().describe("Empty where the system does not tell"),
  })
  .readonly();

export const appleDevices = defineTool({
  name: "apple.devices",
  title: "List Apple devices",
  description:
    "Lists this Mac, its simulators and connected devices with their state, and the apps that run on one of them when appsOf is given. Needs Xcode.",
  input: z.object({
    appsOf: z
      .string()
      .optional()
      .describe("UDID of a simulator whose running apps are wanted; empty for this Mac"),
  }),
  output: z.object({
    devices: z.array(device).readonly().describe("Those that run first, after this Mac"),
    apps: z.array(app).readonly().exactOptional(),
    warnings: z.array(z.string()).readonly().describe("What could not be listed, and why"),
  }),
  readOnly: true,
  async run({ appsOf }, { caller, ...task }) {
    const env = environmentOf(caller);
    const { devices, warnings } = await listDevices(env, task);
    if (appsOf === undefined) return { devices, warnings };
    const wanted = devices.find(({ udid }) => udid === appsOf);
    if (!wanted) throw new ToolError("no-such-device", `There is no device ${appsOf}.`);
    return { devices, warnings, apps: await listApps(wanted, env, task) };
  },
});
