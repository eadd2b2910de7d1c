import { command } from '../../../kit/command.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { holdSite } from './golden-site.ts';
import { TEMPLATE } from './golden-words.ts';

/** `anklume golden release` */
export const release = command({
  brief: {
    en: 'Make a template a machine like any other again',
    fr: "Refaire d'un modèle une machine comme les autres",
  },
  description: {
    en: "Its snapshot 'pristine' goes; the machine and all that began as it stay. The next apply starts it.",
    fr: 'Son instantané « pristine » disparaît ; la machine et celles qui en sont issues restent. Le prochain apply la démarre.',
  },
  examples: [['anklume golden release web-golden', { en: 'one template', fr: 'un modèle' }]],
  flags: { ...projectFlags, ...daemonFlags },
  words: [TEMPLATE],
  async run(session, flags, name = '') {
    const { releaseTemplate } = await import('../survey-of-project.ts');
    await using site = await holdSite(session, flags, 'golden release');
    const released = await releaseTemplate(site.world, site.daemon, name);
    session.result({ type: 'released', ...released }, () =>
      session.t({
        en: `${released.machine} is a machine like any other.`,
        fr: `${released.machine} est une machine comme les autres.`,
      }),
    );
    return undefined;
  },
});
