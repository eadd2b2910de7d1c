import { permits } from '../dangers/index.ts';
import { error, type Finding, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import type { ResolveContext } from '../types.ts';
import { isOn } from '../units.ts';
import { effectiveConfig, machinesOf } from '../walk.ts';

/** Root in a privileged container is root of the host, unless a VM stands between. */
export function privileged(raw: RawInfra, { nesting }: ResolveContext): Finding[] {
  if (nesting.vmNested) return [];
  return machinesOf(raw).flatMap((entry) => {
    if (entry.body.type === 'vm') return [];
    const found = effectiveConfig(entry, 'security.privileged');
    if (!found || !isOn(found.value) || permits(entry.body.allow ?? [], 'security.privileged'))
      return [];
    const report = nesting.yolo ? warning : error;
    const by = found.profile
      ? { en: ` (profile '${found.profile}')`, fr: ` (profil « ${found.profile} »)` }
      : { en: '', fr: '' };
    return [
      report(
        'privileged-container',
        found.path,
        {
          en: `The container '${entry.name}' is privileged${by.en}: its root would be root of this host.`,
          fr: `Le conteneur « ${entry.name} » est privilégié${by.fr} : son root serait root de cet hôte.`,
        },
        {
          relatedPath: entry.path,
          remedy: {
            en: "Make it a virtual machine ('type: vm'), remove security.privileged, or permit it: 'allow: [security.privileged]'.",
            fr: 'Faites-en une machine virtuelle (« type: vm »), retirez security.privileged, ou permettez-le : « allow: [security.privileged] ».',
          },
        },
      ),
    ];
  });
}
