import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, toggle } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { exportFiles, importFiles } from './image-files.ts';

const list = command({
  brief: { en: 'Images on the daemon', fr: 'Les images du démon' },
  examples: [['anklume image list', { en: 'aliases and sizes', fr: 'alias et tailles' }]],
  flags: daemonFlags,
  async run(session, flags) {
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderImages } = await import('../render/images.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const images = await daemon.incus.images.list();
    session.result({ type: 'images', images }, () => renderImages(images, session));
    return undefined;
  },
});

const build = command({
  brief: {
    en: 'Make an image available on the daemon',
    fr: 'Rendre une image disponible sur le démon',
  },
  description: {
    en: 'An image that is there is good enough; else the image server is asked; else Debian images are built from packages.',
    fr: "Une image présente suffit ; sinon le serveur d'images est interrogé ; sinon les images Debian sont construites à partir des paquets.",
  },
  examples: [
    ['anklume image build debian/13', { en: 'the default image', fr: "l'image par défaut" }],
    [
      'anklume image build probe --sandbox',
      { en: 'the small one of the tests', fr: 'la petite image des tests' },
    ],
    [
      'anklume image build debian/13 --vm',
      { en: 'for virtual machines', fr: 'pour les machines virtuelles' },
    ],
  ],
  flags: {
    vm: toggle({
      en: 'The one that virtual machines are made from',
      fr: 'Celle dont les machines virtuelles sont faites',
    }),
    ...daemonFlags,
  },
  words: [{ name: 'NAME', brief: { en: 'Which image', fr: 'Quelle image' } }],
  async run(session, flags, name = '') {
    const { ensureImage } = await import('../../../images/index.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    await using daemon = await openDaemon(flags, { ...daemonOptions(session, flags), makes: true });
    const { emit, signal } = session;
    const host = daemon.host && { host: daemon.host };
    const type = flags.vm ? 'virtual-machine' : 'container';
    const options = { type, emit, signal, ...host } as const;
    const fingerprint = await ensureImage(daemon.incus, name, options);
    session.result({ type: 'image', name, fingerprint }, () => fingerprint);
    return undefined;
  },
});

/** `anklume image ...` */
export const image: Declared = group(
  { en: 'What machines are made from', fr: 'Ce dont les machines sont faites' },
  { list, build, export: exportFiles, import: importFiles },
);
