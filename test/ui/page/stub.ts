/** Stands in for VS Code inside the test page, before the view's own script runs. */

interface Setup {
  /** Body classes, as VS Code sets them. */
  readonly classes: readonly string[];
  /** CSS variables of the theme. */
  readonly variables: Readonly<Record<string, string>>;
  readonly withoutWebGl: boolean;
}

interface TestWindow extends Window {
  setup: Setup;
  /** Bound to the test's process. */
  hostReceive(message: unknown): Promise<void>;
  deliver(message: Record<string, unknown>, base64?: string): void;
  applyTheme(setup: Setup): void;
  acquireVsCodeApi(): unknown;
  violations: string[];
}

declare const window: TestWindow;

const stateKey = "vscode-state";

window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
  window.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
});

window.applyTheme = ({ classes, variables }) => {
  document.body.className = classes.join(" ");
  for (const [name, value] of Object.entries(variables)) {
    document.documentElement.style.setProperty(name, value);
  }
};

new MutationObserver((_, observer) => {
  if (!document.body) return;
  observer.disconnect();
  window.applyTheme(window.setup);
}).observe(document, { childList: true, subtree: true });

if (window.setup.withoutWebGl) {
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return kind === "webgl2" ? null : getContext.call(this, kind);
  } as typeof getContext;
}

window.deliver = (message, base64) => {
  const data = base64 === undefined ? {} : { data: Uint8Array.fromBase64(base64).buffer };
  window.postMessage({ ...message, ...data }, location.origin);
};

window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => void window.hostReceive(message),
  getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? "null") ?? undefined,
  setState: (state: unknown) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
});
