import { FIREWALL_MACHINE } from '../enrich.ts';
import { error, type Finding, warning } from '../finding.ts';
import { suggester } from '../nearest.ts';
import type { RawInfra } from '../schema.ts';
import { machinesOf } from '../walk.ts';

/** The ends of each policy exist and differ. Ports and protocols are checked with the shape. */
export function policies(raw: RawInfra): Finding[] {
  const known = new Set([
    'host',
    ...Object.keys(raw.domains ?? {}),
    ...machinesOf(raw).map(({ name }) => name),
    // Added where it is not declared.
    ...(raw.global?.firewall_mode === 'vm' ? [FIREWALL_MACHINE] : []),
  ]);
  const suggest = suggester([...known]);
  return (raw.network_policies ?? []).flatMap((policy, i) => {
    const path = ['network_policies', String(i)];
    const findings: Finding[] = [];
    for (const side of ['from', 'to'] as const) {
      const name = policy[side];
      if (name !== undefined && !known.has(name))
        findings.push(unknown(name, side, i, suggest(name)));
    }
    if (policy.from !== undefined && policy.from === policy.to)
      findings.push(
        warning(
          'policy-to-itself',
          path,
          {
            en: `Policy ${i + 1} leads from '${policy.from}' to itself, which is always open.`,
            fr: `La politique ${i + 1} va de « ${policy.from} » à lui-même, ce qui est toujours ouvert.`,
          },
          { remedy: { en: 'Remove it.', fr: 'Retirez-la.' } },
        ),
      );
    if (policy.ports === undefined)
      findings.push(
        warning(
          'policy-without-ports',
          [...path, 'ports'],
          {
            en: `Policy ${i + 1} names no ports: it opens all of them${policy.protocol ? '' : ', and every other protocol'}.`,
            fr: `La politique ${i + 1} ne nomme aucun port : elle les ouvre tous${policy.protocol ? '' : ', et tous les autres protocoles'}.`,
          },
          {
            remedy: {
              en: "Write 'ports: all' if that is meant, otherwise a list such as [443].",
              fr: "Écrivez « ports: all » si c'est voulu, sinon une liste comme [443].",
            },
          },
        ),
      );
    else if (policy.ports.length === 0)
      findings.push(
        warning(
          'policy-without-ports',
          [...path, 'ports'],
          {
            en: `Policy ${i + 1} has an empty list of ports: it opens nothing.`,
            fr: `La politique ${i + 1} a une liste de ports vide : elle n'ouvre rien.`,
          },
          {
            remedy: {
              en: 'Name the ports, or remove the policy.',
              fr: 'Nommez les ports, ou retirez la politique.',
            },
          },
        ),
      );
    return findings;
  });
}

function unknown(name: string, side: string, i: number, near: string | undefined): Finding {
  return error(
    'unknown-policy-end',
    ['network_policies', String(i), side],
    {
      en: `Policy ${i + 1} says '${side}: ${name}', but no domain or machine has that name.`,
      fr: `La politique ${i + 1} dit « ${side}: ${name} », mais aucun domaine ni machine ne porte ce nom.`,
    },
    {
      restsOn: [['domains', name]],
      remedy: near
        ? { en: `Did you mean '${near}'?`, fr: `Vouliez-vous dire « ${near} » ?` }
        : {
            en: 'Name a domain, a machine, or host.',
            fr: 'Nommez un domaine, une machine, ou host.',
          },
    },
  );
}
