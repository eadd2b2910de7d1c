import { command } from '../../../kit/command.ts';

export const schema = command({
  brief: {
    en: 'Print the JSON Schema of infra.yml for editors',
    fr: 'Afficher le schéma JSON de infra.yml pour les éditeurs',
  },
  examples: [
    [
      'anklume schema > infra.schema.json',
      {
        en: 'for completion and checks in an editor',
        fr: 'pour la complétion et les contrôles dans un éditeur',
      },
    ],
  ],
  async run(session) {
    const { infraJsonSchema } = await import('../../../world/infra/index.ts');
    const text = infraJsonSchema();
    session.result(text, () => JSON.stringify(text, null, 2));
    return undefined;
  },
});
