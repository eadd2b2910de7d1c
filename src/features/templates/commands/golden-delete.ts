import { command } from '../../../kit/command.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { holdSite } from './golden-site.ts';
import { TEMPLATE } from './golden-words.ts';

/** `anklume golden delete` */
export const remove = command({
  brief: {
    en: 'Delete a template; its machine stays',
    fr: 'Supprimer un modèle ; sa machine reste',
  },
  description: {
    en: "Deletes the snapshot 'pristine'. The machine becomes an ordinary machine, which the next apply starts; machines made from the template stay.",
    fr: "Supprime l'instantané « pristine ». La machine redevient une machine ordinaire, que le prochain apply démarre ; les machines issues du modèle restent.",
  },
  examples: [['anklume golden delete web-golden', { en: 'one template', fr: 'un modèle' }]],
  flags: { ...projectFlags, ...daemonFlags },
  words: [TEMPLATE],
  async run(session, flags, name = '') {
    const { releaseTemplate } = await import('../survey-of-project.ts');
    await using site = await holdSite(session, flags, 'golden delete');
    const released = await releaseTemplate(site.world, site.daemon, name);
    session.result({ type: 'released', ...released }, () =>
      session.t({
        en: `${released.machine} is an ordinary machine now.`,
        fr: `${released.machine} est désormais une machine ordinaire.`,
      }),
    );
    return undefined;
  },
});
