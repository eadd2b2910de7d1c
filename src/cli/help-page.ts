import { type Language, say, type Text } from '../base/messages/index.ts';

/** A part of the top help: its title and the commands in it, by their names on the command line. */
interface Section {
  readonly title: Text;
  readonly commands: readonly string[];
}

/** What most people look for comes first; a command that stands nowhere here is listed in the last line. */
const SECTIONS: readonly Section[] = [
  { title: { en: 'START', fr: 'DÉBUTER' }, commands: ['demo', 'init', 'doctor'] },
  {
    title: { en: 'INFRASTRUCTURE', fr: 'INFRASTRUCTURE' },
    commands: ['up', 'validate', 'plan', 'apply', 'status', 'down', 'flush'],
  },
  {
    title: { en: 'ISOLATION', fr: 'ISOLATION' },
    commands: ['prove', 'network'],
  },
  {
    title: { en: 'MACHINES', fr: 'MACHINES' },
    commands: ['shell', 'exec', 'logs', 'top', 'instance', 'domain', 'disp'],
  },
  {
    title: { en: 'DATA', fr: 'DONNÉES' },
    commands: ['snapshot', 'history', 'rollback', 'backup', 'file'],
  },
  {
    title: { en: 'HOST AND IMAGES', fr: 'HÔTE ET IMAGES' },
    commands: ['image', 'golden', 'sandbox', 'host', 'upgrade'],
  },
];

/**
 * The help of the program itself: sections of commands, and a line that names the rest.
 *
 * @param briefs every command that is not hidden, by its name, in the order of the table
 */
export function helpPage(briefs: ReadonlyMap<string, string>, language: Language): string {
  const t = (text: Text) => say(text, language);
  const named = SECTIONS.flatMap(({ commands }) => commands);
  const width = Math.max(...named.map((name) => name.length));
  const rest = [...briefs.keys()].filter((name) => !named.includes(name));
  const usage = t({ en: 'anklume COMMAND [OPTIONS]', fr: 'anklume COMMANDE [OPTIONS]' });
  const about = t({
    en: 'compartments from one YAML file, with proof',
    fr: "des compartiments à partir d'un fichier YAML, avec preuve",
  });
  return [
    `${usage}: ${about}`,
    ...SECTIONS.flatMap(({ title, commands }) => [
      t(title),
      ...commands.flatMap((name) => {
        const brief = briefs.get(name);
        return brief === undefined ? [] : [`  ${name.padEnd(width)}  ${brief}`];
      }),
    ]),
    t({ en: 'MORE', fr: 'AUTRES' }),
    `  ${rest.join(', ')}`,
    t({
      en: "'anklume COMMAND --help' shows options and examples; --version or -V the version.",
      fr: '« anklume COMMANDE --help » montre options et exemples ; --version ou -V la version.',
    }),
  ].join('\n');
}
