import { type Language, say, type Text } from '../base/messages/index.ts';
import { SECTIONS, type SectionId } from '../kit/feature.ts';

/**
 * The help of the program itself: sections of commands, and a line that names the rest.
 *
 * @param briefs every command that is not hidden, by section and name, in the order of the table
 */
export function helpPage(
  briefs: ReadonlyMap<SectionId, ReadonlyMap<string, string>>,
  language: Language,
): string {
  const t = (text: Text) => say(text, language);
  const told = SECTIONS.filter(({ id }) => id !== 'more');
  const namesIn = (id: SectionId) => [...(briefs.get(id)?.keys() ?? [])];
  const width = Math.max(...told.flatMap(({ id }) => namesIn(id)).map((name) => name.length));
  const usage = t({ en: 'anklume COMMAND [OPTIONS]', fr: 'anklume COMMANDE [OPTIONS]' });
  const about = t({
    en: 'compartments from one YAML file, with proof',
    fr: "des compartiments à partir d'un fichier YAML, avec preuve",
  });
  return [
    `${usage}: ${about}`,
    ...SECTIONS.flatMap(({ id, title }) => [
      t(title),
      ...(id === 'more'
        ? [`  ${namesIn(id).join(', ')}`]
        : [...(briefs.get(id) ?? [])].map(([name, brief]) => `  ${name.padEnd(width)}  ${brief}`)),
    ]),
    t({
      en: "'anklume COMMAND --help' shows options and examples; --version or -V the version.",
      fr: '« anklume COMMANDE --help » montre options et exemples ; --version ou -V la version.',
    }),
  ].join('\n');
}
