import type { Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Plan, PlanEntry } from '../../engine/index.ts';
import type { Paint } from './paint.ts';
import type { Voice } from './problems.ts';
import { counted, KIND_NAMES } from './words.ts';

/** What apply would do, as a diff grouped by domain; creations list their settings only when `verbose`. */
export function renderPlan(plan: Plan, voice: Voice, verbose: boolean, isStale = false): string {
  const lines: string[] = [];
  for (const [domain, entries] of byDomain(plan.entries)) {
    const title = domain ?? voice.t({ en: 'shared by all', fr: 'commun à tous' });
    lines.push(voice.paint.strong(printable(title)));
    for (const entry of entries) lines.push(...renderEntry(entry, voice, verbose));
    lines.push('');
  }
  lines.push(...renderOrphans(plan, voice), ...renderNotes(plan, voice));
  lines.push(planSummary(plan, voice, isStale));
  return lines.join('\n');
}

/** One line with the counts: `3 to create, 1 to update, 12 unchanged`. */
function planSummary(plan: Plan, { t, paint }: Voice, isStale: boolean): string {
  const parts = (Object.keys(ACTIONS) as PlanEntry['action'][]).flatMap((action) => {
    const n = plan.entries.filter((entry) => entry.action === action).length;
    const { colour, sum } = ACTIONS[action];
    return n === 0 ? [] : [paint[colour](t(sum(n)))];
  });
  parts.push(
    t(
      counted(
        plan.unchanged,
        { en: 'unchanged', fr: 'sans changement' },
        { en: 'unchanged', fr: 'sans changement' },
      ),
    ),
  );
  const drifted = isStale || plan.notes.some(({ drift }) => drift);
  if (plan.entries.length === 0 && drifted)
    return `${paint.warn('!')} ${t({ en: 'Nothing that apply would change, but what is reported above is open', fr: 'Rien que apply changerait, mais ce qui est dit plus haut est ouvert' })}, ${parts.join(', ')}`;
  return plan.entries.length === 0
    ? `${paint.good('✓')} ${t({ en: 'Nothing to do', fr: 'Rien à faire' })}, ${parts.join(', ')}`
    : parts.join(', ');
}

interface ActionLook {
  readonly mark: string;
  readonly colour: keyof Omit<Paint, 'trust'>;
  readonly sum: (n: number) => Text;
}

const ACTIONS: Readonly<Record<PlanEntry['action'], ActionLook>> = {
  create: {
    mark: '+',
    colour: 'good',
    sum: (n) => ({ en: `${n} to create`, fr: `${n} à créer` }),
  },
  update: {
    mark: '~',
    colour: 'warn',
    sum: (n) => ({ en: `${n} to update`, fr: `${n} à modifier` }),
  },
  recreate: {
    mark: '±',
    colour: 'warn',
    sum: (n) => ({ en: `${n} to make again`, fr: `${n} à refaire` }),
  },
  start: {
    mark: '▶',
    colour: 'accent',
    sum: (n) => ({ en: `${n} to start`, fr: `${n} à démarrer` }),
  },
  delete: {
    mark: '-',
    colour: 'bad',
    sum: (n) => ({ en: `${n} to delete`, fr: `${n} à supprimer` }),
  },
  refuse: {
    mark: '!',
    colour: 'bad',
    sum: (n) => ({ en: `${n} refused`, fr: `${n} refusé${n > 1 ? 's' : ''}` }),
  },
};

function byDomain(entries: readonly PlanEntry[]): Map<string | undefined, PlanEntry[]> {
  const groups = new Map<string | undefined, PlanEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.domain);
    if (group) group.push(entry);
    else groups.set(entry.domain, [entry]);
  }
  return groups;
}

function renderEntry(entry: PlanEntry, voice: Voice, verbose: boolean): string[] {
  const { paint, t } = voice;
  const { mark, colour } = ACTIONS[entry.action];
  const kind = t(KIND_NAMES[entry.kind] ?? { en: entry.kind, fr: entry.kind });
  const head = `  ${paint[colour](mark)} ${kind.padEnd(8)} ${printable(entry.name)}`;
  const lines = [`${head}  ${paint.dim(printable(t(entry.reason)))}`];
  if (entry.action === 'refuse' && entry.remedy)
    lines.push(`      ${paint.accent('→')} ${printable(t(entry.remedy))}`);
  if (entry.action === 'update' || entry.action === 'recreate' || (verbose && 'changes' in entry))
    for (const change of 'changes' in entry ? entry.changes : [])
      lines.push(`      ${renderChange(change, paint)}`);
  return lines;
}

function renderChange(
  { key, from, to }: { key: string; from?: string; to?: string },
  paint: Paint,
): string {
  const name = printable(key);
  if (from === undefined) return `${paint.good('+')} ${name}: ${shown(to)}`;
  if (to === undefined) return `${paint.bad('-')} ${name}: ${shown(from)}`;
  return `${paint.warn('~')} ${name}: ${shown(from)} → ${shown(to)}`;
}

/** One line of a value, whatever it holds. */
function shown(untrustedValue: string | undefined): string {
  const line = printable(untrustedValue ?? '').replaceAll('\n', '⏎');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** With --prune they are entries of the plan, and told there. */
function renderOrphans(plan: Plan, { paint, t }: Voice): string[] {
  const entries = new Set(plan.entries.map(({ id }) => id));
  const orphans = plan.orphans.filter(({ id }) => !entries.has(id));
  if (orphans.length === 0) return [];
  const title = t({
    en: 'Made by anklume, no longer declared (removed only with --prune):',
    fr: 'Créés par anklume, qui ne sont plus déclarés (supprimés seulement avec --prune) :',
  });
  const rows = orphans.map((orphan) => {
    const note = orphan.protected
      ? paint.dim(` ${t({ en: 'protected, stays', fr: 'protégé, conservé' })}`)
      : '';
    return `  ${paint.dim('?')} ${printable(orphan.id)}${note}`;
  });
  return [title, ...rows, ''];
}

function renderNotes({ notes }: Plan, { paint, t }: Voice): string[] {
  const lines = notes.flatMap(({ text, remedy }) => {
    const line = `${paint.warn('!')} ${printable(t(text))}`;
    return remedy ? [line, `  ${paint.accent('→')} ${printable(t(remedy))}`] : [line];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}
