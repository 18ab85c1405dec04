/**
 * Stands in for the native `@vscode/native-watchdog` in the VS Code server of the tests: ends the
 * extension host when the process that started it is gone.
 */
exports.start = (parentPid) => {
  const check = () => {
    try {
      process.kill(parentPid, 0);
    } catch {
      process.exit(87);
    }
  };
  setInterval(check, 1_000).unref();
};
