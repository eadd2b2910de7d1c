import { randomBytes } from 'node:crypto';

/**
 * Incus 6.0.4 drops what a command wrote just before it ended when its own reader is late, which is the case for one
 * command in ten on a busy host (`execWrapper.Read` looks whether the command has ended before it reads). So a shell
 * holds the streams open until all has arrived: the mark tells that, with the exit status, and SIGINT then ends what
 * holds them.
 */
const HELD = `mark=$1
shift
"$@"
status=$?
printf '\\000%s%d\\n' "$mark" "$status"
printf '\\000%s%d\\n' "$mark" "$status" >&2
exec sleep 30
`;

type Sink = (chunk: Buffer) => void | Promise<void>;

/** A command whose streams are held open after its end. */
export interface Held {
  readonly command: readonly string[];
  /** Aborted when all output of both streams has come. */
  readonly arrived: AbortSignal;
  readonly stdout: MarkedOutput;
  readonly stderr: MarkedOutput;
}

/** Wraps a command; the instance needs a `sh`. The sinks get its output as it comes. */
export function held(command: readonly string[], toStdout: Sink, toStderr: Sink): Held {
  const mark = `${randomBytes(12).toString('base64url')}:`;
  const arrived = new AbortController();
  const look = () => {
    if (stdout.status !== undefined && stderr.status !== undefined) arrived.abort();
  };
  const stdout = new MarkedOutput(mark, toStdout, look);
  const stderr = new MarkedOutput(mark, toStderr, look);
  return {
    command: ['sh', '-c', HELD, 'sh', mark, ...command],
    arrived: arrived.signal,
    stdout,
    stderr,
  };
}

/** Passes output on up to its mark. Bytes that could begin the mark wait for those that tell. */
export class MarkedOutput {
  readonly #mark: Buffer;
  readonly #sink: Sink;
  readonly #changed: () => void;
  #waiting = Buffer.alloc(0);
  /** Exit status of the command, once the mark has come. */
  status: number | undefined;

  /** @param changed called when the mark has come */
  constructor(mark: string, sink: Sink, changed: () => void) {
    this.#mark = Buffer.from(`\0${mark}`);
    this.#sink = sink;
    this.#changed = changed;
  }

  add(chunk: Buffer): void | Promise<void> {
    const bytes = Buffer.concat([this.#waiting, chunk]);
    const at = bytes.lastIndexOf(this.#mark);
    const status = at < 0 ? '' : bytes.subarray(at + this.#mark.length).toString('latin1');
    if (this.status !== undefined) return;
    // What comes after it is of a process that the command left behind.
    const told = /^(\d{1,3})\n/.exec(status)?.[1];
    if (told !== undefined) {
      this.#waiting = Buffer.alloc(0);
      this.status = Number(told);
      const passed = at > 0 ? this.#sink(bytes.subarray(0, at)) : undefined;
      this.#changed();
      return passed;
    }
    // The mark, three digits and the end of the line: what begins earlier is none.
    const from = Math.max(0, bytes.length - this.#mark.length - 4);
    const zero = bytes.indexOf(0, from);
    const end = zero < 0 ? bytes.length : zero;
    this.#waiting = bytes.subarray(end);
    return end > 0 ? this.#sink(bytes.subarray(0, end)) : undefined;
  }

  /** What still waits where no mark came: the command was ended from outside. */
  flush(): void | Promise<void> {
    const rest = this.#waiting;
    this.#waiting = Buffer.alloc(0);
    return rest.length > 0 ? this.#sink(rest) : undefined;
  }
}
