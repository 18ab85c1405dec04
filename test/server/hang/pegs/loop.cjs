// A loop that never ends.
function spinForever(step) {
  let turns = 0;
  for (;;) {
    turns = (turns + step) % 1_000_003;
    globalThis.turns = turns;
  }
}
console.log("stuck");
setTimeout(() => spinForever(7), 20);
