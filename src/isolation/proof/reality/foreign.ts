import { printable } from '../../../base/system/index.ts';
import type { ForeignRules } from '../../foreign/judge.ts';
import type { Findings, ProofFinding } from './finding.ts';

/** Ways that are named before the rest is only counted. */
const MOST_WAYS = 3;

/** What rules of others do: what closes for sure, or diverts, fails the proof; what may close is told. */
export function foreignFindings(rules: readonly ForeignRules[]): Findings {
  return {
    findings: rules.filter(({ does }) => does !== 'may-close').map(findingOf),
    notes: rules.filter(({ does }) => does === 'may-close').map(findingOf),
  };
}

function findingOf(rules: ForeignRules): ProofFinding {
  return { code: 'foreign-chain', place: rules.chain, ...foreignWords(rules) };
}

/** A chain of others in words, and the way out. */
function foreignWords(rules: ForeignRules): Pick<ProofFinding, 'text' | 'remedy'> {
  const { chain, owner, does, how, rule, commands, lasting } = rules;
  const by = owner === undefined ? '' : ` (${owner})`;
  const name = `${printable(chain)}${by}`;
  const line = printable(rule).slice(0, 120);
  if (does === 'diverts') {
    const { en, fr } = DIVERSIONS[how ?? 'copy'];
    return {
      text: { en: `the chain ${name} ${en}: ${line}`, fr: `la chaîne ${name} ${fr} : ${line}` },
      remedy: {
        en: `Take the rule away where it is made; until then: ${removal(chain)}`,
        fr: `Retirez la règle là où elle est faite ; d'ici là : ${removal(chain)}`,
      },
    };
  }
  const ways = rules.ways.slice(0, MOST_WAYS);
  const more = rules.ways.length - ways.length;
  const [en, fr] = (['en', 'fr'] as const).map((language) =>
    ways.map((way) => printable(way[language])).join(', '),
  );
  const rest =
    more > 0 ? { en: ` and ${more} more`, fr: ` et ${more} de plus` } : { en: '', fr: '' };
  const verb =
    does === 'closes'
      ? { en: 'closes what should be open', fr: 'ferme ce qui devrait être ouvert' }
      : { en: 'may close what should be open', fr: 'ferme peut-être ce qui devrait être ouvert' };
  const typed = commands.map(printable).join('; ');
  return {
    text: {
      en: `the chain ${name} ${verb.en} (${line}): ${en}${rest.en}`,
      fr: `la chaîne ${name} ${verb.fr} (${line}) : ${fr}${rest.fr}`,
    },
    remedy: {
      en: `${typed}${lasting ? ` (${lasting.en})` : ''}`,
      fr: `${typed}${lasting ? ` (${lasting.fr})` : ''}`,
    },
  };
}

const DIVERSIONS = {
  copy: {
    en: 'sends copies of our packets elsewhere',
    fr: 'envoie ailleurs une copie de nos paquets',
  },
  forward: {
    en: 'sends our packets to another interface, past the isolation rules',
    fr: "remet nos paquets à une autre interface, hors des règles d'isolation",
  },
  translate: {
    en: 'gives our packets another destination',
    fr: 'donne à nos paquets une autre destination',
  },
  change: { en: 'changes our packets', fr: 'modifie nos paquets' },
  'hand-over': {
    en: 'lets a program decide about our packets',
    fr: 'laisse un programme décider de nos paquets',
  },
  bypass: {
    en: 'takes our connections past the isolation rules',
    fr: "fait passer nos connexions hors des règles d'isolation",
  },
} as const;

/** A command that takes a chain away. */
function removal(chain: string): string {
  const [family = '', table = '', name = ''] = chain.split(' ').map(printable);
  return family.endsWith('-legacy')
    ? `${family} -t ${table} -F ${name}`
    : `nft flush chain ${family} ${table} ${name}`;
}
