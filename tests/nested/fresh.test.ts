import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot, run } from '../../src/base/system/index.ts';
import { placeAptFiles, waitUntilUp } from '../../src/features/dev/roles/set-up-machine.ts';
import { debianWith } from '../integration/nesting/host-image.ts';
import { Bed } from './bed.ts';

/** A Debian 13 on which somebody has cloned anklume, and nothing else. */
const HOST = { name: 'fresh', project: 'default' };

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.make();
  const { metadata, rootfs } = await debianWith('fresh-host', ['nodejs']);
  await bed.incus('image', 'import', metadata, rootfs, '--alias', 'fresh', '--quiet');
  await bed.incus('network', 'create', 'fresh0', 'ipv4.address=10.208.8.1/24', 'ipv6.address=none');
  await bed.incus(
    ...['launch', 'fresh', HOST.name, '--quiet', '--storage', 'default', '--network', 'fresh0'],
    ...['--config', 'security.nesting=true'],
  );
  const door = { incus: bed.door };
  await waitUntilUp(door, HOST);
  await placeAptFiles(door, HOST);
  await carry();
});
afterAll(() => bed.remove());

const sh = (script: string) => bed.sh(HOST.name, HOST.project, script);

const programs = () => sh('for one in incus mmdebstrap tini; do command -v "$one" || true; done');

/** The working tree, built and with its dependencies: what a newcomer's npm would bring. */
async function carry(): Promise<void> {
  await run([join(productRoot(), 'anklume'), '--version']);
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-fresh-'));
  try {
    const tree = join(scratch, 'tree.tar');
    await run(['tar', '-C', productRoot(), '--exclude=./.git', '-cf', tree, '.']);
    await bed.incus('file', 'push', tree, `${HOST.name}/srv/tree.tar`, '--quiet');
    await sh('mkdir /opt/anklume && tar -C /opt/anklume -xf /srv/tree.tar --no-same-owner');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

it('the first command of the README installs what it needs, where nobody can answer', async () => {
  // A container has no range of numbers for the users of the containers inside it, but what it was given itself.
  await sh("printf 'root:1000000:250000000\\n' | tee /etc/subuid > /etc/subgid");
  expect(await programs()).toBe('');
  expect(await sh('cd /opt/anklume && ./anklume demo')).toContain('The isolation is as declared');
  expect(await programs()).toBe('/usr/bin/incus\n/usr/bin/mmdebstrap\n/usr/bin/tini');
  expect(await sh('cd /opt/anklume && ./anklume demo')).toContain('0 changes');
  expect(
    await sh('cd /opt/anklume && ./anklume demo --delete --yes; ls /root/.anklume'),
  ).not.toContain('demo');
});
