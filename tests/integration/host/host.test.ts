import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anklume, resultOf } from '../support.ts';

/** What bootstrap writes first; on this machine it writes nothing. */
const LEDGER_FOLDER = '/var/lib/anklume';

describe('the host, without anything done to it', () => {
  let folder: string;
  const here = (...words: string[]) => anklume(['host', ...words], { cwd: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anklume-host-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('a dry run shows a plan or says why there is none, and changes nothing', async () => {
    const before = existsSync(LEDGER_FOLDER);
    const outcome = await here('bootstrap', '--dry-run', '--json');
    const plan = resultOf<{ type: string; steps: unknown[]; problems: { code: string }[] }>(
      outcome,
    );
    expect(plan.type).toBe('host-plan');
    // Each reason is there at once; with one there is no step, and without one there are some.
    expect(plan.problems.length === 0).toBe(plan.steps.length > 0);
    expect(outcome.code).toBe(plan.problems.length === 0 ? 0 : 4);
    if (!existsSync('/run/systemd/system'))
      expect(plan.problems.map(({ code }) => code)).toContain('host-no-systemd');
    expect(existsSync(LEDGER_FOLDER)).toBe(before);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['bogus: 1\n', 'answers-unknown-key', '1:1'],
    ['ai: maybe\n', 'answers-value', '1:1'],
    ['domains: [work\n', 'answers-not-yaml', '2:1'],
  ])(
    'P23-11: answers that cannot be followed are placed, before anything else: %j',
    async (text, code, place) => {
      await writeFile(join(folder, 'answers.yml'), text);
      const { code: status, stderr } = await here('bootstrap', '--answers', 'answers.yml', '--yes');
      expect(status).toBe(2);
      expect(stderr).toContain(`answers.yml:${place} ${code}`);
      expect(stderr).toContain('Nothing was changed');
      await rm(join(folder, 'answers.yml'));
    },
  );

  it('B09-01: where nothing was changed there is nothing to list and nothing to take back', async ({
    skip,
  }) => {
    skip(existsSync(LEDGER_FOLDER), 'this machine itself was made a host by bootstrap');
    expect(await here('status', '--exit-code')).toMatchObject({ code: 0 });
    expect(await here('uninstall', '--yes')).toMatchObject({ code: 0 });
    expect(existsSync(LEDGER_FOLDER)).toBe(false);
  });
});
