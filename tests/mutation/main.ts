/**
 * `npm run mutation [-- ROOM...]`: wakes each mutant of the pure rooms in turn and says which of them no test noticed.
 * What is known of a room is kept in reports/mutation until its sources or its tests change; `--again` forgets it.
 * `--grown` says that tests were only added: what they noticed before they notice now.
 * `--quick` leaves out what is decided while modules load, which takes a copy of all modules for each mutant.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instrument } from './instrument.ts';
import { append, type Entry, keepKilled, readJournal } from './journal.ts';
import { ROOMS, ROOT, roomOf, sourcesOf, testsOf } from './rooms.ts';
import { keepScores, survivors, told } from './scores.ts';

/** Seconds without a line of the journal after which a mutant is taken for one that never ends. */
const SILENCE = 60;

const names = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const quick = process.argv.includes('--quick');
const reports = join(ROOT, 'reports/mutation');
mkdirSync(reports, { recursive: true });

for (const room of names.length > 0 ? names : Object.keys(ROOMS)) {
  const sources = sourcesOf(roomOf(room));
  const journal = join(reports, `${room}-${digest(sources)}.jsonl`);
  const stamp = journal.replace(/jsonl$/, 'tests');
  const tests = digest(testsOf(roomOf(room)));
  if (process.argv.includes('--again') || !existsSync(journal)) writeFileSync(journal, '');
  else if (readFileSync(stamp, 'utf8') !== tests) {
    if (process.argv.includes('--grown')) keepKilled(journal);
    else writeFileSync(journal, '');
  }
  writeFileSync(stamp, tests);
  let before = '';
  while (!(await session(room, journal)) || (!quick && hasCopiesToMake(journal))) {
    const last = lastOf(journal);
    if (JSON.stringify(last) === before) {
      // Twice the same, fresh the second time: it takes the process with it.
      if (last?.outcome !== 'tried') throw new Error(`the tests of ${room} do not run`);
      append(journal, { mutant: last.mutant, outcome: 'killed' });
    }
    before = JSON.stringify(last);
  }
  const known = readJournal(journal);
  const entries = (await instrument(room)).mutants.flatMap(({ id }) => known.get(id) ?? []);
  writeFileSync(join(reports, `${room}.txt`), survivors(entries));
  keepScores(room, entries);
  console.log(told(room, entries));
}

/** Those that need copies are known once all others are; each process makes a part of them. */
function hasCopiesToMake(journal: string): boolean {
  return [...readJournal(journal).values()].some(({ outcome }) => outcome === 'static');
}

function lastOf(journal: string): Entry | undefined {
  return [...readJournal(journal).values()].at(-1);
}

function digest(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex').slice(0, 8);
}

/** One process until all mutants are known (true), or until one made it unfit for the next. */
async function session(room: string, journal: string): Promise<boolean> {
  // Tests that a mutant breaks do not clear up, nor do those that are killed.
  const scratch = mkdtempSync(join(tmpdir(), 'anklume-mutation-'));
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/mutation/vitest.config.ts'],
    {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        TMPDIR: scratch,
        NODE_NO_WARNINGS: '1',
        MUTATION_ROOM: room,
        MUTATION_JOURNAL: journal,
      },
    },
  );
  const started = Date.now();
  const watch = setInterval(() => {
    const last = lastOf(journal);
    const idle = Date.now() - Math.max(started, statSync(journal).mtimeMs);
    if (idle < SILENCE * 1000 || last?.outcome !== 'tried') return;
    append(journal, { mutant: last.mutant, outcome: 'timeout' });
    child.kill('SIGKILL');
  }, 2_000);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(watch);
  rmSync(scratch, { recursive: true, force: true });
  return status === 0;
}
