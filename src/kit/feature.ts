import type { Declared } from './command.ts';
import type { Extensions } from './extensions.ts';

/** The parts of the help of the program, in their order. `more` are names in its last line. */
export const SECTIONS = [
  { id: 'start', title: { en: 'START', fr: 'DÉBUTER' } },
  { id: 'infrastructure', title: { en: 'INFRASTRUCTURE', fr: 'INFRASTRUCTURE' } },
  { id: 'isolation', title: { en: 'ISOLATION', fr: 'ISOLATION' } },
  { id: 'machines', title: { en: 'MACHINES', fr: 'MACHINES' } },
  { id: 'data', title: { en: 'DATA', fr: 'DONNÉES' } },
  { id: 'host', title: { en: 'HOST AND IMAGES', fr: 'HÔTE ET IMAGES' } },
  { id: 'more', title: { en: 'MORE', fr: 'AUTRES' } },
] as const;

export type SectionId = (typeof SECTIONS)[number]['id'];

type Commands = Readonly<Record<string, Declared>>;

/** What a folder of `features/` adds to the program: one line in `features/index.ts` names it. */
export interface Feature {
  /** Commands by the section in which the help of the program shows them. */
  readonly commands: { readonly [Id in SectionId]?: Commands };
  /** Other names of the same: make targets of the ROADMAP, and words of other tools. No help tells of them. */
  readonly hidden?: Commands;
  /** Verbs of nouns that belong to other features, by the noun. */
  readonly verbs?: Readonly<Record<string, Commands>>;
  /** What it does within the commands of others. */
  readonly brings?: Extensions;
}
