// Answers: which files of the workspace, the sample or a snapshot are read, and what is their text now? Unsaved text of open
// documents wins over the disk; files.exclude and the extension's own globs are honoured.
import * as vscode from 'vscode';
import type { FileChange } from '../load/store';
import { settings } from './ids';
import type { ClusterSource } from './session';

/** More files than this are not read at once. */
const mostFiles = 20_000;
const readAtOnce = 32;
const defaultInclude = ['**/*.yaml', '**/*.yml', '**/*.json'];
const manifestName = /\.(ya?ml|json)$/i;

/** Whether a file of this name may hold manifests. */
export function isManifestName(path: string): boolean {
  return manifestName.test(path);
}

export async function filesOf(
  source: ClusterSource,
  extensionUri: vscode.Uri,
  token: vscode.CancellationToken,
): Promise<readonly vscode.Uri[]> {
  switch (source.kind) {
    case 'workspace':
      return workspaceFiles(token);
    case 'sample':
      return filesBelow(vscode.Uri.joinPath(extensionUri, 'media', 'sample'));
    case 'snapshot':
      return (await Promise.all(source.uris.map((uri) => filesBelow(uri)))).flat();
  }
}

/** Globs of the settings, as VS Code takes them. */
export function includeGlobs(scope?: vscode.Uri): readonly string[] {
  const globs = vscode.workspace
    .getConfiguration('podNetwork', scope)
    .get<readonly string[]>(settings.include);
  return globs === undefined || globs.length === 0 ? defaultInclude : globs;
}

/** Reads what the files hold now. Files that are gone, or that cannot be read, are changes that remove them. */
export async function readFiles(
  uris: readonly vscode.Uri[],
  log: vscode.LogOutputChannel,
  token: vscode.CancellationToken,
): Promise<readonly FileChange[]> {
  const unsaved = new Map(
    vscode.workspace.textDocuments
      .filter(({ isDirty, isClosed }) => isDirty && !isClosed)
      .map((document) => [document.uri.toString(), document]),
  );
  const changes: FileChange[] = [];
  for (let from = 0; from < uris.length && !token.isCancellationRequested; from += readAtOnce) {
    const batch = uris.slice(from, from + readAtOnce);
    changes.push(...(await Promise.all(batch.map((uri) => readFile(uri, unsaved.get(uri.toString()), log)))));
  }
  return changes;
}

/** A saved document says what the disk says, and may stay open after its file was deleted. */
async function readFile(
  uri: vscode.Uri,
  unsaved: vscode.TextDocument | undefined,
  log: vscode.LogOutputChannel,
): Promise<FileChange> {
  const file = uri.toString();
  if (unsaved !== undefined) return { file, text: unsaved.getText() };
  try {
    return { file, text: await vscode.workspace.fs.readFile(uri) };
  } catch (error) {
    const gone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    if (!gone) log.warn(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return { file, removed: true };
  }
}

async function workspaceFiles(token: vscode.CancellationToken): Promise<readonly vscode.Uri[]> {
  const found = new Map<string, vscode.Uri>();
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const excluded = excludeGlob(folder.uri);
    for (const glob of includeGlobs(folder.uri)) {
      const pattern = new vscode.RelativePattern(folder, glob);
      for (const uri of await vscode.workspace.findFiles(pattern, excluded, mostFiles, token)) {
        found.set(uri.toString(), uri);
      }
    }
  }
  return [...found.values()];
}

/** files.exclude and the extension's own list as one glob; VS Code leaves out its own list when it is given another. */
function excludeGlob(scope: vscode.Uri): string | undefined {
  const own =
    vscode.workspace.getConfiguration('podNetwork', scope).get<readonly string[]>(settings.exclude) ?? [];
  const files =
    vscode.workspace.getConfiguration('files', scope).get<Readonly<Record<string, unknown>>>('exclude') ?? {};
  const globs = [...own, ...Object.entries(files).flatMap(([glob, on]) => (on === true ? [glob] : []))];
  return globs.length === 0 ? undefined : `{${globs.join(',')}}`;
}

/** The file itself, or the manifests in a folder and the folders below it. */
async function filesBelow(uri: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const { type } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.Directory) === 0) return [uri];
  const entries = await vscode.workspace.fs.readDirectory(uri);
  const below = entries
    .filter(([name, kind]) => (kind & vscode.FileType.Directory) !== 0 || manifestName.test(name))
    .filter(([name]) => !name.startsWith('.') && name !== 'node_modules')
    .map(([name]) => filesBelow(vscode.Uri.joinPath(uri, name)));
  return (await Promise.all(below)).flat();
}
