import { printable } from '../../../base/system/index.ts';
import type { Proof } from '../../../isolation/index.ts';
import { seconds } from '../../../kit/progress/plain.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { renderMatrix } from './matrix.ts';

/** Findings shown before the rest is only counted. */
const MOST_FINDINGS = 20;

/** The proof for people: the matrix, every wall that does not stand as declared, and the verdict. */
export function renderProof(
  proof: Proof,
  trustOf: (domain: string) => string | undefined,
  voice: Voice,
): string {
  const { t, paint } = voice;
  const lines = proof.cells.length > 0 ? [renderMatrix(proof, trustOf, voice), ''] : [];
  for (const { machine, reason, excused } of proof.untested)
    lines.push(
      `${excused ? paint.dim('-') : paint.warn('?')} ${printable(machine)}: ${printable(t(reason))}`,
    );
  for (const { machine, reason } of proof.exempt)
    lines.push(paint.dim(`i ${printable(machine)}: ${printable(t(reason))}`));
  lines.push(...findingLines(proof.findings, paint.bad('✗'), voice));
  lines.push(...findingLines(proof.notes, paint.dim('i'), voice));
  for (const mismatch of proof.mismatches.slice(0, MOST_FINDINGS))
    lines.push(`${paint.bad('✗')} ${printable(t(mismatch.text))}`);
  const more = proof.mismatches.length - MOST_FINDINGS;
  if (more > 0) lines.push(t({ en: `... and ${more} more`, fr: `... et ${more} de plus` }));
  for (const { place, change, line, code, meaning } of proof.deviations.slice(0, MOST_FINDINGS)) {
    const words =
      change === 'added'
        ? t({ en: 'not asked for', fr: 'non demandé' })
        : t({ en: 'missing', fr: 'absent' });
    const rule = code && meaning ? ` [${code}] ${t(meaning)}` : '';
    lines.push(`${paint.bad('✗')} ${printable(`${place}, ${words}${rule}: ${line}`)}`);
  }
  const others = proof.deviations.length - MOST_FINDINGS;
  if (others > 0) lines.push(t({ en: `... and ${others} more`, fr: `... et ${others} de plus` }));
  if (proof.lost > 0)
    lines.push(
      paint.warn(
        t({
          en: `The kernel dropped ${proof.lost} packets before they could be examined: run the command again.`,
          fr: `Le noyau a perdu ${proof.lost} paquets avant qu'ils puissent être examinés : relancez la commande.`,
        }),
      ),
    );
  lines.push(...scopeLines(proof, voice), verdict(proof, voice));
  return lines.join('\n');
}

/** What was left out of the packets by the question itself. */
function scopeLines({ machines, running, depth, limit }: Proof, { t, paint }: Voice): string[] {
  if (limit)
    return [
      paint.dim(
        t({
          en: `Only packets from and to ${limit.map(printable).join(', ')} were tried.`,
          fr: `Seuls les paquets de et vers ${limit.map(printable).join(', ')} ont été essayés.`,
        }),
      ),
    ];
  if (depth === 'full' || machines.length === running) return [];
  return [
    paint.dim(
      t({
        en: `Packets between ${machines.length} of ${running} machines, some of each domain ('anklume prove' tries all).`,
        fr: `Paquets entre ${machines.length} machines sur ${running}, quelques-unes par domaine (« anklume prove » les essaie toutes).`,
      }),
    ),
  ];
}

/** What was found besides packets, each with what mends it below. */
function findingLines(findings: Proof['findings'], mark: string, { t, paint }: Voice): string[] {
  const shown = findings.slice(0, MOST_FINDINGS);
  const more = findings.length - shown.length;
  return [
    ...shown.flatMap(({ text, remedy }) => [
      `${mark} ${printable(t(text))}`,
      `  ${paint.accent('→')} ${printable(t(remedy))}`,
    ]),
    ...(more > 0 ? [t({ en: `... and ${more} more`, fr: `... et ${more} de plus` })] : []),
  ];
}

function verdict(proof: Proof, { t, paint }: Voice): string {
  const { probes, open, closed, mismatches } = proof.counts;
  const took = paint.dim(seconds(proof.seconds, t));
  const held = proof.stale
    ? {
        en: 'The isolation is as the tree of the last sync declares',
        fr: "L'isolation est conforme à l'arborescence de la dernière synchronisation",
      }
    : { en: 'The isolation is as declared', fr: "L'isolation est conforme" };
  if (proof.holds)
    return `${proof.stale ? paint.warn('!') : paint.good('✓')} ${t({
      en: `${held.en}: ${probes} probes, ${open} open and ${closed} closed, 0 mismatches`,
      fr: `${held.fr} : ${probes} sondes, ${open} ouvertes et ${closed} fermées, 0 écart`,
    })} ${took}`;
  if (probes === 0)
    return `${paint.bad('✗')} ${t({
      en: 'Nothing could be tested, so nothing is proved.',
      fr: "Rien n'a pu être testé, donc rien n'est prouvé.",
    })}`;
  if (mismatches === 0 && proof.deviations.length + proof.findings.length > 0)
    return `${paint.bad('✗')} ${t({
      en: `No probe got through, but what runs or what is loaded is not what was declared`,
      fr: `Aucune sonde n'est passée à tort, mais ce qui tourne et ce qui est chargé n'est pas ce qui a été déclaré`,
    })} ${took}`;
  if (mismatches === 0 && proof.lost === 0)
    return `${paint.bad('✗')} ${t({
      en: `No probe got through, but what was not tested is not proved closed (--allow-untested accepts that)`,
      fr: `Aucune sonde n'est passée à tort, mais ce qui n'a pas été testé n'est pas prouvé fermé (--allow-untested l'admet)`,
    })} ${took}`;
  return `${paint.bad('✗')} ${t({
    en: `${mismatches} of ${probes} probes are not as declared`,
    fr: `${mismatches} sondes sur ${probes} ne sont pas conformes à la déclaration`,
  })} ${took}`;
}
