import { ExitCode } from '../../messages/index.ts';
import { command } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { daemonFlags, projectFlags } from '../frame/flags.ts';

export const prove = command({
  brief: {
    en: 'Measure the walls with real packets',
    fr: 'Mesurer les murs avec de vrais paquets',
  },
  description: {
    en: 'Sends TCP, UDP and ICMP from inside each machine to every other machine, gateway and the host, and compares what arrives with what the policies say. Exit 1 when something differs.',
    fr: "Envoie du TCP, de l'UDP et de l'ICMP depuis chaque machine vers toutes les autres, les passerelles et l'hôte, et compare ce qui arrive à ce que disent les politiques. Sortie 1 en cas d'écart.",
  },
  examples: [
    ['anklume prove', { en: 'the isolation matrix', fr: "la matrice d'isolation" }],
    ['anklume prove --json', { en: 'every probe', fr: 'chaque sonde' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { openDaemon, openWorld, proveWalls } = await import('../../up/index.ts');
    const { renderProof } = await import('../render/proof.ts');
    const { trustLevels } = await import('../render/trust.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const proof = await proveWalls(desired, daemon, session);
    session.result({ type: 'proof', ...proof }, () =>
      renderProof(proof, trustLevels(desired), session),
    );
    return proof.holds ? ExitCode.done : ExitCode.failed;
  },
});
