import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import { holdSite } from './golden-site.ts';
import { TEMPLATE } from './golden-words.ts';

/** `anklume golden derive` */
export const derive = command({
  brief: {
    en: 'Make a machine from the state of a template',
    fr: "Créer une machine à partir de l'état d'un modèle",
  },
  description: {
    en: "A copy of the snapshot 'pristine', whatever became of the template since: on btrfs and zfs it shares its blocks, on dir it is a full copy. It has a machine id, SSH host keys, a name and an address of its own. A machine of infra.yml that does not exist yet gets everything that is declared there; any other is like the template, in its domain.",
    fr: "Une copie de l'instantané « pristine », quoi que soit devenu le modèle depuis : sur btrfs et zfs elle en partage les blocs, sur dir c'est une copie entière. Elle a son propre identifiant de machine, ses clés d'hôte SSH, son nom et son adresse. Une machine d'infra.yml qui n'existe pas encore reçoit tout ce qui y est déclaré ; toute autre ressemble au modèle, dans son domaine.",
  },
  examples: [
    [
      'anklume golden derive web-golden web-1',
      { en: 'a machine, running', fr: 'une machine, en marche' },
    ],
    [
      'anklume golden derive web-golden web-2 --no-start',
      { en: 'one that is left stopped', fr: "une machine laissée à l'arrêt" },
    ],
  ],
  flags: {
    domain: word('DOMAIN', {
      en: "Where a machine goes that infra.yml does not declare (default: the template's domain)",
      fr: "Où va une machine qu'infra.yml ne déclare pas (par défaut : le domaine du modèle)",
    }),
    noStart: toggle({ en: 'Leave it stopped', fr: "La laisser à l'arrêt" }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    TEMPLATE,
    {
      name: 'INSTANCE',
      brief: { en: 'Name of the new machine', fr: 'Nom de la nouvelle machine' },
      propose: domainAndMachineNames,
    },
  ],
  async run(session, flags, template = '', name = '') {
    const { deriveMachine } = await import('../derive-machine.ts');
    const { renderDerivation } = await import('../render/templates.ts');
    await using site = await holdSite(session, flags, 'golden derive');
    const choices = { template, name, domain: flags.domain, start: !flags.noStart };
    const made = await deriveMachine(site.world, site.daemon, choices, session);
    session.result({ type: 'derived', ...made }, () => renderDerivation(made, session));
    return undefined;
  },
});
