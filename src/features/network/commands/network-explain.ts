import { command } from '../../../kit/command.ts';
import { packetEnds } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';

/** `anklume network explain` */
export const explain = command({
  brief: {
    en: 'Say what happens to a packet, and what decides it',
    fr: "Dire ce qu'il advient d'un paquet, et ce qui en décide",
  },
  description: {
    en: "FROM and TO are machines, 'host', 'internet', 'lan' or 'gateway:DOMAIN'. Without a port, a ping is meant. Where the rules of the host can be read, the one that decides is shown with its counter.",
    fr: "FROM et TO sont des machines, « host », « internet », « lan » ou « gateway:DOMAINE ». Sans port, il s'agit d'un ping. Là où les règles de l'hôte peuvent être lues, celle qui décide est montrée avec son compteur.",
  },
  examples: [
    [
      'anklume network explain pro-dev homelab-llm 11434',
      { en: 'TCP, with the policy', fr: 'TCP, avec la politique' },
    ],
    ['anklume network explain pro-dev host', { en: 'a ping', fr: 'un ping' }],
    [
      'anklume network explain pro-dev perso-desktop 22 --trace',
      {
        en: 'send one for real, and follow it through the kernel',
        fr: 'en envoyer un vrai, et le suivre dans le noyau',
      },
    ],
  ],
  flags: {
    port: word('PORT[/udp]', { en: 'The same as PORT', fr: 'La même chose que PORT' }),
    protocol: word('tcp|udp|icmp', {
      en: 'TCP with a port and a ping without one, unless given',
      fr: 'TCP avec un port et un ping sans port, sauf indication',
    }),
    ipv6: toggle({ en: 'The packet is one of IPv6', fr: 'Le paquet est en IPv6' }),
    trace: toggle({
      en: 'Send the packet and show what every rule did with it',
      fr: 'Envoyer le paquet et montrer ce que chaque règle en a fait',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [
    { name: 'FROM', brief: { en: 'Who sends', fr: 'Qui envoie' }, propose: packetEnds },
    { name: 'TO', brief: { en: 'Who receives', fr: 'Qui reçoit' }, propose: packetEnds },
    {
      name: 'PORT',
      brief: { en: 'TCP unless /udp follows', fr: 'TCP sauf si /udp suit' },
      optional: true,
    },
  ],
  async run(session, flags, from = '', to = '', port = flags.port) {
    const { openWorld, openDaemon } = await import('../../../site/index.ts');
    const { explainPacket, tracePacket, loadedRuleFor } = await import('../explain-packet.ts');
    const { renderExplanation } = await import('../render/explanation.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    const words = { from, to, port, protocol: flags.protocol, ipv6: flags.ipv6 };
    const { packet, decision } = explainPacket(desired, words);
    const look = async () => {
      await using daemon = await openDaemon(flags, daemonOptions(session, flags));
      const trace = flags.trace ? await tracePacket(desired, packet, daemon) : undefined;
      return { rule: await loadedRuleFor(desired, packet, daemon), ...(trace && { trace }) };
    };
    // The answer stands without a daemon: it comes from the tree. Only a trace cannot do without.
    const seen = flags.trace ? await look() : await look().catch(() => undefined);
    session.result({ type: 'decision', packet, ...decision, ...seen }, () =>
      session.fit(renderExplanation(decision, seen, session)),
    );
    return undefined;
  },
});
