import type { NestingContext } from '../../world/infra/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { type Refusal, refuse } from '../decide.ts';
import type { PlanEntry } from '../plan.ts';
import { profileId } from '../resources/profile.ts';
import type { Specs } from '../specs.ts';
import { declaredDangers } from './dangers.ts';

/**
 * Refuses to give a machine what infra.yml would not let it have: lines of the tree written by hand come this way.
 * What is there already and unchanged stays; `realityOf` tells it.
 */
export function refuseDangers(
  entries: Map<string, PlanEntry>,
  desired: Desired,
  specs: Specs,
  nesting: NestingContext | undefined,
): void {
  // Nobody can tell what lies around a remote daemon; what infra.yml says was judged by `sync`.
  if (!nesting || nesting.yolo) return;
  for (const [id, { domain, machine }] of specs.machines) {
    const [danger] = declaredDangers(desired, domain, machine).filter(
      ({ word }) => word !== 'security.privileged' || !nesting.vmNested,
    );
    if (!danger) continue;
    const carriers = [id, ...(danger.profile ? [profileId(domain.project, danger.profile)] : [])];
    for (const carrier of carriers) {
      const spec = specs.all.get(carrier);
      const entry = entries.get(carrier);
      if (spec && entry && entry.action !== 'refuse' && entry.action !== 'delete')
        entries.set(carrier, refuse(spec, refusalOf(machine.name, danger)));
    }
  }
}

function refusalOf(name: string, danger: ReturnType<typeof declaredDangers>[number]): Refusal {
  const key = danger.path.at(-1);
  return {
    code: 'dangerous-setting',
    reason: {
      en: `'${name}' would have the setting '${key}': ${danger.gives.en}`,
      fr: `« ${name} » aurait le réglage « ${key} » : ${danger.gives.fr}`,
    },
    remedy: {
      en: `Remove it from host_vars/${name}.yml or group_vars, or permit it: 'allow: [${danger.word}]' on the machine in infra.yml.`,
      fr: `Retirez-le de host_vars/${name}.yml ou de group_vars, ou permettez-le : « allow: [${danger.word}] » sur la machine dans infra.yml.`,
    },
  };
}
