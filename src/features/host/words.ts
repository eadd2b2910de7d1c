import type { Text } from '../../base/messages/index.ts';
import type { Change } from './step.ts';

/** What a change is, in a few words. */
export function labelOf(change: Change): Text {
  switch (change.kind) {
    case 'file':
      return { en: `File ${change.path}`, fr: `Fichier ${change.path}` };
    case 'link':
      return {
        en: `Link ${change.path} → ${change.target}`,
        fr: `Lien ${change.path} → ${change.target}`,
      };
    case 'packages':
      return {
        en: `Packages (${change.manager}): ${change.names.join(' ')}`,
        fr: `Paquets (${change.manager}) : ${change.names.join(' ')}`,
      };
    case 'tree':
      return { en: `Folder ${change.path}`, fr: `Dossier ${change.path}` };
    case 'sysctl':
      return {
        en: `Kernel setting ${change.key} = ${change.value}`,
        fr: `Réglage du noyau ${change.key} = ${change.value}`,
      };
    case 'unit':
      return {
        en: `Service ${change.name}, now and at every boot`,
        fr: `Service ${change.name}, maintenant et à chaque démarrage`,
      };
    case 'member':
      return {
        en: `${change.user} in the group ${change.group}`,
        fr: `${change.user} dans le groupe ${change.group}`,
      };
    case 'pool':
      return {
        en: `Incus storage pool ${change.name} (${change.driver})`,
        fr: `Pool de stockage Incus ${change.name} (${change.driver})`,
      };
    case 'network':
      return {
        en: `Incus network ${change.name} (${change.config['ipv4.address'] ?? ''})`,
        fr: `Réseau Incus ${change.name} (${change.config['ipv4.address'] ?? ''})`,
      };
    case 'profile':
      return {
        en: `Devices of the Incus profile ${change.name}`,
        fr: `Périphériques du profil Incus ${change.name}`,
      };
    case 'project':
      return {
        en: `Project folder ${change.folder}, with infra.yml`,
        fr: `Dossier du projet ${change.folder}, avec infra.yml`,
      };
    case 'world':
      return {
        en: `Machines of ${change.folder}, isolated and proved`,
        fr: `Machines de ${change.folder}, isolées et prouvées`,
      };
  }
}
