import {
  buildCommand,
  type Command,
  type RouteMap,
  type TypedCommandParameters,
} from '@stricli/core';
import { type Language, say, type Text } from '../base/messages/index.ts';
import { kebab } from '../base/system/index.ts';
import type { CliContext } from './context.ts';
import { ALIASES, commonFlags, type FlagSpec, type FlagSpecs, type FlagValues } from './flags.ts';
import type { Proposer } from './proposer.ts';
import type { Ending, Session } from './session.ts';

/** A positional word of a command. */
export interface WordSpec {
  readonly name: string;
  readonly brief: Text;
  readonly optional?: boolean;
  /** Accepted words; anything else is refused with the list. */
  readonly choices?: readonly string[];
  /** Words to propose on the tab key. */
  readonly propose?: Proposer;
}

/** A command as it is declared: words for people, flags, and what it runs. */
export interface CommandSpec<S extends FlagSpecs> {
  readonly brief: Text;
  readonly description?: Text;
  /** At least one: a command line and what it does. */
  readonly examples: readonly [Example, ...Example[]];
  readonly flags?: S;
  readonly words?: readonly WordSpec[];
  /** More words after them, any number; `dashes`: they are a command, and help shows them behind `--`. */
  readonly rest?: {
    readonly name: string;
    readonly least: number;
    readonly dashes?: true;
    readonly propose?: Proposer;
  };
  readonly run: (
    session: Session,
    flags: FlagValues<S>,
    ...words: (string | undefined)[]
  ) => Promise<Ending> | Ending;
}

/** A declared command, still without a language. */
export interface Declared {
  (language: Language): Command<CliContext> | RouteMap<CliContext>;
  /** The same noun with more verbs, which another feature brings. */
  readonly joinedBy?: (verbs: Readonly<Record<string, Declared>>) => Declared;
  /** The first of its examples, for the help of what it belongs to. */
  readonly example: Example;
  /** Of one that passes a command on: how many words of its own stand before it. */
  readonly passesOn?: number;
  /** Whether it has the flags that name a daemon. */
  readonly onDaemon: boolean;
  /** Which words it takes: any, such as the name of a machine, or some fixed ones; for a noun, its verbs. */
  readonly words:
    | 'any'
    | readonly string[]
    | {
        readonly verbs: Readonly<Record<string, Declared>>;
        /** Those that help tells of. */
        readonly told: readonly string[];
        /** The verb that is meant where none is given. */
        readonly usual?: Declared | undefined;
      };
}

/** A command line and what it does. */
export type Example = readonly [line: string, about: Text];

/** Turns a declaration into a command of the parser, in the reader's language. */
export function command<S extends FlagSpecs>(spec: CommandSpec<S>): Declared {
  const declare = (language: Language) => {
    const specs: FlagSpecs = { ...spec.flags, ...commonFlags };
    const flags = Object.fromEntries(
      Object.entries(withFormer(specs)).map(([name, flag]) => [name, parserFlag(flag, language)]),
    );
    const aliases = Object.fromEntries(Object.entries(ALIASES).filter(([, name]) => name in specs));
    const words = (spec.words ?? []).map((word) => parserWord(word, language));
    // The parser's types cannot follow flags made from data; their values are typed by FlagValues.
    const positional = spec.rest
      ? manyWords(spec.words ?? [], spec.rest, language)
      : { kind: 'tuple', parameters: words };
    const parameters = { flags, aliases, positional };
    return buildCommand<Record<string, unknown>, (string | undefined)[], CliContext>({
      parameters: parameters as unknown as Parameters,
      docs: {
        brief: say(spec.brief, language),
        fullDescription: describe(spec, language),
        customUsage: [usageLine(spec)],
      },
      async func(given, ...args) {
        const values = complete(specs, given);
        await this.carryOut(values, async (session) => {
          await refuseAbsentInfra(session, values.infra);
          return spec.run(session, values as FlagValues<S>, ...args);
        });
      },
    });
  };
  const fixed = (spec.words ?? []).map(({ choices }) => choices);
  const isOpen = spec.rest !== undefined || fixed.includes(undefined);
  const words = isOpen ? 'any' : fixed.flatMap((choices = []) => choices);
  const onDaemon = 'sandbox' in (spec.flags ?? {});
  const passesOn = spec.rest?.dashes ? { passesOn: spec.words?.length ?? 0 } : {};
  const about = { example: spec.examples[0], onDaemon, words, ...passesOn } as const;
  return Object.assign(declare, about);
}

/** Also for commands that do without a project where there is none: one that is named must be there. */
async function refuseAbsentInfra(session: Session, infra: unknown): Promise<void> {
  if (typeof infra !== 'string') return;
  const { findProject } = await import('../site/index.ts');
  await findProject({ cwd: session.cwd, infra });
}

/** Lines of at most 95 characters: readable, and narrower than most terminals. */
function wrap(text: string): string[] {
  return text
    .replace(/(.{1,95})(?: +|$)/g, '$1\n')
    .trimEnd()
    .split('\n');
}

/** The words and the command's own flags, as one types them; shared flags are listed below it. */
function usageLine(spec: Pick<CommandSpec<FlagSpecs>, 'words' | 'flags' | 'rest'>): string {
  const words = (spec.words ?? []).map(({ name, optional, choices }) => {
    const shown = choices?.join('|') ?? name;
    return optional ? `[${shown}]` : shown;
  });
  const flags = Object.entries(spec.flags ?? {}).flatMap(([name, flag]) => {
    if (flag.kind === 'word' && flag.hidden) return [];
    const typed = kebab(name);
    if (flag.kind === 'toggle') return `[--${typed}]`;
    const isOptional = flag.kind === 'word' && flag.alone !== undefined;
    return `[--${typed}${isOptional ? `[=${flag.placeholder}]` : ` ${flag.placeholder}`}]`;
  });
  const more = spec.rest ? [`${spec.rest.dashes ? '-- ' : ''}${spec.rest.name}...`] : [];
  return [...words, ...flags, ...more].join(' ');
}

type Parameters = TypedCommandParameters<
  Record<string, unknown>,
  (string | undefined)[],
  CliContext
>;

function describe(
  spec: Pick<CommandSpec<FlagSpecs>, 'brief' | 'description' | 'examples'>,
  language: Language,
): string {
  const intro = spec.description ?? spec.brief;
  return [...wrap(say(intro, language)), '', examplesText(spec.examples, language)].join('\n');
}

/** Examples under their title, in two columns. */
export function examplesText(examples: readonly Example[], language: Language): string {
  const title = say({ en: 'EXAMPLES', fr: 'EXEMPLES' }, language);
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(
    ([line, about]) => `  ${line.padEnd(widest)}  ${say(about, language)}`,
  );
  return [title, ...lines].join('\n');
}

function parserFlag(flag: FlagSpec, language: Language): object {
  const brief = say(flag.brief, language);
  if (flag.kind === 'toggle') {
    const hidden = flag.hidden && { hidden: true };
    return { kind: 'boolean', brief, optional: true, withNegated: false, ...hidden };
  }
  const { choices, propose = choices && (async () => choices) } = flag.kind === 'word' ? flag : {};
  return {
    kind: 'parsed',
    brief,
    placeholder: flag.placeholder,
    optional: true,
    parse: (input: string) => (choices ? parseChoice(input, choices, language) : input),
    proposeCompletions: proposer(propose),
    ...(flag.kind === 'list' && { variadic: ',' }),
    ...(flag.kind === 'word' && flag.hidden && { hidden: true }),
  };
}

function parserWord(word: WordSpec, language: Language): object {
  const { choices, propose } = word;
  return {
    brief: say(word.brief, language),
    placeholder: word.name,
    optional: word.optional ?? false,
    parse: (input: string) => (choices ? parseChoice(input, choices, language) : input),
    proposeCompletions: proposer(choices ? async () => choices : propose),
  };
}

/** The parser knows fixed words or any number of them, so the fixed ones are counted among the many. */
function manyWords(
  words: readonly WordSpec[],
  rest: NonNullable<CommandSpec<FlagSpecs>['rest']>,
  language: Language,
): object {
  const [first] = words;
  const propose = first?.propose ?? rest.propose;
  return {
    kind: 'array',
    minimum: words.length + rest.least,
    parameter: {
      brief: first ? say(first.brief, language) : rest.name,
      placeholder: [...words.map(({ name }) => name), rest.name].join(' '),
      parse: (input: string) => input,
      proposeCompletions: proposer(propose),
    },
  };
}

/** In the parser's form: only what begins with the letters typed so far. */
function proposer(propose: Proposer = async () => []) {
  return async function (this: CliContext, partial: string): Promise<readonly string[]> {
    const words = await propose(this);
    return words.filter((word) => word.startsWith(partial));
  };
}

function parseChoice(input: string, choices: readonly string[], language: Language): string {
  if (choices.includes(input)) return input;
  const known = choices.join(', ');
  throw new Error(
    say({ en: `expected one of ${known}`, fr: `valeurs possibles : ${known}` }, language),
  );
}

/** The flags together with the names that some of them had before, of which no help tells. */
function withFormer(specs: FlagSpecs): FlagSpecs {
  const former = Object.values(specs).flatMap((flag) =>
    flag.kind === 'toggle' && flag.formerly
      ? [[flag.formerly, { ...flag, hidden: true }] as const]
      : [],
  );
  return { ...specs, ...Object.fromEntries(former) };
}

/** Fills in what was not given: false for a toggle, no words for a list. */
function complete(specs: FlagSpecs, given: Record<string, unknown>): Record<string, unknown> {
  const empty = (flag: FlagSpec) =>
    flag.kind === 'toggle'
      ? flag.formerly !== undefined && given[flag.formerly] === true
      : flag.kind === 'list'
        ? []
        : undefined;
  return Object.fromEntries(
    Object.entries(specs).map(([name, flag]) => [name, given[name] ?? empty(flag)]),
  );
}
