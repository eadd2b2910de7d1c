import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Language, say } from '../base/messages/index.ts';
import { kebab } from '../base/system/index.ts';
import { FEATURES } from '../features/index.ts';
import type { Declared } from '../kit/command.ts';
import type { CliContext } from '../kit/context.ts';
import type { Extensions } from '../kit/extensions.ts';
import { SECTIONS, type SectionId } from '../kit/feature.ts';

/** The commands of a section, in the order of the features, each noun with the verbs that others bring. */
function commandsIn(section: SectionId): [string, Declared][] {
  return FEATURES.flatMap(({ commands }) => Object.entries(commands[section] ?? {})).map(
    ([name, declared]) => [name, joined(name, declared)],
  );
}

function joined(name: string, declared: Declared): Declared {
  return FEATURES.reduce((noun, { verbs }) => {
    const more = verbs?.[name];
    return more && noun.joinedBy ? noun.joinedBy(more) : noun;
  }, declared);
}

/** All that features do within the commands of others. */
export const EXTENSIONS: Extensions = Object.assign({}, ...FEATURES.map(({ brings }) => brings));

const COMMANDS: Readonly<Record<string, Declared>> = Object.fromEntries(
  SECTIONS.flatMap(({ id }) => commandsIn(id)),
);

const HIDDEN: Readonly<Record<string, Declared>> = Object.fromEntries(
  FEATURES.flatMap(({ hidden = {} }) => Object.entries(hidden)),
);

/**
 * The table of commands. With the first word of a command line, only what that word names, if it names one: to put
 * all of them into words takes longer than most commands have to compute.
 */
export function routes(language: Language, first = '', showsHidden = false): RouteMap<CliContext> {
  const all = Object.entries({ ...COMMANDS, ...HIDDEN });
  const named = all.filter(([name]) => [name, kebab(name)].includes(first));
  const chosen = named.length > 0 ? named : all;
  return buildRouteMap({
    routes: Object.fromEntries(chosen.map(([name, declare]) => [name, declare(language)])),
    docs: {
      brief: say(
        {
          en: 'Compartments for any Linux machine, from one YAML file, with proof',
          fr: "Des compartiments pour toute machine Linux, à partir d'un seul fichier YAML, avec preuve",
        },
        language,
      ),
      hideRoute: Object.fromEntries(chosen.map(([name]) => [name, !showsHidden && name in HIDDEN])),
    },
  });
}

/** What each command that help tells of does, by its name as it is typed, section by section. */
export function commandBriefs(
  language: Language,
): ReadonlyMap<SectionId, ReadonlyMap<string, string>> {
  return new Map(
    SECTIONS.map(({ id }) => [
      id,
      new Map(commandsIn(id).map(([name, declare]) => [kebab(name), declare(language).brief])),
    ]),
  );
}

/** The verbs of the noun that a command line begins with, as help tells of them; undefined where it is no noun. */
export function verbsOf(first: string | undefined): readonly string[] | undefined {
  const known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  const found = Object.entries(known).find(([name]) => name === first || kebab(name) === first);
  const words = found?.[1].words;
  return words && words !== 'any' && 'told' in words
    ? words.told.map((verb) => kebab(verb))
    : undefined;
}

/** Whether `next` may be a word of the command that a command line names; its flags are left out. */
export function mayTake(line: readonly string[], next: string): boolean {
  let known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  let usual: Declared | undefined;
  for (const word of line) {
    const found = Object.entries(known).find(([name]) => name === word || kebab(name) === word);
    if (!found) break;
    const { words } = found[1];
    if (words === 'any') return true;
    if (!('verbs' in words)) return words.includes(next);
    ({ verbs: known, usual } = words);
  }
  if (usual === undefined || next in known) return true;
  return usual.words === 'any' || ('includes' in usual.words && usual.words.includes(next));
}

/** The command that the first words of a line name, and how many words that takes. */
function commandOf(line: readonly string[]) {
  let known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  for (const [at, word] of line.entries()) {
    const found = Object.entries(known).find(([name]) => name === word || kebab(name) === word);
    if (!found) return undefined;
    const [, declared] = found;
    if (declared.words === 'any' || !('verbs' in declared.words))
      return { declared, length: at + 1 };
    known = declared.words.verbs;
  }
  return undefined;
}

/** The words that name a command at the beginning of a line; none where it names no command. */
export function commandWords(line: readonly string[]): readonly string[] {
  const words: string[] = [];
  let known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  for (const word of line) {
    const found = Object.entries(known).find(([name]) => name === word || kebab(name) === word);
    if (!found) break;
    words.push(word);
    const declared = found[1].words;
    if (declared === 'any' || !('verbs' in declared)) break;
    known = declared.verbs;
  }
  return words;
}

/** Whether the command that a line of text begins with has the flags that name a daemon. */
export function takesDaemon(line: readonly string[]): boolean {
  const [noun = ''] = line;
  const declared = commandOf(line)?.declared ?? COMMANDS[noun];
  return declared?.onDaemon ?? false;
}

/** Where the words of a command that is passed on begin in a line; undefined where none is passed on. */
export function passedOnAt(line: readonly string[]): number | undefined {
  const found = commandOf(line);
  const own = found?.declared.passesOn;
  return found && own !== undefined ? found.length + own : undefined;
}
