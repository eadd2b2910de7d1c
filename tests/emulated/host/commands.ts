import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** Seconds until it is killed inside. Default: 300. */
  readonly seconds?: number;
}

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** A line to the command server of an emulated machine; one at a time can be open. */
export class Commands {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, Waiting>();
  #last = 0;

  constructor(path: string) {
    this.#socket = createConnection(path);
    // Answers to an earlier line's commands may still come: their ids are of that line.
    const lines = createInterface({ input: this.#socket });
    lines.on('line', (line) => {
      const { id, ...outcome } = JSON.parse(line) as Outcome & { readonly id: string };
      this.#waiting.get(id)?.resolve(outcome);
      this.#waiting.delete(id);
    });
    // What goes wrong with a socket is followed by its close.
    for (const one of [this.#socket, lines]) one.on('error', () => {});
    this.#socket.once('close', () => {
      for (const { reject } of this.#waiting.values())
        reject(new Error('The emulated machine went away.'));
    });
  }

  /** Runs a program inside; never throws for its exit status. */
  outcome(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    const id = `${process.pid}-${process.hrtime.bigint()}-${this.#last++}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${JSON.stringify({ id, argv, seconds: 300, ...options })}\n`);
    });
  }

  /** Runs a program that must end with 0, and gives what it wrote. */
  async run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.outcome(argv, options);
    if (code === 0) return stdout;
    throw new Error(`${argv.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
