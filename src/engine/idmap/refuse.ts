import { type Refusal, refuse } from '../decide.ts';
import { findInstance, type Observed } from '../observed.ts';
import type { PlanEntry } from '../plan.ts';
import type { Specs } from '../specs.ts';
import { declaredConfig, getsOwnMap } from './defaults.ts';
import { hasOwnMap } from './sub-ids.ts';

/** Refuses what would get users of its own where the host does not have as many: Incus would say so half-way. */
export function refuseWithoutIds(
  entries: Map<string, PlanEntry>,
  specs: Specs,
  observed: Observed,
): void {
  if (specs.idsLeft >= 0) return;
  for (const [id, { domain, machine }] of specs.machines) {
    const spec = specs.all.get(id);
    const entry = entries.get(id);
    const live = findInstance(observed, domain.project, machine.instance);
    if (!spec || !entry || entry.action === 'refuse') continue;
    if (!getsOwnMap(machine, declaredConfig(domain, machine)) || (live && hasOwnMap(live)))
      continue;
    entries.set(id, refuse(spec, tooFew(machine.name, -specs.idsLeft)));
  }
}

function tooFew(name: string, lacking: number): Refusal {
  return {
    code: 'sub-ids-exhausted',
    reason: {
      en: `the host lacks ${lacking} sub-ids for containers with users of their own, '${name}' among them`,
      fr: `il manque à l'hôte ${lacking} sous-identifiants pour des conteneurs aux utilisateurs propres, dont « ${name} »`,
    },
    remedy: {
      en: `Give root a longer range on the daemon's host, 'root:1000000:1000000000' in /etc/subuid and in /etc/subgid, and restart Incus.`,
      fr: `Donnez à root une plage plus longue sur l'hôte du démon, « root:1000000:1000000000 » dans /etc/subuid et dans /etc/subgid, et redémarrez Incus.`,
    },
  };
}
