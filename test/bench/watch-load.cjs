/**
 * A healthy program that has turns to work and turns to rest: `watch-load.cjs TURN SECONDS START`.
 * Two of them with turns 0 and 1 work one after the other. Prints how much it did.
 */
const [turn, seconds, start] = process.argv.slice(2).map(Number);
const turnMs = 5_000;
const end = start + seconds * 1000;
let units = 0;
let workedMs = 0;

/** Some milliseconds of parsing, sorting, matching and allocating. */
function unit() {
  const rows = Array.from({ length: 400 }, (_, i) => ({ id: i, name: `name ${(i * 7919) % 400}` }));
  const copy = JSON.parse(JSON.stringify(rows));
  copy.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = new Map(copy.map((row) => [row.name, row]));
  return copy.filter(({ name }) => /^name [1-9]\d?$/.test(name) && found.has(name)).length;
}

function step() {
  const now = Date.now();
  if (now >= end) {
    console.log(JSON.stringify({ units, workedMs }));
    return;
  }
  const mine = Math.floor((now - start) / turnMs) % 2 === turn;
  if (now < start || !mine) {
    setTimeout(step, 20);
    return;
  }
  const before = performance.now();
  for (let i = 0; i < 10; i++) unit();
  units += 10;
  workedMs += performance.now() - before;
  setImmediate(step);
}
step();
