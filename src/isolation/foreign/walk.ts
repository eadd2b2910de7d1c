import { type Act, type ForeignChain, type ForeignRule, isTest } from './chains.ts';
import { type Answer, answer, type Known, type Sample } from './sample.ts';

/** What a chain may do to a kind of packet. */
export interface Outcome {
  readonly does: 'drop' | Extract<Act, { do: 'divert' }>['how'];
  /** False: something that decides about it cannot be known from here. */
  readonly certain: boolean;
  /** The rule, or `policy drop`. */
  readonly rule: string;
}

/** Chains of others call each other no deeper than this; the kernel itself stops at 16. */
const DEEPEST = 16;

/** Everything that a chain with a hook, and the chains of its table, may do to such a packet. */
export function outcomesOf(
  base: ForeignChain,
  table: ReadonlyMap<string, ForeignChain>,
  sample: Sample,
  known: Known,
): Outcome[] {
  const found: Outcome[] = [];
  const falls = walk(base, { table, sample, known, found, depth: 0, sure: true });
  if (falls !== 'no' && base.policy === 'drop')
    found.push({ does: 'drop', certain: falls === 'yes', rule: 'policy drop' });
  return found;
}

interface Walk {
  readonly table: ReadonlyMap<string, ForeignChain>;
  readonly sample: Sample;
  readonly known: Known;
  readonly found: Outcome[];
  readonly depth: number;
  /** Whether such a packet surely gets into this chain. */
  readonly sure: boolean;
}

/** Whether a packet that gets into a chain gets behind its last rule. */
function walk(chain: ForeignChain, context: Walk): Answer {
  let here: Answer = 'yes';
  for (const rule of chain.rules) {
    if (here === 'no') break;
    const after = runRule(rule, { ...context, sure: context.sure && here === 'yes' });
    if (after.leaves) return narrowed(here, after.falls);
    here = narrowed(here, after.falls);
  }
  return here;
}

/** What becomes of a packet that gets to a rule: whether it goes on, and whether behind this chain at once. */
interface After {
  readonly falls: Answer;
  readonly leaves?: true;
}

function runRule({ steps, text }: ForeignRule, context: Walk): After {
  const { sample, known, found, table, depth, sure } = context;
  let matched: Answer = 'yes';
  for (const step of steps) {
    if (isTest(step)) {
      const one = answer(step, sample, known);
      if (one === 'no') return { falls: 'yes' };
      if (one === 'maybe') matched = 'maybe';
      continue;
    }
    const certain = sure && matched === 'yes';
    switch (step.do) {
      case 'divert':
        found.push({ does: step.how, certain, rule: text });
        continue;
      case 'accept':
        return taken(matched);
      case 'drop':
      case 'reject':
        found.push({ does: 'drop', certain, rule: text });
        return taken(matched);
      case 'return':
        return matched === 'yes' ? { falls: 'yes', leaves: true } : { falls: 'maybe' };
      case 'jump':
      case 'goto': {
        const next = table.get(step.chain);
        if (!next || depth >= DEEPEST) return { falls: 'maybe' };
        const falls = walk(next, { ...context, depth: depth + 1, sure: certain });
        if (matched === 'maybe') return { falls: falls === 'yes' ? 'yes' : 'maybe' };
        return step.do === 'goto' ? { falls, leaves: true } : { falls };
      }
    }
  }
  return { falls: 'yes' };
}

function taken(matched: Answer): After {
  return { falls: matched === 'yes' ? 'no' : 'maybe' };
}

function narrowed(before: Answer, after: Answer): Answer {
  if (before === 'no' || after === 'no') return 'no';
  return before === 'maybe' || after === 'maybe' ? 'maybe' : 'yes';
}
