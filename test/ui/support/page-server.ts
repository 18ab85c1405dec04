/** Serves the built view in a page with the content security policy that VS Code's host gives it. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { root } from "../../../scripts/host/paths.ts";

const types: Record<string, string> = {
  "webview.js": "text/javascript",
  "webview.css": "text/css",
  "codicon.ttf": "font/ttf",
};
const nonce = "bm9uY2U";

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function servePage(): Promise<PageServer> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    if (name === "") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page(`http://${request.headers.host}`));
      return;
    }
    const type = types[name];
    if (!type) {
      response.writeHead(name === "favicon.ico" ? 204 : 404).end();
      return;
    }
    readFile(join(root, "dist", name)).then(
      (bytes) => response.setHeader("content-type", type).end(bytes),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function page(source: string): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="/webview.css">
</head>
<body>
  <script nonce="${nonce}" src="/webview.js"></script>
</body>
</html>`;
}
