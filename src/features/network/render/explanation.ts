import { printable } from '../../../base/system/index.ts';
import type { Decision, LoadedRule, Trace } from '../../../isolation/index.ts';
import type { Session } from '../../../kit/session.ts';

type Voice = Pick<Session, 't' | 'paint'>;

/** What was found on the host about a packet. */
interface Seen {
  readonly rule?: LoadedRule | undefined;
  readonly trace?: Trace;
}

/** Whether a packet passes, what decides it, the loaded rule, and what became of a real one. */
export function renderExplanation(
  decision: Decision,
  seen: Seen | undefined,
  voice: Voice,
  ports?: readonly string[],
): string {
  const { t, paint } = voice;
  const mark = decision.allowed ? paint.good('●') : paint.bad('✗');
  const verdict = decision.allowed
    ? t({ en: 'open', fr: 'ouvert' })
    : t({ en: 'closed', fr: 'fermé' });
  const lines = isUnloaded(seen) ? unloadedLines(decision, seen, voice) : [];
  const why = `${t({ en: ': ', fr: ' : ' })}${t(decision.text)}`;
  lines.push(`${mark} ${verdict}${why} ${paint.dim(`[${decision.code}]`)}`);
  if (seen?.rule) lines.push(...ruleLines(seen.rule, voice));
  if (seen?.trace) lines.push(...traceLines(seen.trace, voice));
  if (ports) lines.push(...portLines(ports, voice));
  return lines.join('\n');
}

/** Without a port the answer is about a ping alone. */
function portLines(ports: readonly string[], { t, paint }: Voice): string[] {
  const text =
    ports.length > 0
      ? {
          en: `This is about a ping. Open between the two: ${ports.join(', ')}.`,
          fr: `Il s'agit d'un ping. Ouvert entre les deux : ${ports.join(', ')}.`,
        }
      : {
          en: 'This is about a ping. No port is open between the two.',
          fr: "Il s'agit d'un ping. Aucun port n'est ouvert entre les deux.",
        };
  return [paint.dim(t(text))];
}

/** Whether the host was looked at and lacks the rule that is to decide. */
export function isUnloaded(seen: Seen | undefined): boolean {
  return seen?.rule !== undefined && seen.rule.text === undefined;
}

/** Before what the tree says: what is true now. */
function unloadedLines(
  { allowed }: Decision,
  seen: Seen | undefined,
  { t, paint }: Voice,
): string[] {
  const headline = allowed
    ? {
        en: 'should be open, but the rule that opens it is not loaded',
        fr: "devrait être ouvert, mais la règle qui l'ouvre n'est pas chargée",
      }
    : seen?.trace?.arrived === false
      ? {
          en: 'should be closed, and its rule is not loaded; the packet that was sent did not arrive all the same',
          fr: "devrait être fermé, et sa règle n'est pas chargée ; le paquet envoyé n'est pas arrivé pour autant",
        }
      : {
          en: 'should be closed, but the rule is not loaded: open now',
          fr: "devrait être fermé, mais la règle n'est pas chargée : ouvert en ce moment",
        };
  const remedy = {
    en: "'anklume network deploy' loads the rules.",
    fr: '« anklume network deploy » charge les règles.',
  };
  return [`${paint.bad('✗')} ${t(headline)}`, `  ${paint.accent('→')} ${t(remedy)}`];
}

function ruleLines(rule: LoadedRule, voice: Voice): string[] {
  const { t, paint } = voice;
  const { family, table, chain, code, meaning, text } = rule;
  const where = paint.dim(`${family} ${printable(table)} ${printable(chain)}`);
  if (text !== undefined) return [`  ${where}: ${ruleWords(rule, voice)}`];
  const missing = t({ en: 'not among the loaded rules', fr: 'absente des règles chargées' });
  return [`  ${where}: ${paint.accent(code)}: ${t(meaning)}, ${paint.warn(missing)}`];
}

/** A rule as nft writes it, with what its code means in the reader's language instead of its comment. */
function ruleWords(
  {
    text = '',
    code,
    meaning,
  }: { text?: string; code?: LoadedRule['code']; meaning?: LoadedRule['meaning'] },
  { t, paint }: Voice,
): string {
  if (!code || !meaning) return printable(text);
  const [, rule = text, comment = ''] = /^(.*?) ?comment "([^"]*)"$/.exec(text) ?? [];
  const words = comment.slice(`${code}: `.length);
  // Of a policy, its number and the file's own words.
  const isOwn = words !== meaning.en && words !== '';
  const own = isOwn ? ` (${t({ en: 'policy', fr: 'politique' })} ${printable(words)})` : '';
  return `${printable(rule)}  ${paint.accent(code)}: ${t(meaning)}${own}`;
}

function traceLines({ steps, arrived }: Trace, voice: Voice): string[] {
  const { t, paint } = voice;
  const title = t({ en: 'What the kernel did:', fr: 'Ce que le noyau a fait :' });
  const none = t({
    en: 'no rule of the host saw the packet',
    fr: "aucune règle de l'hôte n'a vu le paquet",
  });
  const rows = steps.map(({ chain, rule, code, meaning, verdict }) => {
    const colour =
      verdict === 'drop' ? paint.bad : verdict === 'accept' ? paint.good : paint.accent;
    const end = t({ en: '(end of the chain)', fr: '(fin de la chaîne)' });
    const words =
      rule === undefined
        ? end
        : ruleWords({ text: rule, ...(code && meaning && { code, meaning }) }, voice);
    return `  ${paint.dim(printable(chain))}: ${words} → ${colour(printable(verdict))}`;
  });
  const end =
    arrived === undefined
      ? []
      : [
          arrived
            ? paint.good(t({ en: 'It arrived.', fr: 'Il est arrivé.' }))
            : paint.bad(t({ en: 'It did not arrive.', fr: "Il n'est pas arrivé." })),
        ];
  return [title, ...(rows.length > 0 ? rows : [`  ${none}`]), ...end];
}
