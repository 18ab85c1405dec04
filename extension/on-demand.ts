/**
 * What runs only once a user asks for it. It loads as one file then: activation does not pay for it,
 * and the package does not fall into hundreds of small files.
 */
export { findNode } from "../src/capture/v8/node.ts";
export { readTask } from "../src/runner/task-definition.ts";
export { findNodes } from "../src/toolchain/nodes.ts";
export { keepArtifact } from "./artifacts/keep-artifact.ts";
export { openArtifact } from "./artifacts/open-artifact.ts";
export { chooseStuck } from "./browser/choose-stuck.ts";
export { launchBrowser } from "./browser/launch-browser.ts";
export { chooseLog } from "./capture/choose-log.ts";
export { pickProgram, pickTarget } from "./capture/pick-target.ts";
export { appleApp, pickDevice } from "./capture/targets/apple-app.ts";
export { planOfLaunch } from "./capture/targets/launch-configurations.ts";
