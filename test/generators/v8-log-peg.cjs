// A test finds its positions by the words behind `//`.
function inlined(x) {
  return Math.sqrt(x) / Math.sqrt(x + 3); // costly
}
function hot(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += inlined(i); // inlined here
  }
  return sum;
}
function caller(end) {
  let sum = 0;
  while (Date.now() < end) {
    sum += hot(1e6); // called here
  }
  return sum;
}
caller(Date.now() + Number(process.argv[2]));
