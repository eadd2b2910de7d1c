import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  homeFolder,
  makeFolders,
  readIfExists,
  removeInterrupted,
  writeAtomic,
} from '../../base/system/index.ts';
import { stampOf } from '../../site/index.ts';
import type { KeptFile } from '../../world/tree/index.ts';
import { readFiles } from './files.ts';
import { type GenerationRecord, parseRecord } from './record.ts';

/** Where all histories are, below the home folder. */
const FOLDER = 'pre-apply-snapshots';

/** Bytes that a disk gives to the smallest file, and those of a record with its folders. */
const BLOCK = 4096;
const SPARE = 256 * 1024;

/** Only for us: a tree can hold secrets. */
const PRIVATE = 0o700;

/** Rights of the files of a generation, which are kept as the owner's alone: `{"host_vars/dev.yml": 420}`. */
const MODES = 'modes.json';

/** The history of one infrastructure on one daemon: `NNNN.json` for each generation, and its files in `NNNN/`. */
export class History {
  readonly folder: string;

  constructor(projectName: string, where: string, env: NodeJS.ProcessEnv = process.env) {
    const hash = createHash('sha256').update(`${projectName}\n${where}`).digest('hex').slice(0, 8);
    const readable = projectName.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 40);
    this.folder = join(homeFolder(env), FOLDER, `${readable}-${hash}`);
  }

  /** All that can be read, oldest first. A damaged one is as good as none. */
  async list(): Promise<GenerationRecord[]> {
    const names = await readdir(this.folder).catch(() => []);
    const texts = await Promise.all(
      names
        .filter((name) => /^\d{4,}\.json$/.test(name))
        .map((name) => readIfExists(join(this.folder, name))),
    );
    return texts
      .flatMap((text) => (text && parseRecord(text.toString('utf8'))) || [])
      .sort((a, b) => a.number - b.number);
  }

  async write(record: GenerationRecord): Promise<void> {
    await makeFolders(this.folder, PRIVATE);
    await removeInterrupted(this.folder);
    await writeAtomic(
      join(this.folder, `${nameOf(record.number)}.json`),
      `${JSON.stringify(record, undefined, 2)}\n`,
      0o600,
    );
  }

  /**
   * Takes the room that a record will need when its run is over, so that a disk that is full is met before the first
   * change. What a killed run had taken is given back.
   */
  async reserve(number: number, files: readonly KeptFile[]): Promise<void> {
    await makeFolders(this.folder, PRIVATE);
    for (const name of await readdir(this.folder))
      if (/^\d{4,}\.room$/.test(name)) await rm(join(this.folder, name), { force: true });
    // Each file takes whole blocks of the disk, and a report of what was done is about as long as the plan.
    const bytes = files.reduce((sum, { bytes: { length } }) => sum + 2 * length + BLOCK, SPARE);
    // Random, or a disk that compresses would keep none.
    try {
      await writeAtomic(this.#room(number), randomBytes(bytes), 0o600);
    } catch (error) {
      // Nothing of a change that does not begin is left behind; folders that hold something stay.
      for (const folder of [this.folder, dirname(this.folder)])
        await rmdir(folder).catch(() => undefined);
      throw error;
    }
  }

  async release(number: number): Promise<void> {
    await rm(this.#room(number), { force: true });
  }

  #room(number: number): string {
    return join(this.folder, `${nameOf(number)}.room`);
  }

  /** Keeps files beside a record: all of them, or none when it is cut off. */
  async keep(number: number, files: readonly KeptFile[]): Promise<void> {
    const final = this.filesOf(number);
    const temporary = `${final}.tmp`;
    await rm(temporary, { recursive: true, force: true });
    await makeFolders(temporary, PRIVATE);
    const modes = files.flatMap(({ path, mode }) => (mode === undefined ? [] : [[path, mode]]));
    const all = [
      ...files,
      { path: MODES, bytes: Buffer.from(JSON.stringify(Object.fromEntries(modes))) },
    ];
    const folders = new Set(all.map(({ path }) => dirname(join(temporary, path))));
    for (const folder of folders) await makeFolders(folder, PRIVATE);
    await Promise.all(
      all.map(({ path, bytes }) => writeFile(join(temporary, path), bytes, { mode: 0o600 })),
    );
    await rm(final, { recursive: true, force: true });
    await rename(temporary, final);
  }

  /** Files of a project that a rollback is about to replace, so that no line of a user's is lost. Gives the folder. */
  async keepReplaced(files: readonly KeptFile[], now: Date): Promise<string> {
    const folder = join(this.folder, 'replaced', stampOf(now));
    for (const { path, bytes } of files) await writeAtomic(join(folder, path), bytes, 0o600);
    return folder;
  }

  /** The folder with a generation's tree and infra.yml: a project folder like any other. */
  filesOf(number: number): string {
    return join(this.folder, nameOf(number));
  }

  /** The files of a generation, with the rights that they had in the project. */
  async readFiles(number: number): Promise<KeptFile[]> {
    const folder = this.filesOf(number);
    const [files, text] = await Promise.all([readFiles(folder), readIfExists(join(folder, MODES))]);
    const modes = readModes(text?.toString('utf8'));
    return files.map(({ path, bytes }) => {
      const mode = modes.get(path);
      return { path, bytes, ...(mode !== undefined && { mode }) };
    });
  }
}

function nameOf(number: number): string {
  return String(number).padStart(4, '0');
}

function readModes(untrustedText = ''): ReadonlyMap<string, number> {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch {
    return new Map();
  }
  if (typeof untrusted !== 'object' || untrusted === null) return new Map();
  return new Map(
    Object.entries(untrusted).filter(
      (pair): pair is [string, number] =>
        Number.isInteger(pair[1]) && pair[1] >= 0 && pair[1] <= 0o777,
    ),
  );
}
