import { domainAndMachineNames } from './completion/names.ts';
import { daemonFlags, list, projectFlags, toggle, word } from './flags.ts';

/** On commands that make declared machines. */
export const renameFlags = {
  rename: list('OLD=NEW,...', {
    en: 'Machines that go on under the name that infra.yml has for them now',
    fr: "Machines qui continuent sous le nom qu'infra.yml leur donne maintenant",
  }),
  noRename: toggle({
    en: 'What is new is new: do not ask whether it is a machine of before',
    fr: "Ce qui est nouveau l'est : ne pas demander si c'est une machine d'avant",
  }),
} as const;

/** Flags that plan and apply share: they choose what is looked at. */
export const choiceFlags = {
  tags: list('T,...', {
    en: 'Only: networks, projects, profiles, volumes, images, instances, nftables, firewall',
    fr: 'Parmi : networks, projects, profiles, volumes, images, instances, nftables, firewall',
  }),
  limit: word(
    'DOMAIN|MACHINE',
    {
      en: 'Only this domain or machine; several with commas',
      fr: 'Seulement ce domaine ou cette machine ; plusieurs avec des virgules',
    },
    domainAndMachineNames,
  ),
  prune: toggle({
    en: 'Also delete what is no longer declared, unless protected',
    fr: "Supprimer aussi ce qui n'est plus déclaré, sauf si protégé",
  }),
  adopt: toggle({
    en: 'Take over objects of the same name that somebody else made',
    fr: "Prendre en charge les objets de même nom créés par quelqu'un d'autre",
  }),
  ...renameFlags,
  ...projectFlags,
  ...daemonFlags,
} as const;

/** On commands that change the world. */
export const safetyFlags = {
  skipSnapshot: toggle({
    en: 'Make no safety snapshots and do not use the trash: nothing can be undone',
    fr: 'Sans instantanés de sûreté ni corbeille : rien ne peut être annulé',
  }),
} as const;

/** On commands that make or start machines as declared. */
export const isolationFlag = {
  noIsolation: toggle(
    {
      en: 'Continue even if the isolation rules cannot be loaded from here',
      fr: "Continuer même si les règles d'isolation ne peuvent pas être chargées d'ici",
    },
    'noWalls',
  ),
} as const;

/** On commands that an admin container may carry out. */
export const hereFlag = {
  here: toggle({
    en: 'On this host, also when there is an admin container',
    fr: "Sur cet hôte, même s'il y a un conteneur d'administration",
  }),
} as const;

/** On commands that give machines their roles. */
export const cacheFlags = {
  noCache: toggle({
    en: 'Provision equal machines one by one, instead of copying one that is provisioned',
    fr: "Provisionner une à une les machines identiques, au lieu de copier celle qui l'est déjà",
  }),
} as const;
