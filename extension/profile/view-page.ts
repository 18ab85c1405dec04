/** The page of a profile view: our script and our style, and nothing else may run or load. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function viewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "dist");
}

export function viewPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(viewRoot(extensionUri), name));
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${file("webview.css")}">
</head>
<body>
  <script nonce="${nonce}" src="${file("webview.js")}"></script>
</body>
</html>`;
}
