import { type Host, run } from '../../base/system/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { BridgeRepair } from '../plan.ts';
import { updateNetwork } from './network.ts';
import type { Stillness } from './stillness.ts';

/** A key whose change Incus takes for a reason to set a bridge up again, and its value where nobody gives one. */
const [HARMLESS, USUAL] = ['ipv4.dhcp.expiry', '1h'];

/**
 * Brings back what a bridge has lost on the host. Incus does nothing for one of which no key changes: so one key is
 * given the value that it has anyway, and taken away again. Machines keep their connections meanwhile, as their NICs
 * stay on the bridge; our own rules are in tables of their own.
 */
export async function repairBridge(
  incus: Incus,
  name: string,
  { setup, forward, ports }: BridgeRepair,
  ground: { readonly host?: Host; readonly stillness: Stillness },
): Promise<void> {
  if (setup) {
    const before = (await incus.networks.get(name)).value.config[HARMLESS];
    const other = before === USUAL ? '60m' : USUAL;
    for (const value of [other, before ?? null])
      await updateNetwork(incus, name, { config: { [HARMLESS]: value } }, ground);
  }
  const { host } = ground;
  if (!host) return;
  for (const family of forward) await setForwarding(host, family, name);
  for (const port of ports)
    await run([...host.enter, 'ip', 'link', 'set', 'dev', port, 'master', name, 'up']);
}

/** As Incus does when it makes a bridge: for the whole host, and for this bridge where that alone was turned off. */
async function setForwarding(host: Host, family: string, name: string): Promise<void> {
  for (const of of ['all', name])
    await run([...host.enter, 'tee', `/proc/sys/net/${family}/conf/${of}/forwarding`], {
      input: '1',
    });
}
