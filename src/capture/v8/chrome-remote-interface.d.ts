/** What we use of the package, which has no types of its own. */
declare module "chrome-remote-interface" {
  import type { EventEmitter } from "node:events";

  export interface Client extends EventEmitter<{ disconnect: [] }> {
    send(method: string, params?: object): Promise<unknown>;
    close(): Promise<void>;
  }
  export interface Target {
    readonly title: string;
    readonly type: string;
    readonly url: string;
    readonly webSocketDebuggerUrl?: string;
  }
  interface Connect {
    /** `protocol` describes what the client gets methods for; `send` needs none of it. */
    (options: { target: string; protocol: { domains: [] } }): Promise<Client>;
    List(options: { host: string; port: number }): Promise<Target[]>;
  }
  const connect: Connect;
  export default connect;
}
