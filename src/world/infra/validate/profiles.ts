import { error, type Finding } from '../finding.ts';
import { suggester } from '../nearest.ts';
import type { RawInfra } from '../schema.ts';

/** Profiles that machines name exist in their domain; `default` always does. */
export function profiles(raw: RawInfra): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([domain, parent]) => {
    const known = new Set(['default', ...Object.keys(parent.profiles ?? {})]);
    const suggest = suggester([...known]);
    return Object.entries(parent.machines ?? {}).flatMap(([name, body]) =>
      (body.profiles ?? []).flatMap((profile, i) =>
        known.has(profile) ? [] : [unknown({ name, domain, profile, i }, suggest(profile), known)],
      ),
    );
  });
}

interface Use {
  readonly name: string;
  readonly domain: string;
  readonly profile: string;
  /** Position in the machine's list. */
  readonly i: number;
}

function unknown(
  { name, domain, profile, i }: Use,
  near: string | undefined,
  known: ReadonlySet<string>,
): Finding {
  const some = [...known].slice(0, 10).join(', ');
  return error(
    'unknown-profile',
    ['domains', domain, 'machines', name, 'profiles', String(i)],
    {
      en: `'${name}' uses the profile '${profile}', which the domain '${domain}' does not declare.`,
      fr: `« ${name} » utilise le profil « ${profile} », que le domaine « ${domain} » ne déclare pas.`,
    },
    {
      restsOn: [['domains', domain, 'profiles', profile]],
      remedy: near
        ? { en: `Did you mean '${near}'?`, fr: `Vouliez-vous dire « ${near} » ?` }
        : {
            en: `Declare it under 'domains.${domain}.profiles', or use one of: ${some}.`,
            fr: `Déclarez-le sous « domains.${domain}.profiles », ou utilisez l'un de ceux-ci : ${some}.`,
          },
    },
  );
}
