import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDaemon } from './daemon.ts';
import { noSuchSandbox } from './no-such-sandbox.ts';

it('a command that makes nothing makes no sandbox either, whatever name it was given', async () => {
  const before = process.env.ANKLUME_HOME;
  const home = await mkdtemp(join(tmpdir(), 'anklume-daemon-'));
  process.env.ANKLUME_HOME = home;
  try {
    for (const sandbox of ['default', 'lab'])
      await expect(openDaemon({ sandbox }, {})).rejects.toMatchObject({
        code: 'no-such-sandbox',
        exit: 2,
      });
    await expect(openDaemon({ sandbox: '../lab' }, {})).rejects.toMatchObject({
      code: 'sandbox-name',
      exit: 2,
    });
    expect(await readdir(home)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.ANKLUME_HOME;
    else process.env.ANKLUME_HOME = before;
    await rm(home, { recursive: true, force: true });
  }
});

it('the names that exist are told, and the one that was probably meant', () => {
  expect(noSuchSandbox('lba', ['lab', 'other']).remedy?.en).toMatch(
    /^Did you mean 'lab'\? There are: lab, other\. 'anklume up --sandbox=lba' makes it/,
  );
  expect(noSuchSandbox('lba', []).remedy?.fr).toMatch(/^Il n'y en a pas encore\./);
  const many = Array.from({ length: 99 }, (_, n) => `lab-${n}`);
  expect(noSuchSandbox('x', many).remedy?.en).toMatch(/There are: lab-0, .*lab-11, \.\.\.\./);
});
