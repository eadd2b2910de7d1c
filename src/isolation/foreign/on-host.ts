import type { Host } from '../../base/system/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { allowedFlows } from '../model/flows.ts';
import type { ProofFinding } from '../proof/reality/finding.ts';
import { foreignFindings } from '../proof/reality/foreign.ts';
import { readKernel } from '../proof/reality/kernel.ts';
import { linkOwners } from '../proof/reality/link-owners.ts';
import { linkFindings } from '../proof/reality/links.ts';
import { type Running, strangers } from '../proof/reality/machines.ts';
import { foreignRules, listForeign } from './look.ts';

/**
 * What of others on a host is in the way of packets of these domains: chains that close what is open or divert what is
 * theirs, for sure or perhaps; and, where it can be told whose NICs are, ports, filters and programs at interfaces.
 */
export async function foreignOn(
  desired: Desired,
  host: Host,
  instances?: () => Promise<readonly Running[]>,
): Promise<ProofFinding[]> {
  const [view, listing] = await Promise.all([
    readKernel(host, []),
    listForeign(host, desired.projectName),
  ]);
  const model = allowedFlows(desired);
  const { findings, notes } = foreignFindings(foreignRules(model, listing, view));
  const all = await instances?.();
  const links = all ? linkFindings(model, view, linkOwners(all)) : [];
  const outOfPlace = all
    ? strangers(desired, all).filter(({ code }) => code === 'machine-by-hand')
    : [];
  return [...outOfPlace, ...links, ...findings, ...notes];
}

/** The same for any domain there may be: one with a machine that reaches the internet. */
export function foreignOnAny(host: Host): Promise<ProofFinding[]> {
  return foreignOn(ANY, host);
}

/** In the networks for documentation (RFC 5737), which nobody has. */
const ANY: Desired = {
  projectName: '',
  defaultImage: '',
  gpuPolicy: 'exclusive',
  firewallMode: 'host',
  logDrops: false,
  policies: [],
  domains: [
    {
      name: 'DOMAIN',
      description: '',
      ephemeral: false,
      project: 'DOMAIN',
      internet: true,
      lan: true,
      network: { name: 'net-DOMAIN', subnet: '192.0.2.0/24', gateway: '192.0.2.254' },
      profiles: [],
      machines: [
        {
          ...{ name: 'MACHINE', instance: 'MACHINE', domain: 'DOMAIN', description: '' },
          ...{ type: 'lxc', ip: '192.0.2.1', ephemeral: false, image: '', gpu: false },
          ...{ profiles: [], config: {}, devices: {}, volumes: [], roles: [] },
        },
      ],
    },
  ],
};
