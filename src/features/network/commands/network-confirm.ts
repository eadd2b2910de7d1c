import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import type { Pending } from '../../../isolation/index.ts';
import { asker } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';

/** `anklume network confirm` */
export const confirm = command({
  brief: {
    en: 'Confirm a deployment: keep its rules',
    fr: 'Confirmer un déploiement : garder ses règles',
  },
  examples: [
    [
      'anklume network confirm',
      {
        en: "after 'deploy --confirm', from any terminal",
        fr: "après « deploy --confirm », depuis n'importe quel terminal",
      },
    ],
  ],
  flags: daemonFlags,
  async run(session, flags) {
    const { confirmPending } = await import('../../../isolation/index.ts');
    const { keepRules } = await import('../boot-rules.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const kept = await confirmPending(await pendingOn(daemon));
    if (!kept) throw nothingPending();
    await keepRules(daemon, {});
    session.result({ type: 'confirmed' }, () =>
      session.t({ en: 'The rules stay.', fr: 'Les règles restent.' }),
    );
    return undefined;
  },
});

/** `anklume network restore` */
export const restore = command({
  brief: {
    en: 'Restore the rules from before an unconfirmed deployment',
    fr: "Restaurer les règles d'avant un déploiement non confirmé",
  },
  examples: [
    [
      'anklume network restore',
      { en: 'now, without waiting for the time', fr: 'maintenant, sans attendre le délai' },
    ],
  ],
  flags: {
    after: hiddenWord('SECONDS'),
    token: hiddenWord('TOKEN'),
    ...daemonFlags,
  },
  async run(session, flags) {
    const { restorePending } = await import('../../../isolation/index.ts');
    if (flags.after !== undefined && flags.token !== undefined)
      return watch(session, flags.token, Number(flags.after));
    const { openDaemon } = await import('../../../site/index.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const restored = await restorePending(await pendingOn(daemon));
    if (!restored) throw nothingPending();
    session.result({ type: 'restored' }, () =>
      session.t({
        en: 'The rules from before the deployment are in force again.',
        fr: "Les règles d'avant le déploiement sont de nouveau en vigueur.",
      }),
    );
    return undefined;
  },
});

function hiddenWord(placeholder: string) {
  const brief = { en: 'For the process that waits', fr: 'Pour le processus qui attend' };
  return { ...word(placeholder, brief), hidden: true } as const;
}

/** What the process that outlives its deployment does. Its first line says that it is there. */
async function watch(session: Session, token: string, seconds: number): Promise<undefined> {
  const { WATCHING, watchOver } = await import('../../../isolation/index.ts');
  const watching = watchOver(token, seconds, session.signal);
  session.terminal.stdout.write(`${WATCHING}\n`);
  await watching;
  return undefined;
}

/**
 * Waits for the word of the person, here or from another terminal, or until the time is over. Ctrl-C
 * brings the old rules back at once.
 */
export async function awaitConfirmation(session: Session, pending: Pending): Promise<void> {
  const { confirmPending, restorePending, waitUntilSettled } = await import(
    '../../../isolation/index.ts'
  );
  const { seconds } = pending;
  session.say({
    en: `The rules are loaded. Confirm them within ${seconds} s with 'anklume network confirm', from any terminal; otherwise the previous rules are restored.`,
    fr: `Les règles sont chargées. Confirmez-les dans les ${seconds} s avec « anklume network confirm », depuis n'importe quel terminal ; sinon les règles précédentes sont restaurées.`,
  });
  const over = new AbortController();
  const signal = AbortSignal.any([session.signal, over.signal]);
  const settled = waitUntilSettled(pending, signal);
  const ask = asker({ ...session, signal });
  const answered = ask?.({ en: 'Keep them?', fr: 'Les garder ?' }).then((yes) =>
    yes ? confirmPending(pending) : restorePending(pending),
  );
  try {
    await Promise.race(answered ? [settled, answered] : [settled]);
  } catch (error) {
    if (!session.signal.aborted) throw error;
    await restorePending(pending);
  } finally {
    over.abort();
    await Promise.allSettled([settled, answered]);
  }
}

async function pendingOn(daemon: Daemon): Promise<Pending> {
  const { hostOf } = await import('../../../site/index.ts');
  const { readPending } = await import('../../../isolation/index.ts');
  const pending = await readPending(hostOf(daemon));
  if (!pending) throw nothingPending();
  return pending;
}

function nothingPending(): AnklumeError {
  return new AnklumeError({
    code: 'nothing-pending',
    exit: ExitCode.failed,
    message: {
      en: 'No deployment is waiting for confirmation: it was confirmed already, or its time ran out.',
      fr: "Aucun déploiement n'attend de confirmation : il a déjà été confirmé, ou son délai est passé.",
    },
    remedy: { en: "See 'anklume network status'.", fr: 'Voir « anklume network status ».' },
  });
}
