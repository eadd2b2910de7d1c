import pLimit from 'p-limit';
import type {
  Instance,
  InstanceFull,
  InstancePost,
  InstancePut,
  InstanceState,
} from './api/wire.ts';
import { complete } from './complete.ts';
import { at, type Upload } from './exchange.ts';
import { type ExecOptions, type ExecResult, runCommand } from './exec/run.ts';
import { type ConsoleOptions, openConsole, runShell, type ShellOptions } from './exec/shell.ts';
import { commandSucceeds } from './exec/silent.ts';
import {
  deleteFile,
  type FileOptions,
  listFolder,
  makeFolder,
  type ReadFileOptions,
  readFile,
  streamFile,
  writeFile,
} from './files.ts';
import { untilMapped } from './idmap-turns.ts';
import { provideImage, type Source } from './image-to-project.ts';
import { readConsole, readStartLog } from './logs.ts';
import { isInstancePath, Operations } from './operations.ts';
import type { CallOptions, ProjectOptions, ProjectWriteOptions, Read } from './options.ts';
import { changeState, type StateAction } from './power.ts';
import { openFiles } from './sftp/connect.ts';
import type { Sftp } from './sftp/sftp.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

export interface StateOptions extends ProjectOptions {
  /** Ends the guest without asking it. */
  readonly force?: boolean;
  /** How long a clean stop or restart may take; default 30 s. After it: kind `timeout`. */
  readonly timeoutSeconds?: number;
}

/** Containers and virtual machines. */
export class Instances {
  readonly #transport: Transport;
  /** One at a time: see `idmap-turns.ts`. */
  readonly #idmapTurns = pLimit(1);
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Of all projects: enough to compare with what is wanted, 0.1 ms an instance. */
  async list(options: CallOptions = {}): Promise<Instance[]> {
    const instances = await this.#transport.list<Instance>({
      ...options,
      method: 'GET',
      path: '/1.0/instances',
      query: { recursion: 1, 'all-projects': true },
      doing: doing('list', 'instances'),
    });
    return instances.map(complete);
  }

  /** With state and snapshots: about 20 times dearer than `list`. Of one project, or of all. */
  async listFull({ project, ...options }: ProjectOptions = {}): Promise<InstanceFull[]> {
    const where = project === undefined ? { 'all-projects': true } : { project };
    const instances = await this.#transport.list<InstanceFull>({
      ...options,
      method: 'GET',
      path: '/1.0/instances',
      query: { recursion: 2, ...where },
      doing: doing('list', 'instances'),
    });
    return instances.map(complete);
  }

  async get(name: string, { project, ...options }: ProjectOptions = {}): Promise<Read<Instance>> {
    const read = await this.#transport.value<Instance>({
      ...options,
      method: 'GET',
      path: at`/1.0/instances/${name}`,
      query: { project },
      doing: doing('read', 'instance', name),
    });
    return { ...read, value: complete(read.value) };
  }

  async getFull(name: string, { project, ...options }: ProjectOptions = {}): Promise<InstanceFull> {
    const { value } = await this.#transport.value<InstanceFull>({
      ...options,
      method: 'GET',
      path: at`/1.0/instances/${name}`,
      query: { project, recursion: 1 },
      doing: doing('read', 'instance', name),
    });
    return complete(value);
  }

  /** Process id and addresses. */
  async state(name: string, { project, ...options }: ProjectOptions = {}): Promise<InstanceState> {
    const { value } = await this.#transport.value<InstanceState>({
      ...options,
      method: 'GET',
      path: at`/1.0/instances/${name}/state`,
      query: { project },
      doing: doing('read', 'instance', name),
    });
    return value;
  }

  /** When only the start of `start: true` fails, the instance stays, stopped: read again after any error. */
  async create(post: InstancePost, options: ProjectOptions = {}): Promise<void> {
    await this.#withImage(post.source, options.project, () => this.#create(post, options));
  }

  /** Once more where the project lacked the image and has it now. */
  async #withImage(
    source: Source,
    project: string | undefined,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(await provideImage(this.#transport, source, project, error))) throw error;
      await work();
    }
  }

  async #create(post: InstancePost, { project, ...options }: ProjectOptions): Promise<void> {
    const call = {
      ...options,
      method: 'POST',
      path: '/1.0/instances',
      query: { project },
      body: post,
      doing: doing('create', 'instance', post.name),
    } as const;
    if (post.type !== 'container') {
      await this.#transport.run(call);
      return;
    }
    const ended = await this.#idmapTurns(async () => {
      const { path } = await this.#transport.begin(call);
      const end = this.#transport.wait(path, call);
      const settled = end.then(noop, noop);
      await Promise.race([settled, untilMapped(() => this.get(post.name, { project }), settled)]);
      // Wrapped, so that leaving the turn does not wait for it.
      return { end };
    });
    await ended.end;
  }

  /** Merges: config key by key (an empty value unsets), a device replaces the whole device of its name. */
  async patch(
    name: string,
    patch: Partial<InstancePut>,
    { project, ...options }: ProjectWriteOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PATCH',
      path: at`/1.0/instances/${name}`,
      query: { project },
      body: patch,
      doing: doing('change', 'instance', name),
    });
  }

  /** Replaces everything: start from what `get` gave, so that `volatile.*` keys survive. */
  async update(
    name: string,
    put: InstancePut,
    { project, ...options }: ProjectWriteOptions = {},
  ): Promise<void> {
    const write = () =>
      this.#transport.run({
        ...options,
        method: 'PUT',
        path: at`/1.0/instances/${name}`,
        query: { project },
        body: put,
        doing: doing('change', 'instance', name),
      });
    await (put.config['security.idmap.isolated'] === undefined ? write() : this.#idmapTurns(write));
  }

  /** Only when stopped. */
  async rename(
    name: string,
    newName: string,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${name}`,
      query: { project },
      body: { name: newName },
      doing: doing('rename', 'instance', name),
    });
  }

  /** Into another project, under another name; snapshots come along, profiles must exist there. Only when stopped. */
  async move(
    name: string,
    to: { readonly project: string; readonly name: string },
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: at`/1.0/instances/${name}`,
      query: { project },
      body: { name: to.name, project: to.project, migration: true },
      doing: doing('move', 'instance', name),
    });
  }

  /**
   * A new root file system from an image; name, config and devices stay. Only when stopped and without snapshots. The
   * daemon forgets a container's users over it, so they are chosen again.
   */
  async rebuild(
    name: string,
    source: Readonly<Record<string, string>>,
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#withImage(source, project, async () => {
      await this.#transport.run({
        ...options,
        method: 'POST',
        path: at`/1.0/instances/${name}/rebuild`,
        query: { project },
        body: { source },
        doing: doing('rebuild', 'instance', name),
      });
    });
    const { value } = await this.get(name, { project, ...options });
    if (value.type === 'container') await this.chooseUsers(value, options);
  }

  /**
   * Has the daemon choose the users of a container again, as it does whenever this key changes. All its words for yes,
   * and all for no, mean the same; in the end the key says what it said before.
   */
  async chooseUsers(
    { name, project, config, expanded_config: expanded }: Instance,
    options: CallOptions = {},
  ): Promise<void> {
    const key = 'security.idmap.isolated';
    const now = expanded[key] ?? '';
    const [word, other] = /^(true|1|yes|on)$/i.test(now) ? ['true', '1'] : ['false', '0'];
    await this.#idmapTurns(async () => {
      for (const value of [now === word ? other : word, config[key] ?? ''])
        await this.patch(name, { config: { [key]: value } }, { project, ...options });
    });
  }

  /** Only when stopped. */
  async delete(name: string, { project, ...options }: ProjectOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/instances/${name}`,
      query: { project },
      doing: doing('delete', 'instance', name),
    });
  }

  /**
   * From whatever state it is in, a frozen one too. One that is in the wanted state already is a success; one that is
   * not in it afterwards is none.
   */
  async setState(
    name: string,
    action: StateAction,
    { project, force = false, timeoutSeconds = 30, ...options }: StateOptions = {},
  ): Promise<void> {
    const send = async (step: StateAction): Promise<void> => {
      await this.#transport.run({
        ...options,
        method: 'PUT',
        path: at`/1.0/instances/${name}/state`,
        query: { project },
        body: { action: step, force, timeout: force ? -1 : timeoutSeconds },
        doing: doing(step, 'instance', name),
      });
    };
    const status = async () => (await this.get(name, { project, ...options })).value.status;
    const settled = () => this.settled({ name, project }, timeoutSeconds, options.signal);
    await changeState({ send, status, settled }, action, { name, force });
  }

  /** Waits until nothing works on the instance, but no longer than that. */
  async settled(
    instance: { readonly name: string; readonly project: string | undefined },
    seconds: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const limit = AbortSignal.timeout(seconds * 1000);
    const both = signal ? AbortSignal.any([signal, limit]) : limit;
    const isMeant = (path: string) => isInstancePath(path, instance);
    await new Operations(this.#transport).settled(isMeant, { signal: both }).catch((error) => {
      if (!limit.aborted) throw error;
    });
  }

  /** Runs a command to its end and collects what it writes. A status other than 0 is a result, not an error. */
  exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runCommand(this.#transport, name, command, options);
  }

  /**
   * Whether commands can be run: `true` was, to its end. Throws what the daemon says otherwise, such as that the agent
   * is not running.
   */
  answers(name: string, options: ProjectOptions = {}): Promise<boolean> {
    return this.succeeds(name, ['true'], options);
  }

  /** Whether a command ends with 0; what it writes is not heard. Aborting ends the waiting, not the command. */
  succeeds(
    name: string,
    command: readonly string[],
    options: ProjectOptions = {},
  ): Promise<boolean> {
    return commandSucceeds(this.#transport, name, command, options);
  }

  /** Runs a command with a terminal. Gives its exit status. */
  shell(name: string, command: readonly string[], options: ShellOptions): Promise<number> {
    return runShell(this.#transport, name, command, options);
  }

  /** Connects a terminal to the instance's console. */
  console(name: string, options: ConsoleOptions): Promise<void> {
    return openConsole(this.#transport, name, options);
  }

  /** What was written on the console, as far as the daemon remembers. */
  consoleLog(name: string, options: ProjectOptions = {}): Promise<string> {
    return readConsole(this.#transport, name, options);
  }

  /** What the daemon wrote down when it started the instance. */
  startLog(name: string, options: ProjectOptions = {}): Promise<string> {
    return readStartLog(this.#transport, name, options);
  }

  /** A connection for many files, of an instance that runs or not; to be disposed of. */
  files(name: string, options: ProjectOptions = {}): Promise<Sftp> {
    return openFiles(this.#transport, name, options);
  }

  readFile(name: string, path: string, options: ReadFileOptions = {}): Promise<Buffer> {
    return readFile(this.#transport, name, path, options);
  }

  /** The bytes of a file as they come. */
  streamFile(name: string, path: string, options: ProjectOptions = {}): AsyncIterable<Buffer> {
    return streamFile(this.#transport, name, path, options);
  }

  listFolder(name: string, path: string, options: ProjectOptions = {}): Promise<string[]> {
    return listFolder(this.#transport, name, path, options);
  }

  /** With mode, uid or gid given, a file that exists is deleted first: the daemon would keep its own. */
  writeFile(
    name: string,
    path: string,
    content: string | Uint8Array | Upload,
    options: FileOptions = {},
  ): Promise<void> {
    return writeFile(this.#transport, name, path, content, options);
  }

  /** One that exists is left as it is; its parents must exist. */
  makeFolder(name: string, path: string, options: FileOptions = {}): Promise<void> {
    return makeFolder(this.#transport, name, path, options);
  }

  /** A file or an empty folder; one that is already gone is a success. */
  deleteFile(name: string, path: string, options: ProjectOptions = {}): Promise<void> {
    return deleteFile(this.#transport, name, path, options);
  }
}

function noop(): void {}
