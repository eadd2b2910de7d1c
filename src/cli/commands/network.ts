import { packetEnds } from '../completion/names.ts';
import { command, type Declared } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { daemonFlags, projectFlags, word } from '../frame/flags.ts';
import { group } from '../frame/group.ts';

const rules = command({
  brief: {
    en: 'Print the isolation rules that the tree asks for',
    fr: "Afficher les règles d'isolation que demande l'arborescence",
  },
  examples: [
    [
      'anklume network rules',
      { en: 'nftables text; nothing is loaded', fr: "texte nftables ; rien n'est chargé" },
    ],
  ],
  flags: projectFlags,
  async run(session, flags) {
    const { openWorld, rulesOf } = await import('../../up/index.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const text = rulesOf(desired);
    session.result({ type: 'rules', text }, () => text.trimEnd());
    return undefined;
  },
});

const deploy = command({
  brief: { en: "Load them into the host's nftables", fr: "Les charger dans le nftables de l'hôte" },
  description: {
    en: 'One transaction that replaces the table inet anklume and nothing else. Rules that are already exactly these are left alone.',
    fr: "Une seule transaction qui remplace la table inet anklume et rien d'autre. Des règles déjà identiques sont laissées telles quelles.",
  },
  examples: [['anklume network deploy', { en: 'after a sync', fr: 'après une synchronisation' }]],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { deployWalls, openDaemon, openWorld } = await import('../../up/index.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const { changed } = await deployWalls(desired, daemon, session);
    session.result({ type: 'deployment', changed }, () =>
      changed
        ? session.t({ en: 'The rules were loaded.', fr: 'Les règles ont été chargées.' })
        : session.t({
            en: 'The rules were already in force.',
            fr: 'Les règles étaient déjà en vigueur.',
          }),
    );
    return undefined;
  },
});

const status = command({
  brief: {
    en: 'Whether the loaded rules are the wanted ones',
    fr: 'Si les règles chargées sont bien celles voulues',
  },
  examples: [['anklume network status', { en: 'by domain', fr: 'par domaine' }]],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { openDaemon, openWorld, wallStatus } = await import('../../up/index.ts');
    const { renderNetworkStatus } = await import('../render/network-status.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const found = await wallStatus(desired, daemon);
    session.result({ type: 'network-status', ...found }, () => renderNetworkStatus(found, session));
    return undefined;
  },
});

const explain = command({
  brief: {
    en: 'Say what happens to a packet, and what decides it',
    fr: "Dire ce qu'il advient d'un paquet, et ce qui en décide",
  },
  description: {
    en: "FROM and TO are machines, 'host', 'internet' or 'gateway:DOMAIN'. Without a port, a ping is meant.",
    fr: "FROM et TO sont des machines, « host », « internet » ou « gateway:DOMAINE ». Sans port, il s'agit d'un ping.",
  },
  examples: [
    [
      'anklume network explain pro-dev homelab-llm --port 11434',
      { en: 'TCP, with the policy', fr: 'TCP, avec la politique' },
    ],
    ['anklume network explain pro-dev host', { en: 'a ping', fr: 'un ping' }],
  ],
  flags: {
    port: word('PORT[/udp]', {
      en: 'Port, TCP unless /udp follows',
      fr: 'Port, TCP sauf si /udp suit',
    }),
    ...projectFlags,
  },
  words: [
    { name: 'FROM', brief: { en: 'Who sends', fr: 'Qui envoie' }, propose: packetEnds },
    { name: 'TO', brief: { en: 'Who receives', fr: 'Qui reçoit' }, propose: packetEnds },
  ],
  async run(session, flags, from = '', to = '') {
    const { explainPacket, openWorld } = await import('../../up/index.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const { packet, decision } = explainPacket(desired, from, to, flags.port);
    session.result({ type: 'decision', packet, ...decision }, () => {
      const mark = decision.allowed ? session.paint.good('●') : session.paint.bad('✗');
      const verdict = decision.allowed
        ? session.t({ en: 'open', fr: 'ouvert' })
        : session.t({ en: 'closed', fr: 'fermé' });
      return `${mark} ${verdict}: ${session.t(decision.text)}`;
    });
    return undefined;
  },
});

/** `anklume network ...` */
export const network: Declared = group(
  { en: 'The walls between domains', fr: 'Les murs entre domaines' },
  { rules, deploy, status, explain },
);
