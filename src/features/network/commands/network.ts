import { resolve } from 'node:path';
import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, word } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { tellStale } from '../../../kit/show-problems.ts';
import { boot } from './network-boot.ts';
import { confirm, restore } from './network-confirm.ts';
import { deploy } from './network-deploy.ts';
import { explain } from './network-explain.ts';

const rules = command({
  brief: {
    en: 'Print the isolation rules of the tree',
    fr: "Afficher les règles d'isolation de l'arborescence",
  },
  examples: [
    [
      'anklume network rules',
      { en: 'nftables text; nothing is loaded', fr: "texte nftables ; rien n'est chargé" },
    ],
    [
      'anklume network rules --output nftables/anklume.nft',
      { en: 'to be loaded elsewhere', fr: 'pour être chargées ailleurs' },
    ],
  ],
  flags: {
    output: word('FILE', {
      en: 'Write them into this file instead',
      fr: 'Les écrire plutôt dans ce fichier',
    }),
    ...projectFlags,
  },
  async run(session, flags) {
    const { openWorld, rulesOf } = await import('../../../site/index.ts');
    const { writeRules } = await import('../rules-file.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const text = rulesOf(world.desired);
    if (flags.output !== undefined) {
      const path = resolve(session.cwd, flags.output);
      const changed = await writeRules(world, text, path);
      session.result({ type: 'rules-file', path, changed }, () => path);
      return undefined;
    }
    session.result({ type: 'rules', text }, () => text.trimEnd());
    return undefined;
  },
});

const status = command({
  brief: {
    en: 'Compare the loaded rules with the wanted ones',
    fr: 'Comparer les règles chargées à celles voulues',
  },
  description: {
    en: 'Also lists what is closed because nothing declares it any more, and the rules of other infrastructures on this host. Exit status 1 if machines run without the rules that they should have.',
    fr: "Liste aussi ce qui est fermé parce que plus rien ne le déclare, et les règles d'autres infrastructures de cet hôte. Code de sortie 1 si des machines tournent sans les règles qu'elles devraient avoir.",
  },
  examples: [['anklume network status', { en: 'by domain', fr: 'par domaine' }]],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { openDaemon, openDeclared } = await import('../../../site/index.ts');
    const { wallStatus } = await import('../walls.ts');
    const { isWalled } = await import('../../../isolation/index.ts');
    const { renderNetworkStatus } = await import('../render/network-status.ts');
    const { world, stale } = await openDeclared({ cwd: session.cwd, infra: flags.infra });
    const { desired } = world;
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const found = await wallStatus(desired, daemon);
    session.result({ type: 'network-status', ...found, ...(stale && { stale }) }, () =>
      session.fit(renderNetworkStatus(found, session, stale !== undefined)),
    );
    tellStale(session, { world, stale });
    return isWalled(found) && found.faults.length === 0 ? ExitCode.done : ExitCode.failed;
  },
});

/** `anklume network ...` */
export const network: Declared = group(
  { en: 'The isolation rules between domains', fr: "Les règles d'isolation entre domaines" },
  { rules, deploy, status, explain, confirm, restore, boot },
);
