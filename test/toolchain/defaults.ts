/** Fills in what a scenario does not say. */
import { resolve } from "node:path";
import type { Scenario } from "./scenario-types.ts";

export type WholeScenario = Required<Scenario>;

export const defaultSimulator = "6F1D2C3B-8A4E-4C5D-9E7F-0A1B2C3D4E5F";
export const defaultDevice = "00008130-001A2B3C4D5E6F70";

const sourceRoot = resolve(import.meta.dirname, "../../examples/stuck-ios");
const appFolder = `/Users/ada/Library/Developer/CoreSimulator/Devices/${defaultSimulator}/data/Containers/Bundle/Application/0C2E6B0A-52B5-4B63-9F0B-6C0E3B1D7A11/StuckApp.app`;

export function fillIn(scenario: Scenario): WholeScenario {
  return {
    xcode: "26.3",
    developerDir: "/Applications/Xcode.app/Contents/Developer",
    missing: [],
    holds: [],
    simulators: [
      { udid: defaultSimulator, name: "iPhone 17 Pro", os: "26.2", state: "Booted" },
      {
        udid: "A1B2C3D4-1111-4222-8333-444455556666",
        name: "iPad Air",
        os: "26.2",
        state: "Shutdown",
      },
    ],
    devices: [
      {
        udid: defaultDevice,
        name: "Ada’s iPhone",
        os: "26.2",
        model: "iPhone 16",
        connected: true,
      },
    ],
    apps: [
      {
        on: defaultSimulator,
        bundleId: "com.example.StuckApp",
        executable: "StuckApp",
        displayName: "Stuck App",
        type: "User",
      },
      {
        on: defaultSimulator,
        bundleId: "com.apple.Preferences",
        executable: "Preferences",
        displayName: "Settings",
        type: "System",
      },
    ],
    processes: [
      {
        pid: 4242,
        name: "StuckApp",
        displayName: "Stuck App",
        path: `${appFolder}/StuckApp`,
        on: defaultSimulator,
        bundleId: "com.example.StuckApp",
      },
      {
        pid: 5151,
        name: "PhotosWidget",
        path: "/Applications/Photos.app/PlugIns/PhotosWidget.appex/PhotosWidget",
        on: defaultSimulator,
      },
      {
        pid: 751,
        name: "Finder",
        path: "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder",
      },
      {
        pid: 390,
        name: "StuckApp",
        displayName: "Stuck App",
        path: "/private/var/containers/Bundle/Application/7D1F0C9E-4B7A-4C58-8E2D-2B1A0F9C8D7E/StuckApp.app/StuckApp",
        on: defaultDevice,
        bundleId: "com.example.StuckApp",
      },
    ],
    templates: {},
    times: {},
    record: {},
    export: {},
    build: {},
    runner: {},
    ...scenario,
    trace: { sourceRoot, ...scenario.trace },
  };
}
