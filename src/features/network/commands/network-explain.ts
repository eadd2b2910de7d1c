import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { packetEnds } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';

/** `anklume network explain` */
export const explain = command({
  brief: {
    en: 'Explain what happens to a packet, and which rule decides',
    fr: 'Expliquer ce que devient un paquet, et quelle règle décide',
  },
  description: {
    en: "FROM and TO are machines, 'host', 'internet', 'lan' or 'gateway:DOMAIN'. Without a port, the packet is a ping. If the rules of the host can be read, the rule that decides is shown with its counter.",
    fr: "FROM et TO sont des machines, « host », « internet », « lan » ou « gateway:DOMAINE ». Sans port, le paquet est un ping. Si les règles de l'hôte peuvent être lues, la règle qui décide est montrée avec son compteur.",
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
        en: 'send the packet and follow it through the kernel',
        fr: 'envoyer le paquet et le suivre dans le noyau',
      },
    ],
  ],
  flags: {
    port: word('PORT[/udp]', { en: 'The same as PORT', fr: 'La même chose que PORT' }),
    protocol: word('tcp|udp|icmp', {
      en: 'Protocol; default: tcp with a port, icmp without',
      fr: 'Protocole ; par défaut : tcp avec un port, icmp sans port',
    }),
    ipv6: toggle({ en: 'Use an IPv6 packet', fr: 'Utiliser un paquet IPv6' }),
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
    const { explainPacket, openPorts, tracePacket, loadedRuleFor } = await import(
      '../explain-packet.ts'
    );
    const { isUnloaded, renderExplanation } = await import('../render/explanation.ts');
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
    const ports = packet.protocol === 'icmp' ? openPorts(desired, words) : undefined;
    session.result({ type: 'decision', packet, ...decision, ...seen }, () =>
      session.fit(renderExplanation(decision, seen, session, ports)),
    );
    return isUnloaded(seen) ? ExitCode.failed : ExitCode.done;
  },
});
