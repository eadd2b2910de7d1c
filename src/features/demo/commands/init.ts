import { resolve } from 'node:path';
import { command } from '../../../kit/command.ts';
import { word } from '../../../kit/flags.ts';
import { goTo } from '../../../kit/go-to.ts';
import { exampleNames } from '../names-to-complete.ts';

export const init = command({
  brief: {
    en: 'Start a project folder with a commented infra.yml',
    fr: 'Créer un dossier de projet avec un infra.yml commenté',
  },
  description: {
    en: 'Puts a commented infra.yml into DIR (default: the current folder). A folder that has one is refused.',
    fr: 'Place un infra.yml commenté dans DIR (par défaut : le dossier courant). Un dossier qui en contient déjà un est refusé.',
  },
  examples: [
    [
      'anklume init mydir',
      { en: 'the four classic domains', fr: 'les quatre domaines classiques' },
    ],
    [
      'anklume init lab --example teacher-lab',
      { en: 'start from a shipped example', fr: "partir d'un exemple fourni" },
    ],
  ],
  flags: {
    example: word(
      'NAME',
      {
        en: 'The shipped example to start from',
        fr: "L'exemple fourni dont partir",
      },
      exampleNames,
    ),
  },
  words: [{ name: 'DIR', brief: { en: 'Folder to make', fr: 'Dossier à créer' }, optional: true }],
  async run(session, flags, directory) {
    const { newProject } = await import('../new-project.ts');
    const folder = resolve(session.cwd, directory ?? '.');
    const made = await newProject(folder, session.language, flags.example);
    session.result({ type: 'project', ...made }, () => made.file);
    const go = goTo(folder, process.cwd());
    session.say({
      en: `A project stands ready. Edit the file, then: ${go}anklume up --sandbox`,
      fr: `Un projet est prêt. Modifiez le fichier, puis : ${go}anklume up --sandbox`,
    });
    return undefined;
  },
});
