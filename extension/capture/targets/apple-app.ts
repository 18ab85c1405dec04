/** An app on a simulator, a device or this Mac, recorded by Instruments. */
import * as vscode from "vscode";
import type { ToolOutput } from "../../../src/tools/index.ts";
import type { ServerConnection } from "../../app.ts";
import { UserError } from "../../commands.ts";
import { withProgress } from "../../progress.ts";
import type { Plan } from "../recorder.ts";

type Devices = ToolOutput<"apple.devices">;
type Device = Devices["devices"][number];
type App = NonNullable<Devices["apps"]>[number];
type Process = Extract<Plan["target"], { kind: "apple" }>["process"];
type Server = Pick<ServerConnection, "call">;

/** @returns `undefined` when the user went away */
export async function appleApp(server: Server): Promise<Plan | undefined> {
  const device = await pickDevice(server, vscode.l10n.t("Where does the app run?"));
  if (!device) return undefined;
  const process = await pickProcess(server, device);
  if (!process) return undefined;
  const settings = vscode.workspace.getConfiguration("hangscope.apple");
  const strategy = settings.get<"auto" | "attach" | "host-wide" | "launch">("strategy", "auto");
  return {
    title: titleOf(process, device),
    target: {
      kind: "apple",
      process: process.process,
      template: settings.get("template", "cpu-hangs"),
      limitSeconds: settings.get("limitSeconds", 300),
      exportLimitSeconds: settings.get("exportLimitSeconds", 60),
      ...(device.udid !== "" && { device: device.udid }),
      ...(strategy !== "auto" && { strategy }),
    },
  };
}

/** All processes are those of the Mac, whatever was chosen before. */
function titleOf({ title, process }: Chosen, { kind, name }: Device): string {
  const isOfMac = kind === "mac" || process.by === "everything";
  return isOfMac ? title : vscode.l10n.t("{0} on {1}", title, name);
}

export async function pickDevice(server: Server, placeHolder: string): Promise<Device | undefined> {
  const { devices, warnings } = await withProgress(
    vscode.l10n.t("Looking for simulators and devices"),
    (task) => server.call("apple.devices", {}, task),
  );
  if (warnings.length > 0) void vscode.window.showWarningMessage(warnings.join(" "));
  const items = devices.map((device) => ({
    label: `$(${device.kind === "mac" ? "device-desktop" : "device-mobile"}) ${device.name}`,
    description: [device.os, device.kind === "mac" ? "" : device.state]
      .filter((part) => part !== "")
      .join(" · "),
    ...(device.udid !== "" && { detail: device.udid }),
    device,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Apple Devices"),
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.device;
}

interface Chosen {
  readonly title: string;
  readonly process: Process;
}

interface Choice extends vscode.QuickPickItem {
  readonly choose: () => Promise<Chosen | undefined>;
}

async function pickProcess(server: Server, device: Device) {
  if (device.kind === "simulator" && device.state !== "booted") {
    throw new UserError(
      vscode.l10n.t("{0} is not booted. Run: xcrun simctl boot {1}", device.name, device.udid),
    );
  }
  const apps = device.kind === "device" ? [] : await appsOf(server, device);
  const items: Choice[] = [
    ...apps.map((app) => ({
      label: `$(symbol-event) ${app.name}`,
      description: [String(app.pid), app.bundleId].filter((part) => part !== "").join(" · "),
      choose: async () => ({
        title: app.name,
        process: { by: "pid", pid: app.pid } as const,
      }),
    })),
    {
      label: vscode.l10n.t("$(edit) By Name…"),
      description: vscode.l10n.t("bundle id or name of a running app"),
      choose: byName,
    },
    {
      label: vscode.l10n.t("$(rocket) Start a Command…"),
      description: vscode.l10n.t("launched for recording, which leaks need"),
      choose: byCommand,
    },
    {
      label: vscode.l10n.t("$(globe) All Processes"),
      description: vscode.l10n.t("everything that this Mac runs, simulators too"),
      choose: async () => ({
        title: vscode.l10n.t("All processes"),
        process: { by: "everything" } as const,
      }),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Record on {0}", device.name),
    placeHolder: vscode.l10n.t("Which app should be recorded?"),
    matchOnDescription: true,
  });
  return chosen?.choose();
}

async function appsOf(server: Server, { name, udid }: Device): Promise<readonly App[]> {
  const title = vscode.l10n.t("Looking for apps on {0}", name);
  const { apps = [] } = await withProgress(title, (task) =>
    server.call("apple.devices", { appsOf: udid }, task),
  );
  return apps;
}

async function byName() {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Record Which App?"),
    prompt: vscode.l10n.t("Bundle id or name of an app that runs"),
    placeHolder: "com.example.MyApp",
  });
  if (!name?.trim()) return undefined;
  return { title: name.trim(), process: { by: "name", name: name.trim() } as const };
}

async function byCommand() {
  const path = await vscode.window.showInputBox({
    title: vscode.l10n.t("Record Which Command?"),
    prompt: vscode.l10n.t("Absolute path of the program to start, without arguments"),
  });
  if (!path?.trim()) return undefined;
  const program = path.trim();
  const title = program.split("/").at(-1)!;
  const process: Process = { by: "command", argv: [program] };
  return { title, process };
}
