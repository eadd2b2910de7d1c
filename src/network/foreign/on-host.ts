import type { Host } from '../../system/index.ts';
import type { Desired } from '../../tree/index.ts';
import { allowedFlows } from '../flows.ts';
import type { ProofFinding } from '../reality/finding.ts';
import { foreignFindings } from '../reality/foreign.ts';
import { readKernel } from '../reality/kernel.ts';
import { foreignRules, listForeign } from './look.ts';

/** Chains of others on a host that close what these domains have open, or divert what is theirs, for sure or perhaps. */
export async function foreignOn(desired: Desired, host: Host): Promise<ProofFinding[]> {
  const [view, listing] = await Promise.all([
    readKernel(host, []),
    listForeign(host, desired.projectName),
  ]);
  const { findings, notes } = foreignFindings(foreignRules(allowedFlows(desired), listing, view));
  return [...findings, ...notes];
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
