// Answers: in which namespaces is a process, and what became of it? Read from /proc of the lab's node: two processes share a
// namespace exactly when /proc/PID/ns/NAME is one inode (namespaces(7)).
import { open, readFile, readdir, stat, type FileHandle } from 'node:fs/promises';
import type { SharedNamespaces } from '../../../src/model/sandbox';
import type { LabNode } from './node';

export type NamespaceName = keyof SharedNamespaces;
export const namespaceNames: readonly NamespaceName[] = ['net', 'ipc', 'uts', 'pid', 'mnt', 'user'];

/** Inode of each namespace. Numbers of namespaces that are gone are given out again: compare only while both exist. */
export type Namespaces = Readonly<Record<NamespaceName, number>>;

export async function namespacesOf(node: LabNode, pid: number): Promise<Namespaces> {
  const inode = async (name: NamespaceName): Promise<number> =>
    (await stat(node.path(`/proc/${pid}/ns/${name}`))).ino;
  const [net, ipc, uts, its, mnt, user] = await Promise.all([
    inode('net'),
    inode('ipc'),
    inode('uts'),
    inode('pid'),
    inode('mnt'),
    inode('user'),
  ]);
  return { net, ipc, uts, pid: its, mnt, user };
}

/** Keeps the namespaces of a process alive until the files are closed, so that their numbers are not given out again. */
export function pin(node: LabNode, pid: number): Promise<readonly FileHandle[]> {
  return Promise.all(namespaceNames.map((name) => open(node.path(`/proc/${pid}/ns/${name}`))));
}

export interface ProcessState {
  readonly pid: number;
  readonly name: string;
  /** `Z`: has ended, and nobody has asked for its exit code. */
  readonly state: string;
  readonly parent: number;
}

/** @returns undefined when there is no such process */
export async function processOf(node: LabNode, pid: number): Promise<ProcessState | undefined> {
  const text = await readFile(node.path(`/proc/${pid}/stat`), 'utf8').catch(() => '');
  const parts = /^\d+ \((.*)\) (\S) (\d+)/s.exec(text);
  if (parts === null) return undefined;
  const [, name = '', state = '', parent = ''] = parts;
  return { pid, name, state, parent: Number(parent) };
}

/** @returns the process of this command name, by the node's numbers */
export async function processNamed(node: LabNode, name: string): Promise<ProcessState | undefined> {
  for (const entry of await readdir(node.path('/proc'))) {
    if (!/^\d+$/.test(entry)) continue;
    const found = await processOf(node, Number(entry));
    if (found?.name === name) return found;
  }
  return undefined;
}
