import type { Text } from '../base/messages/index.ts';
import type { Action, PlanEntry, ResourceKind } from './plan.ts';

const VERBS: Readonly<Record<Exclude<Action, 'refuse'>, Text>> = {
  create: { en: 'Create', fr: 'Créer' },
  update: { en: 'Update', fr: 'Modifier' },
  recreate: { en: 'Make again', fr: 'Recréer' },
  start: { en: 'Start', fr: 'Démarrer' },
  delete: { en: 'Remove', fr: 'Supprimer' },
};

const NOUNS: Readonly<Record<ResourceKind, Text>> = {
  network: { en: 'network', fr: 'le réseau' },
  project: { en: 'project', fr: 'le projet' },
  profile: { en: 'profile', fr: 'le profil' },
  volume: { en: 'volume', fr: 'le volume' },
  image: { en: 'image', fr: `l'image` },
  instance: { en: 'machine', fr: 'la machine' },
};

/** `Create machine pro-dev`: the title of a step. */
export function labelOf(entry: PlanEntry): Text {
  const noun = NOUNS[entry.kind];
  if (entry.action === 'refuse')
    return { en: `${noun.en} ${entry.name}`, fr: `${noun.fr} ${entry.name}` };
  const verb = entry.kind === 'image' ? { en: 'Get', fr: 'Obtenir' } : VERBS[entry.action];
  return { en: `${verb.en} ${noun.en} ${entry.name}`, fr: `${verb.fr} ${noun.fr} ${entry.name}` };
}
