import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { AnklumeError } from '../messages/index.ts';
import type { Host } from './host.ts';
import { run } from './run.ts';

/** A file as it is to stand on a host. */
export interface HostFile {
  readonly path: string;
  readonly text: string;
}

/** Whose a file is: written by us and unchanged since, written by us and edited, or somebody else's. */
export type FileOwner = 'ours' | 'edited' | 'foreign';

/** The text of a file for a host: a first line says which command wrote it and removes it, and the hash of the rest. */
export function markedText(command: string, remove: string, text: string): string {
  return `# anklume ${command} ${hashOf(text)}: '${remove}' removes this file\n${text}`;
}

/** By the first line that `markedText` put there for the same command. */
export function ownerOfText(command: string, text: string): FileOwner {
  const [mark = '', ...rest] = text.split('\n');
  const begin = `# anklume ${command} `;
  if (!mark.startsWith(begin)) return 'foreign';
  const hash = /^([0-9a-f]{64})\b/.exec(mark.slice(begin.length))?.[1];
  if (hash === undefined) return 'foreign';
  return hash === hashOf(rest.join('\n')) ? 'ours' : 'edited';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Encoded on the way: what runs a program drops the line end at the end of its output. Undefined for none. */
export async function readHostFile(host: Host, path: string): Promise<string | undefined> {
  const { code } = await run([...host.enter, 'test', '-e', path], { accept: [0, 1] });
  if (code !== 0) return undefined;
  const { stdout } = await run([...host.enter, 'base64', '--wrap=0', '--', path]);
  return Buffer.from(stdout, 'base64').toString('utf8');
}

/** Beside it first, on the disk, then in its place: a reader sees the old text or the new. */
export async function writeHostFile(host: Host, { path, text }: HostFile): Promise<void> {
  const fresh = `${path}.new`;
  await run([...host.enter, 'mkdir', '-p', '--', dirname(path)]);
  await run([...host.enter, 'tee', '--', fresh], { input: text });
  await run([...host.enter, 'chmod', '644', '--', fresh]);
  await run([...host.enter, 'sync', '--', fresh]);
  await run([...host.enter, 'mv', '-T', '--', fresh, path]);
}

/** Whether systemd runs a host. */
export async function runsSystemd(host: Host): Promise<boolean> {
  const words = ['test', '-d', '/run/systemd/system'];
  const { code } = await run([...host.enter, ...words], { accept: [0, 1] });
  return code === 0;
}

/** Refuses to touch a file of somebody else, or one of ours that was edited. `code` says which command asks. */
export function foreignFile(code: string, path: string): AnklumeError {
  return new AnklumeError({
    code,
    message: {
      en: `${path} was not written by anklume, or was edited since. It was left alone.`,
      fr: `${path} n'a pas été écrit par anklume, ou a été modifié depuis. Il a été laissé tel quel.`,
    },
    remedy: {
      en: 'Move it away, then run the command again.',
      fr: 'Déplacez-le, puis relancez la commande.',
    },
  });
}
