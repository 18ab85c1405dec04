// A regular expression that tries every way to split the text.
function matchNames(text) {
  return /^(\w+\s?)+$/.test(text);
}
console.log("stuck");
setTimeout(() => matchNames(`${"name ".repeat(12)}!`.repeat(40)), 20);
