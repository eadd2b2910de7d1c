import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { holdSite } from './golden-site.ts';
import { MACHINE, TEMPLATE } from './golden-words.ts';

/** `anklume golden create` */
export const create = command({
  brief: {
    en: 'Turn a machine into a template',
    fr: "Faire d'une machine un modèle",
  },
  description: {
    en: "Creates the machine and runs its roles where that is still to be done, stops it, and keeps its state in the snapshot 'pristine'. From then on apply leaves it stopped. What is a template already stays as it is.",
    fr: "Crée la machine et applique ses rôles si ce n'est pas encore fait, l'arrête, et conserve son état dans l'instantané « pristine ». Dès lors apply la laisse à l'arrêt. Ce qui est déjà un modèle ne change pas.",
  },
  examples: [
    ['anklume golden create web-golden', { en: 'a template', fr: 'un modèle' }],
    [
      'anklume golden create pro-dev --yes',
      {
        en: 'of a machine that runs, without asking',
        fr: "d'une machine en marche, sans poser de question",
      },
    ],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [MACHINE],
  async run(session, flags, name = '') {
    const { createTemplate } = await import('../make.ts');
    const { renderTemplateMade } = await import('../render/templates.ts');
    await using site = await holdSite(session, flags, 'golden create');
    const confirm = (machine: string) =>
      askYes(session, flags.yes, {
        en: `${machine} runs. Stop it and make it a template?`,
        fr: `${machine} est en marche. L'arrêter et en faire un modèle ?`,
      });
    const made = await createTemplate(site.world, site.daemon, name, confirm, session);
    session.result({ type: 'template', ...made }, () => renderTemplateMade(made, session));
    return undefined;
  },
});

/** `anklume golden update` */
export const update = command({
  brief: {
    en: "Run a template's roles again and keep its new state",
    fr: "Réappliquer les rôles d'un modèle et conserver son nouvel état",
  },
  description: {
    en: "Starts the template, runs its roles, stops it, and keeps its state anew: with what was changed in it by hand since, too. Where nothing has changed, nothing is kept. Machines derived from it stay as they are: 'anklume golden list' shows which are outdated.",
    fr: "Démarre le modèle, applique ses rôles, l'arrête, et conserve son nouvel état, y compris ce qui y a été changé à la main depuis. Si rien n'a changé, rien n'est conservé de nouveau. Les machines qui en sont issues ne changent pas : « anklume golden list » montre lesquelles sont périmées.",
  },
  examples: [
    [
      'anklume golden update web-golden',
      { en: 'after a role changed', fr: "après qu'un rôle a changé" },
    ],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [TEMPLATE],
  async run(session, flags, name = '') {
    const { updateTemplate } = await import('../make.ts');
    const { renderTemplateMade } = await import('../render/templates.ts');
    await using site = await holdSite(session, flags, 'golden update');
    const made = await updateTemplate(site.world, site.daemon, name, session);
    session.result({ type: 'template', ...made }, () => renderTemplateMade(made, session));
    return undefined;
  },
});
