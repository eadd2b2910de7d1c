import { AnklumeError } from '../base/messages/index.ts';
import type { Operation } from './api/wire.ts';
import { isKind } from './errors.ts';
import { at } from './exchange.ts';
import type { CallOptions, ProjectOptions, Read } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Work that the daemon does in the background. It forgets an operation 5 s after its end. */
export class Operations {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What runs now, in one project or in all. */
  async list({ project, ...options }: ProjectOptions = {}): Promise<Operation[]> {
    const where = project === undefined ? { 'all-projects': true } : { project };
    const { value } = await this.#transport.value<Record<string, Operation[]> | null>({
      ...options,
      method: 'GET',
      path: '/1.0/operations',
      query: { recursion: 1, ...where },
      doing: doing('list', 'operations'),
    });
    return Object.values(value ?? {}).flat();
  }

  /**
   * Waits until no task works on objects that are meant any more: the daemon ends what a killed client asked for, and
   * until then what is half-made, torn and moved looks the same. How the tasks end is not told. Commands and consoles
   * that somebody has open are no tasks.
   */
  async settled(isMeant: (path: string) => boolean, options: ProjectOptions = {}): Promise<void> {
    for (;;) {
      const task = (await this.list(options)).find(
        ({ class: kind, status_code: status, resources }) =>
          kind === 'task' &&
          status < 200 &&
          Object.values(resources ?? {})
            .flat()
            .some(isMeant),
      );
      if (!task) return;
      await this.wait(task.id, options).catch((error: unknown) => {
        // Whether it ended is the question, not how.
        if (!(error instanceof AnklumeError) || isKind(error, 'unreachable')) throw error;
      });
    }
  }

  get(id: string, options: CallOptions = {}): Promise<Read<Operation>> {
    return this.#transport.value<Operation>({
      ...options,
      method: 'GET',
      path: at`/1.0/operations/${id}`,
      doing: doing('read', 'operation', id),
    });
  }

  /** Waits for the end; throws the operation's own error. */
  wait(id: string, options: CallOptions = {}): Promise<Operation> {
    const what = doing('wait for', 'operation', id);
    return this.#transport.wait(at`/1.0/operations/${id}`, { ...options, doing: what });
  }

  /** Most operations cannot be cancelled: kind `invalid` then. */
  async cancel(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/operations/${id}`,
      doing: doing('cancel', 'operation', id),
    });
  }
}

/** Whether a path of the daemon's, such as `/1.0/instances/web?project=pro`, is that of this instance. */
export function isInstancePath(
  path: string,
  { project = 'default', name }: { readonly project?: string; readonly name: string },
): boolean {
  const url = new URL(path, 'http://incus');
  return (
    url.pathname === `/1.0/instances/${encodeURIComponent(name)}` &&
    (url.searchParams.get('project') ?? 'default') === project
  );
}

/** Whether a path of the daemon's is that of something in one of the projects. */
export function isInProjects(path: string, projects: ReadonlySet<string>): boolean {
  return projects.has(new URL(path, 'http://incus').searchParams.get('project') ?? 'default');
}
