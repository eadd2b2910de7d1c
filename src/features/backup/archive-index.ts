import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as v from 'valibot';
import { parse } from 'yaml';
import { AnklumeError } from '../../base/messages/index.ts';
import { through } from '../../base/system/index.ts';
import { readTar } from './tar/read.ts';

/** What an archive of an instance says of the one that it was made of. */
export interface Origin {
  readonly name: string;
  readonly project: string;
}

/** Bytes of the index; one with a hundred snapshots has a tenth of that. */
const LONGEST = 16 * 1024 * 1024;

const word = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/));
const schema = v.object({
  config: v.object({ container: v.object({ name: word, project: word }) }),
});

/** Reads the beginning of an archive; undefined where it does not say, or cannot be read here. */
export async function originOf(archive: AsyncIterable<Buffer>): Promise<Origin | undefined> {
  try {
    for await (const { path, size, content } of readTar(expanded(archive))) {
      if (path !== 'backup/index.yaml') continue;
      if (size > LONGEST) return undefined;
      const parts: Buffer[] = [];
      for await (const part of content) parts.push(part);
      const untrusted: unknown = parse(Buffer.concat(parts).toString('utf8'), {
        maxAliasCount: 100,
      });
      const said = v.safeParse(schema, untrusted);
      return said.success ? said.output.config.container : undefined;
    }
  } catch (error) {
    if (isLocked(error) || isSystem(error)) throw error;
    // Anything else says that this is no archive that can be read here; the daemon may read it all the same.
    return undefined;
  }
  return undefined;
}

function isLocked(error: unknown): boolean {
  return error instanceof AnklumeError && error.code === 'backup-locked';
}

/** A disk that fails, or a file that may not be read, is no matter of the archive's. */
function isSystem(error: unknown): boolean {
  return /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '');
}

/** How the programs that the daemon compresses with begin what they write, in hexadecimal. */
const PROGRAMS: readonly (readonly [start: string, program: string])[] = [
  ['28b52ffd', 'zstd'],
  ['fd377a585a', 'xz'],
  ['425a68', 'bzip2'],
  ['04224d18', 'lz4'],
];

async function* expanded(archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = archive[Symbol.asyncIterator]();
  const first = await source.next();
  const whole = rest(first, source);
  const start = first.done ? '' : first.value.subarray(0, 8).toString('hex');
  const program = PROGRAMS.find(([begin]) => start.startsWith(begin))?.[1];
  if (start.startsWith('1f8b')) {
    const zip = createGunzip();
    const input = Readable.from(whole);
    input.on('error', (error) => zip.destroy(error));
    zip.on('close', () => input.destroy());
    yield* input.pipe(zip) as AsyncIterable<Buffer>;
  } else if (program !== undefined) yield* through([program, '--decompress', '--stdout'], whole);
  else yield* whole;
}

async function* rest(
  first: IteratorResult<Buffer>,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
