// Recursion without an end, which is caught and tried again.
function visitNode(depth) {
  return visitNode(depth + 1) + 1;
}
function visitAgainAndAgain() {
  for (;;) {
    try {
      visitNode(0);
    } catch {
      globalThis.tries = (globalThis.tries ?? 0) + 1;
    }
  }
}
console.log("stuck");
setTimeout(visitAgainAndAgain, 20);
