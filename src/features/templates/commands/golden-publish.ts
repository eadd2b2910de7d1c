import { command } from '../../../kit/command.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { holdSite } from './golden-site.ts';
import { TEMPLATE } from './golden-words.ts';

/** `anklume golden publish` */
export const publish = command({
  brief: {
    en: 'Publish the state of a template as an image',
    fr: "Publier l'état d'un modèle comme image",
  },
  description: {
    en: 'Without the identity of the template: machine id, SSH host keys, logs. Machines are made from it with os_image: local:ALIAS. Published again after an update, the alias names the new image and the old one goes; machines keep what they have.',
    fr: "Sans l'identité du modèle : identifiant de machine, clés d'hôte SSH, journaux. Des machines en sont créées avec os_image: local:ALIAS. Après une mise à jour, republier donne l'alias à la nouvelle image et retire l'ancienne ; les machines gardent ce qu'elles ont.",
  },
  examples: [
    ['anklume golden publish web-golden web', { en: 'as the image web', fr: 'comme image web' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [TEMPLATE, { name: 'ALIAS', brief: { en: 'Name of the image', fr: "Nom de l'image" } }],
  async run(session, flags, template = '', alias = '') {
    const { publishTemplate } = await import('../survey-of-project.ts');
    const { renderPublication } = await import('../render/templates.ts');
    await using site = await holdSite(session, flags, 'golden publish');
    const made = await publishTemplate(site.world, site.daemon, template, alias, session);
    session.result({ type: 'published', ...made }, () => renderPublication(made, session));
    return undefined;
  },
});
