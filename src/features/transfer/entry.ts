import type { Text } from '../../base/messages/index.ts';

/** One file, folder or link that is to be carried. Names are bytes, in strings with one character a byte. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Seconds since 1970. */
  readonly changed: number;
}

/** Folders within folders beyond which nobody keeps files on purpose. */
const DEEPEST = 200;

/** Why an entry is not carried; undefined for one that is. `depth` counts the folders of the copy above it. */
export function refusalOf(
  entry: Entry,
  depth: number,
  target: string | undefined,
): Text | undefined {
  if (!isName(entry.name)) return { en: 'it has an impossible name', fr: 'son nom est impossible' };
  if (depth > DEEPEST) return { en: 'it lies too deep', fr: 'il est trop profond' };
  if (entry.kind === 'other')
    return {
      en: 'it is a device, a socket or a pipe',
      fr: "c'est un périphérique, un socket ou un tube",
    };
  if (entry.kind === 'link' && !staysInside(target ?? '', depth))
    return {
      en: 'it is a link that leads out of what is copied',
      fr: "c'est un lien qui mène hors de ce qui est copié",
    };
  return undefined;
}

/** A name that is one step down and nothing else. */
function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && name.length <= 255;
}

/**
 * Whether a link with so many folders above it stays below the topmost. `..` only counts at the front: behind a
 * name it would start from wherever that name leads.
 */
function staysInside(target: string, depth: number): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false;
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const up = steps.findIndex((step) => step !== '..');
  const climbs = up === -1 ? steps.length : up;
  return climbs <= depth && !steps.slice(climbs).includes('..');
}
