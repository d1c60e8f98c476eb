// Answers: how do the panels of the extension look in their tabs, and how does a webview carry a channel?
import * as vscode from 'vscode';
import type { Port } from '../protocol/channel';

/** The pipe to the page of a panel. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen: (receive) => {
      const listening = webview.onDidReceiveMessage(receive);
      return () => {
        listening.dispose();
      };
    },
  };
}

export function panelIcon(extensionUri: vscode.Uri): {
  readonly light: vscode.Uri;
  readonly dark: vscode.Uri;
} {
  return {
    light: vscode.Uri.joinPath(extensionUri, 'media', 'trace-light.svg'),
    dark: vscode.Uri.joinPath(extensionUri, 'media', 'trace-dark.svg'),
  };
}
