// One native call that takes minutes, or as many rounds as are wanted; then it waits.
const { pbkdf2Sync } = require("node:crypto");
function derivePassword(rounds) {
  return pbkdf2Sync("password", "salt", rounds, 64, "sha512");
}
console.log("stuck");
setInterval(() => {}, 1000);
setTimeout(() => derivePassword(Number(process.argv[2] ?? 2 ** 31 - 1)), 20);
