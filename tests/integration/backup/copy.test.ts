import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { listed } from '../engine/daemon.ts';
import { incusCli, uniqueName } from '../support.ts';
import { appliedWorld, inMachine, type World } from './world.ts';

const domain = uniqueName('m');
const box = `${domain}-box`;
const volume = uniqueName('data');
const other = uniqueName('other-');

let world: World;
let sandbox: Sandbox;
let home: string | undefined;

beforeAll(async () => {
  home = process.env.ANKLUME_HOME;
  process.env.ANKLUME_HOME = inject('home');
  sandbox = await startSandbox(other, { storage: 'dir' });
  await there('image', 'import', await probeImage(), '--alias', 'probe', '--quiet');
  world = await appliedWorld(
    [domain],
    218,
    `  ${domain}:\n    ephemeral: true\n    machines:\n      ${box}:\n        storage_volumes: {${volume}: {path: /srv/data}}\n`,
  );
  await inMachine(domain, box, 'echo travels > /root/x; echo too > /srv/data/y');
  await incusCli('snapshot', 'create', box, 'early', '--project', domain);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await deleteSandbox(other);
  if (home === undefined) delete process.env.ANKLUME_HOME;
  else process.env.ANKLUME_HOME = home;
});

/** Asks the other daemon with the `incus` command. */
async function there(...args: string[]): Promise<string> {
  return (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
}

// Matrix: BK-202
it('P20d-07: a machine goes to another daemon with its data, volume and snapshots, and starts there', async () => {
  const words = ['backup', 'copy', box, '--to-sandbox', other];
  const early = await world.tool(words);
  expect([early.code, early.stderr]).toEqual([
    1,
    expect.stringContaining('--tags networks,projects,profiles'),
  ]);
  const same = await world.tool(['backup', 'copy', box, '--to-socket', inject('socket')]);
  expect(same.code).toBe(2);

  const tags = ['apply', '--tags', 'networks,projects,profiles', `--sandbox=${other}`];
  const made = await world.tool(tags);
  expect(made.code, made.stderr).toBe(0);
  const copied = await world.tool([...words, '--start', '--json']);
  expect(copied.code, copied.stderr).toBe(0);
  expect(JSON.parse(copied.stdout)).toMatchObject({ name: box, project: domain });
  const inside = ['exec', '--project', domain, box, '--', 'cat', '/root/x', '/srv/data/y'];
  expect(await there(...inside)).toBe('travels\ntoo');
  expect(await there('query', `/1.0/instances/${box}/snapshots?project=${domain}`)).toContain(
    'early',
  );
  expect((await listed(domain)).map(({ name, status }) => [name, status])).toEqual([
    [box, 'Running'],
  ]);
  const again = await world.tool(words);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Already on the daemon')]);
});
