import { AI_DOMAIN, aiOpenings } from '../ai-clients.ts';
import { error, type Finding } from '../finding.ts';
import { nearest } from '../nearest.ts';
import type { RawInfra } from '../schema.ts';

/** Exclusive access to the AI tools: who has it, and that nobody else has. */
export function aiAccess(raw: RawInfra): Finding[] {
  return [...defaultDomain(raw), ...(isExclusive(raw) ? exclusive(raw) : [])];
}

function isExclusive(raw: RawInfra): boolean {
  return raw.global?.ai_access_policy === 'exclusive';
}

function enabledDomains(raw: RawInfra): string[] {
  return Object.entries(raw.domains ?? {})
    .filter(([, { enabled }]) => enabled !== false)
    .map(([name]) => name);
}

function defaultDomain(raw: RawInfra): Finding[] {
  const name = raw.global?.ai_access_default;
  const path = ['global', 'ai_access_default'];
  const known = enabledDomains(raw).filter((domain) => domain !== AI_DOMAIN);
  if (name === undefined)
    return isExclusive(raw)
      ? [
          error(
            'ai-default-missing',
            path,
            {
              en: 'With ai_access_policy exclusive, ai_access_default must name the domain that has access at first.',
              fr: 'Avec ai_access_policy exclusive, ai_access_default doit nommer le domaine qui a accès au départ.',
            },
            {
              remedy: {
                en: `Write 'ai_access_default: ' and one of: ${known.join(', ')}.`,
                fr: `Écrivez « ai_access_default: » et l'un de ceux-ci : ${known.join(', ')}.`,
              },
            },
          ),
        ]
      : [];
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  return [
    error(
      'ai-default-unknown',
      path,
      name === AI_DOMAIN
        ? {
            en: `ai_access_default cannot be '${AI_DOMAIN}' itself.`,
            fr: `ai_access_default ne peut pas être « ${AI_DOMAIN} » lui-même.`,
          }
        : {
            en: `ai_access_default names '${name}', which is not a domain in use.`,
            fr: `ai_access_default nomme « ${name} », qui n'est pas un domaine en service.`,
          },
      {
        remedy: near
          ? { en: `Did you mean '${near}'?`, fr: `Vouliez-vous dire « ${near} » ?` }
          : {
              en: `Use one of: ${known.join(', ')}.`,
              fr: `Utilisez l'un de : ${known.join(', ')}.`,
            },
      },
    ),
  ];
}

function exclusive(raw: RawInfra): Finding[] {
  if (!enabledDomains(raw).includes(AI_DOMAIN))
    return [
      error(
        'ai-domain-missing',
        ['global', 'ai_access_policy'],
        {
          en: `ai_access_policy is exclusive, but there is no domain '${AI_DOMAIN}'.`,
          fr: `ai_access_policy vaut exclusive, mais il n'y a pas de domaine « ${AI_DOMAIN} ».`,
        },
        {
          remedy: {
            en: `Declare the domain '${AI_DOMAIN}', or write 'ai_access_policy: open'.`,
            fr: `Déclarez le domaine « ${AI_DOMAIN} », ou écrivez « ai_access_policy: open ».`,
          },
        },
      ),
    ];
  const openings = aiOpenings(raw);
  const [first] = openings;
  if (first === undefined) return [];
  // Policies of one domain for single machines of the AI tools let in nobody else.
  const further = openings.filter(
    ({ domain, whole }, i) =>
      domain !== first.domain || (whole && openings.slice(0, i).some((one) => one.whole)),
  );
  return further.map(({ policy }) =>
    error(
      'ai-access-not-exclusive',
      ['network_policies', String(policy)],
      {
        en: `ai_access_policy is exclusive, but more than one policy opens '${AI_DOMAIN}'.`,
        fr: `ai_access_policy vaut exclusive, mais plus d'une politique ouvre « ${AI_DOMAIN} ».`,
      },
      {
        relatedPath: ['network_policies', String(first.policy)],
        remedy: {
          en: "Keep one of them, or write 'ai_access_policy: open'.",
          fr: 'Gardez-en une, ou écrivez « ai_access_policy: open ».',
        },
      },
    ),
  );
}
