import type { Operation } from './api/wire.ts';
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
