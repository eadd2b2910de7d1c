import { containersThatFit, type IdRange } from '../../engine/index.ts';
import { readSubIds } from '../../site/index.ts';
import type { Finding } from './finding.ts';

/** What a class of machines with their snapshots and disposables needs. */
const ENOUGH = 100;

/** Whether containers can have users of the host each for itself. */
export async function subIds(): Promise<Finding[]> {
  return [subIdFinding(await readSubIds({ proc: '/proc' }))];
}

/** Undefined where the host says nothing, and Incus takes a range of its own. */
export function subIdFinding(range: IdRange | undefined): Finding {
  const containers = containersThatFit(range);
  const state = containers < 1 ? 'bad' : containers < ENOUGH ? 'warning' : 'good';
  return {
    id: 'sub-ids',
    name: { en: 'Sub-ids for containers', fr: 'Sous-identifiants des conteneurs' },
    state,
    found:
      containers === 1
        ? { en: 'enough for 1 container', fr: 'de quoi tenir 1 conteneur' }
        : {
            en: `enough for ${containers} containers`,
            fr: `de quoi tenir ${containers} conteneurs`,
          },
    ...(state !== 'good' && {
      remedy: {
        en: "Each container has users of its own: write 'root:1000000:1000000000' into /etc/subuid and /etc/subgid instead of root's shorter range, and restart Incus.",
        fr: 'Chaque conteneur a des utilisateurs à lui : écrivez « root:1000000:1000000000 » dans /etc/subuid et /etc/subgid à la place de la plage plus courte de root, puis redémarrez Incus.',
      },
    }),
  };
}
