// Answers: what is a page before its script runs? Only a frame: no cluster data, a strict content security policy, one
// script and one style sheet of our own.
import * as vscode from 'vscode';

export function pageFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** A script and a style sheet of that name, and what the page is called. */
export interface Page {
  readonly script: 'panel' | 'matrix' | 'diff';
  readonly title: string;
}

export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, { script, title }: Page): string {
  const nonce = crypto.randomUUID().replaceAll('-', '');
  const uriOf = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extensionUri), name)).toString();
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<title>${title}</title>
<link rel="stylesheet" href="${uriOf(`${script}.css`)}">
<script nonce="${nonce}" src="${uriOf(`${script}.js`)}" defer></script>
</head>
<body><main id="app"></main></body>
</html>`;
}
