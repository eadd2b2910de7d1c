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
): string {
  const { t, paint } = voice;
  const mark = decision.allowed ? paint.good('●') : paint.bad('✗');
  const verdict = decision.allowed
    ? t({ en: 'open', fr: 'ouvert' })
    : t({ en: 'closed', fr: 'fermé' });
  const lines = [`${mark} ${verdict}${t({ en: ': ', fr: ' : ' })}${t(decision.text)}`];
  if (seen?.rule) lines.push(...ruleLines(seen.rule, voice));
  if (seen?.trace) lines.push(...traceLines(seen.trace, voice));
  return lines.join('\n');
}

function ruleLines({ table, chain, text }: LoadedRule, { t, paint }: Voice): string[] {
  const where = paint.dim(`inet ${printable(table)} ${printable(chain)}`);
  return text === undefined
    ? [
        `  ${where}: ${paint.warn(t({ en: 'not among the loaded rules', fr: 'absente des règles chargées' }))}`,
      ]
    : [`  ${where}: ${printable(text)}`];
}

function traceLines({ steps, arrived }: Trace, { t, paint }: Voice): string[] {
  const title = t({ en: 'What the kernel did:', fr: 'Ce que le noyau a fait :' });
  const none = t({
    en: 'no rule of the host saw the packet',
    fr: "aucune règle de l'hôte n'a vu le paquet",
  });
  const rows = steps.map(({ chain, rule, verdict }) => {
    const colour =
      verdict === 'drop' ? paint.bad : verdict === 'accept' ? paint.good : paint.accent;
    const words = rule ?? t({ en: '(end of the chain)', fr: '(fin de la chaîne)' });
    return `  ${paint.dim(printable(chain))}: ${printable(words)} → ${colour(printable(verdict))}`;
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
