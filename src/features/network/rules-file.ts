import { AnklumeError, ExitCode, type Problem } from '../../base/messages/index.ts';
import { readIfExists, writeAtomic } from '../../base/system/index.ts';
import type { World } from '../../site/index.ts';
import { type FileOnDisk, lookAt } from '../../world/tree/index.ts';

/** Where apply keeps the text of the isolation rules, below the project root. */
const RULES_FILE = 'nftables/anklume.nft';

/** Writes the text of the rules into a file, of the project unless named, where it changed. True when it did. */
export async function writeRules(
  { root }: Pick<World, 'root'>,
  text: string,
  path?: string,
): Promise<boolean> {
  const disk = path === undefined ? await findRulesFile(root) : await fileAt(path);
  if (disk.bytes?.toString('utf8') === text) return false;
  await writeAtomic(disk.target, text, disk.mode);
  return true;
}

/** The file of the project. Throws `rules-in-the-way` (exit 2) where a link leads out of it. */
export async function findRulesFile(root: string): Promise<FileOnDisk> {
  const disk = await lookAt(root, RULES_FILE);
  if ('code' in disk) throw inTheWay(disk);
  return disk;
}

/** One that somebody named may be anywhere. */
async function fileAt(path: string): Promise<FileOnDisk> {
  const bytes = await readIfExists(path);
  return { target: path, ...(bytes && { bytes }) };
}

function inTheWay(problem: Problem): AnklumeError {
  return new AnklumeError({
    code: 'rules-in-the-way',
    exit: ExitCode.usage,
    problems: [problem],
    message: {
      en: `The isolation rules cannot be written to '${RULES_FILE}'.`,
      fr: `Les règles d'isolation ne peuvent pas être écrites dans « ${RULES_FILE} ».`,
    },
  });
}
