import { ensureImage } from '../../images/index.ts';
import type { Incus } from '../../incus/index.ts';
import { AnklumeError, type Emit, type Text } from '../../messages/index.ts';
import { aptMirrors, aptProxy, type Host, printable } from '../../system/index.ts';
import { aptFiles, codenameOf } from './apt-files.ts';
import { instanceName, PROJECT } from './inventory.ts';
import type { Platform, Scenario } from './scenario.ts';

/** Bridges of the sandbox: with a way out, and without. */
const OPEN = 'roles-open';
const CLOSED = 'roles-closed';

/** Where tests make their machines. */
export interface World {
  readonly incus: Incus;
  readonly host: Host;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Both bridges. Without a router in DHCP's answer, a machine has no route out of its subnet. */
export async function makeNetworks({ incus, signal }: World): Promise<void> {
  const there = new Set((await incus.networks.list()).map(({ name }) => name));
  const common = { 'ipv6.address': 'none' };
  const networks = [
    { name: OPEN, config: { ...common, 'ipv4.address': '10.207.1.254/24' } },
    {
      name: CLOSED,
      config: {
        ...common,
        'ipv4.address': '10.207.2.254/24',
        'raw.dnsmasq': 'dhcp-option=option:router',
      },
    },
  ];
  for (const network of networks)
    if (!there.has(network.name))
      await incus.networks.create({ ...network, type: 'bridge' }, { ...(signal && { signal }) });
}

/** The images of all scenarios, one after the other: scenarios that begin together would all fetch the same one. */
export async function fetchImages(world: World, scenarios: readonly Scenario[]): Promise<void> {
  const references = scenarios.flatMap(({ platforms }) => platforms.map(({ image }) => image));
  for (const reference of new Set(references)) await fingerprint(world, reference);
}

function fingerprint({ incus, host, emit, signal }: World, reference: string): Promise<string> {
  return ensureImage(incus, reference, { host, emit, ...(signal && { signal }) });
}

/** A new machine, up and with an address; one that a test which was cut short left behind is removed first. */
export async function createMachine(
  world: World,
  scenario: Scenario,
  platform: Platform,
): Promise<void> {
  const { incus, signal } = world;
  const name = instanceName(scenario, platform);
  await removeMachine(world, scenario, platform);
  const common = { project: PROJECT, ...(signal && { signal }) };
  await incus.instances.create(
    {
      name,
      type: 'container',
      start: true,
      source: { type: 'image', fingerprint: await fingerprint(world, platform.image) },
      profiles: [],
      config: platform.config,
      devices: {
        root: { type: 'disk', pool: 'default', path: '/' },
        eth0: { type: 'nic', network: platform.internet ? OPEN : CLOSED, name: 'eth0' },
      },
    },
    common,
  );
  const { code, stdout } = await incus.instances.exec(name, ['sh', '-c', UP], {
    ...common,
    repeatable: true,
  });
  if (code !== 0) throw notUp(name, stdout);
  await placeAptFiles(world, name);
}

/** Until booting has ended and there is an address; 'degraded' is up too. */
const UP = `
systemctl is-system-running --wait >/dev/null 2>&1
for try in $(seq 100); do
  if grep -q '^eth0' /proc/net/route; then exit 0; fi
  sleep 0.2
done
systemctl --no-pager --failed
exit 1
`;

/** This machine's way to packages is the tests' way too: its mirror and proxy. */
async function placeAptFiles({ incus, signal }: World, name: string): Promise<void> {
  const common = { project: PROJECT, ...(signal && { signal }) };
  const release = await incus.instances.readFile(name, '/etc/os-release', {
    ...common,
    longest: 100_000,
  });
  const codename = codenameOf(release.toString('utf8'));
  if (codename === undefined) return;
  const files = aptFiles(codename, await aptMirrors(), await aptProxy());
  for (const [path, text] of Object.entries(files.written))
    await incus.instances.writeFile(name, path, text, { ...common, mode: 0o644, uid: 0, gid: 0 });
  for (const path of files.removed) await incus.instances.deleteFile(name, path, common);
}

/** Ends and deletes a machine; one that is gone is a success. */
export async function removeMachine(
  { incus }: World,
  scenario: Scenario,
  platform: Platform,
): Promise<void> {
  const name = instanceName(scenario, platform);
  const all = await incus.instances.list();
  if (!all.some((instance) => instance.name === name && instance.project === PROJECT)) return;
  await incus.instances.setState(name, 'stop', { project: PROJECT, force: true });
  await incus.instances.delete(name, { project: PROJECT });
}

function notUp(name: string, untrustedWords: string): AnklumeError {
  const words: Text = {
    en: `The machine '${name}' has no address after 20 s. ${printable(untrustedWords)}`,
    fr: `La machine « ${name} » n'a pas d'adresse après 20 s. ${printable(untrustedWords)}`,
  };
  return new AnklumeError({ code: 'role-machine-not-up', message: words });
}
