import { resolve } from 'node:path';
import { ExitCode } from '../../../base/messages/index.ts';
import { choiceFlags } from '../../../kit/apply-flags.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import { tellStale } from '../../../kit/show-problems.ts';

/** Bytes of a large page. */
const PAGE = 1024 * 1024;

export const prove = command({
  brief: {
    en: 'Verify the isolation with real packets',
    fr: "Vérifier l'isolation avec de vrais paquets",
  },
  description: {
    en: 'Sends TCP, UDP, ICMP and forged frames from inside each machine to every other machine, gateway and the host, and compares what arrives with what the policies say, and the loaded rules with those of the tree. Exit status 1 if something differs.',
    fr: "Envoie du TCP, de l'UDP, de l'ICMP et des trames contrefaites depuis chaque machine vers toutes les autres, les passerelles et l'hôte, et compare ce qui arrive à ce que disent les politiques, et les règles en vigueur à celles de l'arborescence. Code de sortie 1 en cas d'écart.",
  },
  examples: [
    ['anklume prove', { en: 'the isolation matrix', fr: "la matrice d'isolation" }],
    ['anklume prove --limit pro', { en: 'one domain', fr: 'un seul domaine' }],
    ['anklume prove --json', { en: 'every probe', fr: 'chaque sonde' }],
    [
      'anklume prove --html proof.html',
      { en: 'a page to read and keep', fr: 'une page à lire et à garder' },
    ],
  ],
  flags: {
    html: word('FILE', {
      en: 'Also write the proof as an HTML page',
      fr: 'Écrire aussi la preuve sous forme de page HTML',
    }),
    limit: choiceFlags.limit,
    allowUntested: toggle({
      en: 'Succeed even if a running machine could not be tested',
      fr: "Réussir même si une machine en marche n'a pas pu être testée",
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { renderProofHtml } = await import('../../../isolation/index.ts');
    const { checkWritable, writeAtomic } = await import('../../../base/system/index.ts');
    const { openDaemon, openDeclared } = await import('../../../site/index.ts');
    const { proveWalls } = await import('../walls.ts');
    const { renderProof } = await import('../render/proof.ts');
    const { trustLevels } = await import('../render/trust.ts');
    const { world, stale } = await openDeclared({ cwd: session.cwd, infra: flags.infra });
    const { desired } = world;
    const page = flags.html === undefined ? undefined : resolve(session.cwd, flags.html);
    // A proof takes its time: that there is no place for the page is said before.
    if (page !== undefined) await checkWritable(page, PAGE);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const { allowUntested, limit } = flags;
    const proof = {
      ...(await proveWalls(desired, daemon, session, { allowUntested, limit })),
      ...(stale && { stale }),
    };
    if (page !== undefined) await writeAtomic(page, renderProofHtml(proof, session.language));
    session.result({ type: 'proof', ...proof }, () =>
      session.fit(renderProof(proof, trustLevels(desired), session)),
    );
    tellStale(session, { world, stale });
    return proof.holds ? ExitCode.done : ExitCode.failed;
  },
});
