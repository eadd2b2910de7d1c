import { error, type Finding } from '../finding.ts';
import { nearest } from '../nearest.ts';
import type { RawInfra } from '../schema.ts';
import { machinesOf } from '../walk.ts';

/** Profiles that machines name exist in their domain; `default` always does. */
export function profiles(raw: RawInfra): Finding[] {
  return machinesOf(raw).flatMap(({ name, domain, body, parent, path }) => {
    const known = [...new Set(['default', ...Object.keys(parent.profiles ?? {})])];
    return (body.profiles ?? []).flatMap((profile, i) => {
      if (known.includes(profile)) return [];
      const near = nearest(profile, known);
      return [
        error(
          'unknown-profile',
          [...path, 'profiles', String(i)],
          {
            en: `'${name}' uses the profile '${profile}', which the domain '${domain}' does not declare.`,
            fr: `« ${name} » utilise le profil « ${profile} », que le domaine « ${domain} » ne déclare pas.`,
          },
          {
            remedy: near
              ? { en: `Did you mean '${near}'?`, fr: `Vouliez-vous dire « ${near} » ?` }
              : {
                  en: `Declare it under 'domains.${domain}.profiles', or use one of: ${known.join(', ')}.`,
                  fr: `Déclarez-le sous « domains.${domain}.profiles », ou utilisez l'un de ceux-ci : ${known.join(', ')}.`,
                },
          },
        ),
      ];
    });
  });
}
