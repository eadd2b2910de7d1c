import { createHash } from 'node:crypto';
import { type Incus, isKind, isNotFound, type Sftp } from '../../incus/index.ts';
import { CARRIED, type End } from './end.ts';
import type { Entry } from './entry.ts';

/** From this size in bytes on, a file is read by a request of its own: faster than the connection that all share. */
const LARGE = 1024 * 1024;

interface Machine {
  readonly instance: string;
  readonly project: string;
}

/** The files of a machine. A folder is its path: whatever is swapped under it lies in the same machine. */
export async function machineEnd(
  incus: Incus,
  machine: Machine,
  signal: AbortSignal,
): Promise<End<string>> {
  const { instance, project } = machine;
  const files = await incus.instances.files(instance, { project, signal });
  return new MachineEnd(incus, machine, files, signal);
}

class MachineEnd implements End<string> {
  readonly #incus: Incus;
  readonly #machine: Machine;
  readonly #files: Sftp;
  readonly #signal: AbortSignal;
  constructor(incus: Incus, machine: Machine, files: Sftp, signal: AbortSignal) {
    this.#incus = incus;
    this.#machine = machine;
    this.#files = files;
    this.#signal = signal;
  }

  async facts(path: string): Promise<Entry | undefined> {
    try {
      return {
        name: path.split('/').filter(Boolean).at(-1) ?? '/',
        ...(await this.#files.stat(path)),
      };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async openFolder(path: string): Promise<string> {
    return path.replace(/\/+$/, '');
  }

  async enter(folder: string, name: string): Promise<string> {
    return `${folder}/${name}`;
  }

  async leave(): Promise<void> {}

  list(folder: string): AsyncIterable<Entry> {
    return this.#files.list(folder || '/');
  }

  read(folder: string, { name, size }: Entry): AsyncIterable<Buffer> {
    const path = `${folder}/${name}`;
    const whole = textOf(path);
    if (size < LARGE || whole === undefined) return this.#files.read(path);
    const { instance, project } = this.#machine;
    return this.#incus.instances.streamFile(instance, whole, { project, signal: this.#signal });
  }

  readLink(folder: string, name: string): Promise<string> {
    return this.#files.readLink(`${folder}/${name}`);
  }

  async makeFolder(folder: string, name: string): Promise<boolean> {
    const path = `${folder}/${name}`;
    try {
      await this.#files.makeFolder(path, 0o700);
      return true;
    } catch (error) {
      if (isKind(error, 'failed') && (await this.facts(path))?.kind === 'folder') return false;
      throw error;
    }
  }

  async finishFolder(folder: string, { uid, gid, mode, changed }: Entry): Promise<void> {
    await this.#files.change(folder, { uid, gid, mode: mode & CARRIED, changed });
  }

  async writeFile(
    folder: string,
    name: string,
    bytes: AsyncIterable<Buffer>,
    { uid, gid, mode, changed }: Entry,
  ): Promise<void> {
    const partial = `${folder}/${partialName(name)}`;
    const change = { uid, gid, mode: mode & CARRIED, changed };
    try {
      await this.#cleared(partial, () => this.#files.write(partial, bytes, change));
      await this.#files.rename(partial, `${folder}/${name}`);
    } catch (error) {
      await this.#files.remove(partial).catch(() => {});
      throw error;
    }
  }

  async makeLink(folder: string, name: string, target: string): Promise<void> {
    const partial = `${folder}/${partialName(name)}`;
    await this.#cleared(partial, () => this.#files.makeLink(partial, target));
    await this.#files.rename(partial, `${folder}/${name}`);
  }

  async room(): Promise<undefined> {
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#files[Symbol.asyncDispose]();
  }

  /** Takes away what a killed copy left under the name, when that is in the way; nothing was read by then. */
  async #cleared(path: string, make: () => Promise<void>): Promise<void> {
    if (await this.facts(path)) await this.#files.remove(path);
    await make();
  }
}

/** A path of bytes as text; undefined for one that is no UTF-8, which a request cannot name. */
function textOf(path: string): string | undefined {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** The same for the same name, so that the next copy finds what a killed one left. */
export function partialName(name: string): string {
  return `.anklume-${createHash('sha256').update(name).digest('hex').slice(0, 12)}.part`;
}
