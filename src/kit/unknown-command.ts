import type { Text } from '../base/messages/index.ts';

/** What people type who know other tools, and what does it here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  attach: 'shell MACHINE',
  build: 'image build NAME',
  check: 'validate',
  clone: 'golden derive TEMPLATE NAME',
  console: 'shell MACHINE',
  copy: 'file copy FROM TO',
  cp: 'file copy FROM TO',
  create: 'up',
  delete: 'instance delete MACHINE',
  deploy: 'up',
  diff: 'plan',
  enter: 'shell MACHINE',
  halt: 'down',
  images: 'image list',
  info: 'instance show MACHINE',
  inspect: 'instance show MACHINE',
  kill: 'instance stop MACHINE --force',
  launch: 'disp',
  lint: 'validate',
  list: 'ps',
  login: 'shell MACHINE',
  machines: 'ps',
  poweroff: 'down',
  provision: 'apply provision',
  pull: 'image build NAME',
  qube: 'domain list',
  qubes: 'domain list',
  remove: 'instance delete MACHINE',
  restart: 'instance restart MACHINE',
  rm: 'instance delete MACHINE',
  rules: 'network rules',
  run: 'disp run -- COMMAND',
  save: 'snapshot create MACHINE',
  start: 'instance start MACHINE',
  stop: 'instance stop MACHINE',
  suspend: 'instance stop MACHINE',
  test: 'prove',
  tree: 'sync',
  undo: 'rollback',
  verify: 'prove',
  version: '--version',
  vm: 'instance list',
  walls: 'network status',
};

/** Commands that take something away: nobody is led to them by a likeness of names alone. */
const TAKES_AWAY = new Set(['flush', 'destroy', 'delete', 'remove', 'stop', 'rollback', 'restore']);

/** The sentence for a word that is not a command, with what was probably meant. */
export function unknownCommand(shown: string, corrections: readonly string[]): Text {
  const plain = corrections.map((name) => name.replaceAll('`', ''));
  const safe = plain.filter((name) => !TAKES_AWAY.has(name) || isSlip(shown, name));
  const elsewhere = ELSEWHERE[shown.toLowerCase()];
  const lead: Text = { en: `No command '${shown}'`, fr: `Aucune commande « ${shown} »` };
  if (elsewhere !== undefined)
    return {
      en: `${lead.en}: here it is 'anklume ${elsewhere}'.`,
      fr: `${lead.fr} : ici, c'est « anklume ${elsewhere} ».`,
    };
  if (safe.length === 0) return { en: `${lead.en}.`, fr: `${lead.fr}.` };
  return {
    en: `${lead.en}: did you mean '${safe.join("' or '")}'?`,
    fr: `${lead.fr} : vouliez-vous dire « ${safe.join(' » ou « ')} » ?`,
  };
}

/** A noun with the verbs that its help tells of. */
export interface Noun {
  readonly name: string;
  readonly verbs: readonly string[];
}

/** The same for a word behind a noun: which verbs it has, and nothing of other nouns. */
export function unknownVerb(
  { name, verbs }: Noun,
  shown: string,
  corrections: readonly string[],
): Text {
  const near = corrections.map((one) => one.replaceAll('`', ''));
  const [meant] = near.filter((one) => !TAKES_AWAY.has(one) || isSlip(shown, one));
  const has = verbs.join(', ');
  return meant === undefined
    ? {
        en: `'${name}' has no verb '${shown}', but: ${has}.`,
        fr: `« ${name} » n'a pas de verbe « ${shown} », mais : ${has}.`,
      }
    : {
        en: `'${name}' has no verb '${shown}': did you mean '${meant}'? It has: ${has}.`,
        fr: `« ${name} » n'a pas de verbe « ${shown} » : vouliez-vous dire « ${meant} » ? Il a : ${has}.`,
      };
}

/** One letter missing, doubled, swapped or wrong in a word that is otherwise typed out. */
function isSlip(typed: string, name: string): boolean {
  if (Math.abs(typed.length - name.length) > 1) return false;
  let start = 0;
  while (start < typed.length && typed[start] === name[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(typed.length, name.length) - start &&
    typed.at(-1 - end) === name.at(-1 - end)
  )
    end += 1;
  const left = Math.max(typed.length, name.length) - start - end;
  const swapped =
    typed.slice(start, start + 2) === [...name.slice(start, start + 2)].reverse().join('');
  return left <= 1 || (left === 2 && typed.length === name.length && swapped);
}
