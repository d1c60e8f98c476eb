// Answers: what does one file tell, whatever it is? A file of Kubernetes objects, a template, something else, or no text
// at all. The result depends on this file alone, so a store can keep it until the file changes.
import type { Problem } from '../model/problem';
import { isExpectationFile, readExpectations } from './expectations';
import type { LineIndex } from './lines';
import type { FileObjects } from './objects';
import { emptyObjects, readItem, readObjects } from './objects';
import type { SyntaxFile } from './parse';
import { parseInSteps } from './parse';
import type { SyntaxNode } from './syntax';
import { entryOf, locationOf } from './syntax';

/** What a file turned out to be. `other`: readable, but nothing of Kubernetes in it. */
export type FileRole = 'kubernetes' | 'template' | 'other' | 'binary';

export interface LoadedFile {
  readonly file: string;
  readonly role: FileRole;
  readonly objects: FileObjects;
  readonly problems: readonly Problem[];
}

/** Objects and arrays under these keys tell nothing about the network, and are most of a snapshot. */
const idle: ReadonlySet<string> = new Set(
  (
    'managedFields env envFrom volumeMounts volumeDevices volumes resources livenessProbe readinessProbe startupProbe ' +
    'lifecycle securityContext images capacity allocatable allocatedResources volumesAttached volumesInUse lastState ' +
    'podAntiAffinity podAffinity topologySpreadConstraints volumeClaimTemplates imagePullSecrets projected readinessGates'
  ).split(' '),
);

function isIdle(key: string, structured: boolean): boolean {
  return structured ? idle.has(key) : key === 'kubectl.kubernetes.io/last-applied-configuration';
}

/** In steps. `text` undefined: the file's content is no text (see load/decode.ts). */
export function* readFile(file: string, text: string | undefined): Generator<void, LoadedFile, void> {
  if (text === undefined) {
    const at = { file, document: 0, line: 0, character: 0, endLine: 0, endCharacter: 0 };
    const message = 'This file is not text, so nothing is read from it.';
    return withoutObjects(file, 'binary', [{ code: 'file.binary', severity: 'warning', message, at }]);
  }
  if (isExpectationFile(file)) return withoutObjects(file, 'other', readExpectations(file, text).problems);
  if (!looksLikeKubernetes(text)) return withoutObjects(file, 'other', []);
  const items = emptyObjects();
  const take = (item: SyntaxNode, lines: LineIndex): boolean => readItem(file, lines, item, items);
  const parsed = yield* parseInSteps(file, text, { skip: isIdle, take });
  if (parsed.templateAt !== undefined) return template(parsed, parsed.templateAt);
  const whole = parsed.language === 'json' && parsed.documents.every((document) => !document.broken);
  const objects = yield* readObjects(parsed, whole ? items : emptyObjects());
  const named = objectNames(objects).some((name) => name.includes('{{'));
  if (named) return template(parsed, text.indexOf('{{'));
  const problems = [...parsed.problems.filter((problem) => concerns(parsed, problem)), ...objects.problems];
  return { file, role: objects.count > 0 ? 'kubernetes' : 'other', objects, problems };
}

function withoutObjects(file: string, role: FileRole, problems: readonly Problem[]): LoadedFile {
  return { file, role, objects: emptyObjects(), problems };
}

/** A quick look that spares parsing lock files, API descriptions and the like. */
function looksLikeKubernetes(text: string): boolean {
  return text.includes('apiVersion') && /(?:^|[\s{,"'])kind["']?[ \t]*:/.test(text);
}

/** Syntax errors always; warnings only of documents that are objects. */
function concerns(parsed: SyntaxFile, problem: Problem): boolean {
  if (problem.severity === 'error') return true;
  const root = parsed.documents[problem.at.document]?.root;
  return entryOf(root, 'apiVersion') !== undefined && entryOf(root, 'kind') !== undefined;
}

/** Charts whose actions all stand in quotes parse as YAML, but give themselves away by the names of their objects. */
function objectNames(objects: FileObjects): readonly string[] {
  const { pods, workloads, services, policies } = objects;
  return [pods, workloads, services, policies].flatMap((list) => list.map(({ metadata }) => metadata.name));
}

function template(parsed: SyntaxFile, offset: number): LoadedFile {
  const document = parsed.documents.findIndex(({ start, end }) => start <= offset && offset < end);
  const range = { start: offset, end: offset + '{{'.length };
  return withoutObjects(parsed.file, 'template', [
    {
      code: 'helm.template',
      severity: 'information',
      message:
        'This file is a template with {{ }} actions, so no objects are read from it. ' +
        'Render it first, for example with "helm template", and open the result.',
      at: locationOf(parsed.file, parsed.lines, Math.max(0, document), range),
    },
  ]);
}
