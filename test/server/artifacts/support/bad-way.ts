/** An HTTP proxy that answers in the server's place, is slow, silent, or cuts the connection. */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export type Fault =
  /** `bytes` is what a HEAD says that there are. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code: string;
      readonly bytes?: number;
    }
  /** The connection is gone after so many bytes of the request's or the answer's body. */
  | { readonly kind: "cut"; readonly side: "request" | "answer"; readonly afterBytes: number }
  | { readonly kind: "slow"; readonly msPerChunk: number }
  | { readonly kind: "silent" }
  /** Nothing is passed on before that. */
  | { readonly kind: "held"; readonly until: Promise<void> };

/** One request as it came. */
export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly range: string | undefined;
}

export class BadWay {
  readonly asked: Asked[] = [];
  /** What happens to a request; nothing by default. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  readonly #to: number;
  readonly #server: Server;

  static async to(port: number): Promise<BadWay> {
    const way = new BadWay(port);
    way.#server.listen(0, "127.0.0.1");
    await once(way.#server, "listening");
    return way;
  }

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((from, answer) => void this.#pass(from, answer));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As if nothing had happened. */
  mend(): void {
    this.fault = () => undefined;
    this.asked.length = 0;
  }

  count(method: string, query: RegExp): number {
    return this.asked.filter((each) => each.method === method && query.test(each.path)).length;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, "close");
  }

  async #pass(from: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = from;
    const asked = { method, path, range: from.headers.range };
    this.asked.push(asked);
    const fault = this.fault(asked);
    if (fault?.kind === "silent") return;
    if (fault?.kind === "held") await fault.until;
    if (fault?.kind === "status") {
      from.resume();
      const { status, code, bytes } = fault;
      const length = bytes === undefined ? {} : { "content-length": bytes };
      answer.writeHead(status, { "content-type": "application/xml", ...length });
      answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>made</Message></Error>`);
      return;
    }
    const cut = () => {
      from.socket.destroy();
      to.destroy();
    };
    const to = request(
      { host: "127.0.0.1", port: this.#to, method, path, headers: from.headers, agent: false },
      (back) => {
        answer.writeHead(back.statusCode ?? 500, back.headers);
        back.pipe(bend(fault, "answer", cut)).pipe(answer);
        back.on("error", cut);
      },
    );
    to.on("error", cut);
    from.on("error", cut);
    from.pipe(bend(fault, "request", cut)).pipe(to);
  }
}

/** What the bytes of one direction go through. */
function bend(fault: Fault | undefined, side: "request" | "answer", cut: () => void): Transform {
  let left = fault?.kind === "cut" && fault.side === side ? fault.afterBytes : Infinity;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      if (fault?.kind === "slow") await sleep(fault.msPerChunk);
      const passed = chunk.subarray(0, left);
      left -= chunk.length;
      if (left < 0) {
        this.push(passed);
        setImmediate(cut);
        return;
      }
      done(null, passed);
    },
  });
}
