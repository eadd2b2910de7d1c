import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { type Incus, type Project, readAndWrite } from '../../incus/index.ts';

/**
 * What a restore is about to make or to replace, written on the Incus project before it begins. Only what such a note
 * names is ever taken for the leavings of a killed run: a name alone says nothing, as anybody may have chosen it.
 */
export interface Note {
  readonly project: string;
  /** 128 random bits, which stand in the names that things have meanwhile: nobody else can have chosen those. */
  readonly token: string;
  readonly kind: 'instance' | 'volume';
  /** The name that it gets in the end. */
  readonly name: string;
  readonly pool?: string;
  /** Set once the new instance is whole and the old one is about to make room for it: whether that one ran. */
  readonly replaces?: 'running' | 'stopped';
}

/** infra.yml has no capital letters, so no declared machine can ever have such a name. */
export const workName = ({ token }: Note): string => `Anklume-Restore-${token}`;
export const asideName = ({ token }: Note): string => `Anklume-Replaced-${token}`;

const KEY = 'user.anklume.restore.';

const schema = v.object({
  kind: v.picklist(['instance', 'volume']),
  name: v.string(),
  pool: v.exactOptional(v.string()),
  replaces: v.exactOptional(v.picklist(['running', 'stopped'])),
});

export async function beginNote(
  incus: Incus,
  about: Omit<Note, 'token' | 'replaces'>,
): Promise<Note> {
  const note = { ...about, token: randomBytes(16).toString('hex') };
  await writeNote(incus, note);
  return note;
}

export function writeNote(incus: Incus, { project, token, ...said }: Note): Promise<void> {
  return change(incus, project, (config) => ({ ...config, [KEY + token]: JSON.stringify(said) }));
}

export function endNote(incus: Incus, { project, token }: Note): Promise<void> {
  return change(incus, project, ({ [KEY + token]: _, ...config }) => config);
}

/** The notes of runs that were killed. Throws nothing for one that somebody damaged: it names nothing, and stays. */
export function notesOn({ name: project, config }: Project): Note[] {
  return Object.entries(config).flatMap(([key, untrustedText]) => {
    const token = key.startsWith(KEY) ? key.slice(KEY.length) : '';
    if (!/^[0-9a-f]{32}$/.test(token)) return [];
    const said = v.safeParse(schema, parsed(untrustedText));
    return said.success ? [{ project, token, ...said.output }] : [];
  });
}

function parsed(untrustedText: string): unknown {
  try {
    return JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
}

function change(
  incus: Incus,
  project: string,
  to: (config: Project['config']) => Project['config'],
): Promise<void> {
  return readAndWrite(
    () => incus.projects.get(project),
    ({ description, config }) => ({ description, config: to(config) }),
    (put, etag) => incus.projects.update(project, put, { etag }),
  );
}
