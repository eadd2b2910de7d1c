import { domainAndMachineNames, templateNames } from '../completion/names.ts';
import type { WordSpec } from '../frame/command.ts';

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
