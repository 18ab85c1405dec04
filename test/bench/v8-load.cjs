/** A real compiler at work until its own V8 log has grown to a size: `v8-load.cjs LOG BYTES`. */
const { statSync } = require("node:fs");
const { join } = require("node:path");
const ts = require("typescript-5");

const [log, bytes] = process.argv.slice(2);
const root = join(__dirname, "..", "..");
const options = {
  noEmit: true,
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  types: ["node"],
};

while (statSync(log).size < Number(bytes)) {
  const program = ts.createProgram([join(root, "src", "profile", "builder.ts")], options);
  ts.getPreEmitDiagnostics(program);
}
