// Much is allocated, and little of it stays.
function fillCache() {
  const cache = [];
  for (let i = 0; ; i++) cache[i % 1000] = { index: i, text: `entry ${i}`, values: [i, i + 1] };
}
console.log("stuck");
setTimeout(fillCache, 20);
