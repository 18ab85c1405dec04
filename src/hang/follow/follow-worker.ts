/** The thread that follows logs. It reads and writes synchronously: nothing else waits here. */
import { parentPort } from "node:worker_threads";
import { Following } from "./following.ts";
import type { FromFollower, ToFollower } from "./protocol.ts";

const port = parentPort;
if (!port) throw new Error("follow-worker.ts runs in a worker thread only.");

const followed = new Map<number, Following>();
const running = new Map<number, AbortController>();

port.on("message", (message: ToFollower) => {
  switch (message.kind) {
    case "start": {
      const { id, file } = message;
      const following = new Following(file, (state) => send({ kind: "state", id, state }));
      followed.set(id, following);
      void following.begin();
      return;
    }
    case "snapshot":
      void snapshot(message);
      return;
    case "stop":
      void stop(message);
      return;
    case "cancel":
      running.get(message.call)?.abort();
  }
});

async function snapshot({
  id,
  call,
  output,
}: Extract<ToFollower, { kind: "snapshot" }>): Promise<void> {
  const abort = new AbortController();
  running.set(call, abort);
  try {
    const following = followed.get(id);
    if (!following) throw new Error("The log is followed no longer.");
    const state = await following.snapshot(output, abort.signal);
    send({ kind: "done", call, state });
  } catch (error) {
    fail(call, error);
  } finally {
    running.delete(call);
  }
}

async function stop({ id, call }: Extract<ToFollower, { kind: "stop" }>): Promise<void> {
  const following = followed.get(id);
  followed.delete(id);
  try {
    await following?.stop();
    send({ kind: "done", call });
  } catch (error) {
    fail(call, error);
  }
}

function fail(call: number, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  send({ kind: "failed", call, name, message });
}

function send(message: FromFollower): void {
  port!.postMessage(message);
}
