import { type Finding, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { enabledMachines } from '../walk.ts';

/** What is not trusted had better not share the host's kernel. */
export function containers(raw: RawInfra): Finding[] {
  return enabledMachines(raw).flatMap(({ name, domain, body, parent, path }) => {
    const level = parent.trust_level;
    if (body.type === 'vm' || (level !== 'untrusted' && level !== 'disposable')) return [];
    return [
      warning(
        'untrusted-container',
        path,
        {
          en: `'${name}' is a container in the ${level} domain '${domain}': it shares the kernel of the host.`,
          fr: `« ${name} » est un conteneur du domaine « ${domain} » (${level}) : il partage le noyau de l'hôte.`,
        },
        {
          remedy: {
            en: "A virtual machine isolates better: 'type: vm'.",
            fr: 'Une machine virtuelle isole mieux : « type: vm ».',
          },
        },
      ),
    ];
  });
}
