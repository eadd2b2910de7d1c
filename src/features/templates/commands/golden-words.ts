import type { WordSpec } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { templateNames } from '../names-to-complete.ts';

export const MACHINE: WordSpec = {
  name: 'NAME',
  brief: { en: 'A machine of infra.yml', fr: "Une machine d'infra.yml" },
  propose: domainAndMachineNames,
};

export const TEMPLATE: WordSpec = {
  name: 'TEMPLATE',
  brief: { en: 'A template', fr: 'Un modèle' },
  propose: templateNames,
};
