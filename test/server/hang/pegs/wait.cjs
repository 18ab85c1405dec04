// A main thread that waits for a worker that never answers.
const answer = new Int32Array(new SharedArrayBuffer(4));
function awaitAnswer() {
  Atomics.wait(answer, 0, 0);
}
console.log("stuck");
setTimeout(awaitAnswer, 20);
