/** Stands in for VS Code inside the test page, before the view's own script runs. */

interface Setup {
  /** Body classes, as VS Code sets them. */
  readonly classes: readonly string[];
  /** CSS variables of the theme. */
  readonly variables: Readonly<Record<string, string>>;
  /** `software`: drawn by the CPU, where the view would rather not. */
  readonly webGl: "software" | "none";
}

interface Hooks {
  setup: Setup;
  /** Bound to the test's process. */
  hostReceive(message: unknown): Promise<void>;
  deliver(message: Record<string, unknown>, base64?: string): void;
  applyTheme(setup: Setup): void;
  acquireVsCodeApi(): unknown;
  violations: string[];
}

const test = window as unknown as Hooks;

const stateKey = "vscode-state";

test.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
  test.violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`);
});

test.applyTheme = ({ classes, variables }) => {
  document.body.className = classes.join(" ");
  for (const [name, value] of Object.entries(variables)) {
    document.documentElement.style.setProperty(name, value);
  }
};

new MutationObserver((_, observer) => {
  if (!document.body) return;
  observer.disconnect();
  test.applyTheme(test.setup);
}).observe(document, { childList: true, subtree: true });

const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (
  this: HTMLCanvasElement,
  kind: string,
  options?: object,
) {
  if (kind !== "webgl2") return getContext.call(this, kind, options);
  if (test.setup.webGl === "none") return null;
  return getContext.call(this, kind, { ...options, failIfMajorPerformanceCaveat: false });
} as typeof getContext;

test.deliver = (message, base64) => {
  const data = base64 === undefined ? {} : { data: bytesOf(base64).buffer };
  window.postMessage({ ...message, ...data }, location.origin);
};

test.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => void test.hostReceive(message),
  getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? "null") ?? undefined,
  setState: (state: unknown) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
});

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
