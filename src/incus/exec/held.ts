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

/** A command whose streams are held open after its end. */
export interface Held {
  readonly command: readonly string[];
  /** Aborted when all output of both streams has come. */
  readonly arrived: AbortSignal;
  readonly stdout: MarkedOutput;
  readonly stderr: MarkedOutput;
}

/** Wraps a command; the instance needs a `sh`. */
export function held(command: readonly string[]): Held {
  const mark = `${randomBytes(12).toString('base64url')}:`;
  const arrived = new AbortController();
  const outputs: MarkedOutput[] = [];
  const look = () => {
    if (outputs.every(({ status }) => status !== undefined)) arrived.abort();
  };
  outputs.push(new MarkedOutput(mark, look), new MarkedOutput(mark, look));
  const [stdout, stderr] = outputs as [MarkedOutput, MarkedOutput];
  return {
    command: ['sh', '-c', HELD, 'sh', mark, ...command],
    arrived: arrived.signal,
    stdout,
    stderr,
  };
}

/** Output up to its mark. */
export class MarkedOutput {
  readonly #mark: Buffer;
  readonly #changed: () => void;
  readonly #chunks: Buffer[] = [];
  #tail = Buffer.alloc(0);
  /** Exit status of the command, once the mark has come. */
  status: number | undefined;

  /** @param changed called when the mark has come */
  constructor(mark: string, changed: () => void) {
    this.#mark = Buffer.from(`\0${mark}`);
    this.#changed = changed;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    // The mark may come in pieces: its length, three digits and the end of the line.
    const longest = this.#mark.length + 4;
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-longest);
    const at = this.#tail.lastIndexOf(this.#mark);
    const status = at < 0 ? '' : this.#tail.subarray(at + this.#mark.length).toString('latin1');
    if (!/^\d{1,3}\n$/.test(status)) return;
    this.status = Number(status);
    this.#changed();
  }

  /** What came before the mark. */
  text(): string {
    const whole = Buffer.concat(this.#chunks);
    const end = this.status === undefined ? whole.length : whole.lastIndexOf(this.#mark);
    return whole.subarray(0, end).toString('utf8');
  }
}
