/** The page's end of the wire to its host. */
import type { FromView, ToView } from "../protocol.ts";

interface VsCodeApi {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Connection {
  post(message: FromView): void;
  onMessage(listener: (message: ToView) => void): void;
  readonly savedState: unknown;
  saveState(state: unknown): void;
}

/** May be called once: VS Code hands its API out once a page. */
export function connect(): Connection {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage: (listener) => {
      window.addEventListener("message", ({ data }: MessageEvent<ToView>) => listener(data));
    },
    savedState: api.getState(),
    saveState: (state) => api.setState(state),
  };
}
