import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlowModel, firewallOf } from '../network/index.ts';
import { productRoot } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';
import { routerRuleset } from './router-rules.ts';

/** One file inside the firewall machine, with the folders above it that may be missing. */
export interface RouterFile {
  readonly path: string;
  readonly text: string;
}

export const RULES_PATH = '/etc/anklume/router.nft';

/** The parts that are the same for every world; the Ansible role places the same files. */
const FIXED: Readonly<Record<string, string>> = {
  'anklume-router.service': '/etc/systemd/system/anklume-router.service',
  'anklume-router-log.service': '/etc/systemd/system/anklume-router-log.service',
  '60-anklume-router.conf': '/etc/sysctl.d/60-anklume-router.conf',
  'router-log.py': '/usr/local/lib/anklume/router-log.py',
};

/** Everything that makes a machine the firewall of a world; empty where there is none. */
export async function routerFiles(desired: Desired, model: FlowModel): Promise<RouterFile[]> {
  const rules = routerRuleset(model);
  if (rules === undefined) return [];
  const folder = join(productRoot(), 'roles/firewall_router/files');
  const fixed = await Promise.all(
    Object.entries(FIXED).map(async ([name, path]) => ({
      path,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
  return [{ path: RULES_PATH, text: rules }, ...fixed, ...addressFiles(desired)];
}

/** Addresses by systemd-networkd, which gives them again to a card that was plugged in anew. */
function addressFiles(desired: Desired): RouterFile[] {
  const ports = firewallOf(desired)?.ports.slice(1) ?? [];
  return ports.map(({ card, bridge, subnet, address }) => ({
    path: `/etc/systemd/network/05-anklume-${card}.network`,
    text: `# The leg of the firewall machine in ${bridge}.
[Match]
Name=${card}

[Link]
RequiredForOnline=no

[Network]
Address=${address}/${subnet.split('/')[1] ?? '24'}
LinkLocalAddressing=no
IPv6AcceptRA=no
`,
  }));
}
