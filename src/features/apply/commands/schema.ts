import { command } from '../../../kit/command.ts';

export const schema = command({
  brief: {
    en: 'Print the JSON Schema of infra.yml for editors, or of what --json prints',
    fr: "Afficher le schéma JSON de infra.yml pour les éditeurs, ou de ce qu'affiche --json",
  },
  description: {
    en: "With 'results': each object that a command prints with --json, by its 'type'. Standard output carries the results, standard error the progress, the warnings and the failure.",
    fr: "Avec « results » : chaque objet qu'une commande affiche avec --json, selon son « type ». La sortie standard porte les résultats, la sortie d'erreur l'avancement, les avertissements et l'échec.",
  },
  examples: [
    [
      'anklume schema > infra.schema.json',
      {
        en: 'for completion and checks in an editor',
        fr: 'pour la complétion et les contrôles dans un éditeur',
      },
    ],
    [
      'anklume schema results > results.schema.json',
      {
        en: 'for programs that read what --json prints',
        fr: "pour les programmes qui lisent ce qu'affiche --json",
      },
    ],
  ],
  words: [
    {
      name: 'WHAT',
      brief: {
        en: 'infra: infra.yml, as without a word; results: what --json prints',
        fr: "infra : infra.yml, comme sans mot ; results : ce qu'affiche --json",
      },
      optional: true,
      choices: ['infra', 'results'],
    },
  ],
  async run(session, _flags, what = 'infra') {
    const { infraJsonSchema } = await import('../../../world/infra/index.ts');
    const { resultsSchema } = await import('../results-schema.ts');
    session.document(what === 'results' ? await resultsSchema() : infraJsonSchema());
    return undefined;
  },
});
