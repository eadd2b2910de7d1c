import type { Emit } from '../../../base/messages/index.ts';
import type { Host } from '../../../base/system/index.ts';
import { ensureImage } from '../../../images/index.ts';
import type { Incus } from '../../../incus/index.ts';
import { instanceName, PROJECT } from './inventory.ts';
import type { Platform, Scenario } from './scenario.ts';
import { placeAptFiles, waitUntilUp } from './set-up-machine.ts';

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
      config: { ...usersOf(platform), ...platform.config },
      devices: {
        root: { type: 'disk', pool: 'default', path: '/' },
        eth0: { type: 'nic', network: platform.internet ? OPEN : CLOSED, name: 'eth0' },
      },
    },
    common,
  );
  const place = { name, project: PROJECT };
  await waitUntilUp(world, place);
  await placeAptFiles(world, place);
}

/** A million for itself and ten for containers inside: a sandbox that stands in a container has them for several. */
const NESTING_USERS = '11000000';

/** Each has users of its own, and one that hosts others has some for them as well. */
function usersOf({ config }: Platform): Readonly<Record<string, string>> {
  const hosts = /^(true|1|yes|on)$/i.test(config['security.nesting'] ?? '');
  return {
    'security.idmap.isolated': 'true',
    ...(hosts && { 'security.idmap.size': NESTING_USERS }),
  };
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
