import { type Host, run } from '../../base/system/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { BridgeRepair } from '../plan.ts';
import { updateNetwork } from './network.ts';
import type { Stillness } from './stillness.ts';

/** A key of every bridge of ours. A run that is killed leaves it other than wanted, which the next plan puts right. */
const KEY = 'raw.dnsmasq';
const REMARK = '\n# set up again by anklume';

/**
 * Brings back what a bridge has lost on the host. Incus does nothing for one of which no key changes: so one key is
 * given a remark, and loses it again. Machines keep their connections meanwhile, as their NICs
 * stay on the bridge; our own rules are in tables of their own.
 */
export async function repairBridge(
  incus: Incus,
  name: string,
  { setup, forward, ports }: BridgeRepair,
  ground: { readonly host?: Host; readonly stillness: Stillness },
): Promise<void> {
  if (setup) {
    const said = (await incus.networks.get(name)).value.config[KEY] ?? '';
    const wanted = said.replaceAll(REMARK, '');
    for (const value of [`${wanted}${REMARK}`, wanted])
      await updateNetwork(incus, name, { config: { [KEY]: value } }, ground);
  }
  const { host } = ground;
  if (!host) return;
  for (const { family, of } of forward) {
    const path = `/proc/sys/net/${family}/conf/${of}/forwarding`;
    await run([...host.enter, 'tee', path], { input: '1' });
  }
  for (const port of ports)
    await run([...host.enter, 'ip', 'link', 'set', 'dev', port, 'master', name, 'up']);
}
