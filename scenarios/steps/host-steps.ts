import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { findProgram } from '../../src/base/system/index.ts';
import type { ScenarioWorld } from './world.ts';

/** The marker is there for the commands of this scenario alone: in a mount namespace of their own. */
Given('the host is marked as production', function (this: ScenarioWorld) {
  const script =
    'mkdir -p /etc/anklume && mount -t tmpfs none /etc/anklume && touch /etc/anklume/production && exec "$@"';
  this.wrapper = ['unshare', '--mount', 'sh', '-ec', script, 'sh'];
});

/** Hidden from the commands of this scenario alone; what is not installed needs no hiding. */
Given('{string} is not installed', async function (this: ScenarioWorld, program: string) {
  const path = await findProgram(program);
  if (path === undefined) return;
  this.wrapper = [
    'unshare',
    '--mount',
    'sh',
    '-ec',
    'mount --bind /dev/null "$0"; exec "$@"',
    path,
  ];
});

/** Rules are loaded where the bridges are: the program is missing there. */
Given(
  '{string} is not installed on the host of Incus',
  async function (this: ScenarioWorld, program: string) {
    const path = await findProgram(program);
    assert.ok(path, `${program} is not installed here at all`);
    await this.outside.onHost('mount', '--bind', '/dev/null', path);
    this.undo.push(async () => {
      await this.outside.onHost('umount', path);
    });
  },
);

Given('no Incus answers', function (this: ScenarioWorld) {
  this.env.INCUS_SOCKET = '/nowhere/unix.socket';
});

/** One byte in the middle of the archive of a machine. */
When(
  'one byte of the backup of {string} is changed',
  async function (this: ScenarioWorld, name: string) {
    const path = await archiveOf(this, name);
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
  },
);

When('I verify the backup of {string}', async function (this: ScenarioWorld, name: string) {
  await this.run(`anklume backup verify ${dirname(await archiveOf(this, name))}`);
});

/** Every copy and every refusal is one line of JSON. */
Then('the audit holds a refusal of {string}', async function (this: ScenarioWorld, from: string) {
  const text = await readFile(join(this.parameters.home, 'audit', 'files.jsonl'), 'utf8');
  const lines = text.split('\n').filter((line) => line.includes(from));
  assert.match(lines.at(-1) ?? '', /refused/);
});

/** Its name holds the time. */
When('I restore the backup of {string}', async function (this: ScenarioWorld, name: string) {
  await this.run(`anklume backup restore ${await archiveOf(this, name)} --start`);
});

async function archiveOf(world: ScenarioWorld, name: string): Promise<string> {
  const folder = world.path('backups');
  const names = await readdir(folder, { recursive: true });
  const archive = names.find((path) => path.includes(`/${name}-`) && path.endsWith('.tar.gz'));
  assert.ok(archive, names.join(', '));
  return join(folder, archive);
}
