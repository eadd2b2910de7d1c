import type { Event, Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { consentFlags } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Session } from '../../../kit/session.ts';
import { NAME, start } from './sandbox-start.ts';

/** Nothing to do is a success, but a mistyped name should not look like one. */
function noSandbox(name: string): Event {
  return {
    type: 'note',
    level: 'warning',
    code: 'no-such-sandbox',
    text: {
      en: `There is no sandbox '${name}': nothing to do.`,
      fr: `Il n'y a pas de bac à sable « ${name} » : rien à faire.`,
    },
  };
}

/** Throws `no-such-sandbox` (exit 2). */
async function requireSandbox(name: string): Promise<void> {
  const { listSandboxes, statusOf } = await import('../../../sandbox/index.ts');
  if (await statusOf(name)) return;
  const { noSuchSandbox } = await import('../../../site/index.ts');
  const known = await listSandboxes();
  throw noSuchSandbox(
    name,
    known.map((one) => one.name),
  );
}

const stop = command({
  brief: { en: 'Stop it; its machines are kept', fr: "L'arrêter ; ses machines sont conservées" },
  examples: [
    [
      'anklume sandbox stop',
      { en: 'nothing of it is left running', fr: 'il ne reste rien en marche' },
    ],
  ],
  words: [NAME],
  async run(session, _flags, name = 'default') {
    const { statusOf, stopSandbox } = await import('../../../sandbox/index.ts');
    if (!(await statusOf(name))) session.emit(noSandbox(name));
    else await stopSandbox(name, { emit: session.emit, signal: session.signal });
    session.result({ type: 'sandbox', name, running: false }, () =>
      done(session, {
        en: `The sandbox '${printable(name)}' is stopped.`,
        fr: `Le bac à sable « ${printable(name)} » est arrêté.`,
      }),
    );
    return undefined;
  },
});

const remove = command({
  brief: {
    en: 'Stop it and delete everything in it',
    fr: "L'arrêter et supprimer tout son contenu",
  },
  examples: [
    ['anklume sandbox delete lab --yes', { en: 'without asking', fr: 'sans poser de question' }],
  ],
  flags: consentFlags,
  words: [NAME],
  async run(session, flags, name = 'default') {
    const { deleteSandbox, statusOf } = await import('../../../sandbox/index.ts');
    const known = (await statusOf(name)) !== undefined;
    if (known)
      await askYes(session, flags.yes, {
        en: `Delete the sandbox '${name}' and every machine in it?`,
        fr: `Supprimer le bac à sable « ${name} » et toutes ses machines ?`,
      });
    else session.emit(noSandbox(name));
    // Also where there is none: a start that was killed early may have left an empty folder.
    await deleteSandbox(name, { ...(known && { emit: session.emit }), signal: session.signal });
    session.result({ type: 'sandbox', name, deleted: true }, () => done(session, deleted(name)));
    return undefined;
  },
});

function deleted(name: string): Text {
  return {
    en: `The sandbox '${printable(name)}' is deleted.`,
    fr: `Le bac à sable « ${printable(name)} » est supprimé.`,
  };
}

const status = command({
  brief: {
    en: 'List sandboxes and their state',
    fr: 'Lister les bacs à sable et leur état',
  },
  examples: [['anklume sandbox status', { en: 'all of them', fr: 'tous' }]],
  words: [NAME],
  async run(session, _flags, name) {
    const { listSandboxes } = await import('../../../sandbox/index.ts');
    const { renderSandboxes } = await import('../render/sandboxes.ts');
    const all = await listSandboxes();
    if (name !== undefined) await requireSandbox(name);
    const shown = name === undefined ? all : all.filter((sandbox) => sandbox.name === name);
    session.result({ type: 'sandboxes', sandboxes: shown }, () => renderSandboxes(shown, session));
    return undefined;
  },
});

const shell = command({
  brief: {
    en: 'A shell inside, where the incus command is its own',
    fr: "Un interpréteur de commandes à l'intérieur, où la commande incus est la sienne",
  },
  examples: [
    [
      'anklume sandbox shell',
      {
        en: "then 'incus list', 'ip link', 'nft list ruleset'",
        fr: 'puis « incus list », « ip link », « nft list ruleset »',
      },
    ],
  ],
  words: [NAME],
  async run(session, _flags, name = 'default') {
    const { sandboxShell } = await import('../../../sandbox/index.ts');
    const { runAttached } = await import('../../../base/system/index.ts');
    await requireSandbox(name);
    const [program = '', ...words] = await sandboxShell(name, session.env);
    session.settle();
    await runAttached([program, ...words]);
    return undefined;
  },
});

function done({ t, paint }: Pick<Session, 't' | 'paint'>, text: Text): string {
  return `${paint.good('✓')} ${t(text)}`;
}

/** `anklume sandbox ...` */
export const sandbox: Declared = group(
  {
    en: 'The embedded sandbox: a private Incus to try things on',
    fr: 'Le bac à sable intégré : un Incus privé pour essayer',
  },
  { start, stop, status, shell, delete: remove },
  undefined,
  { list: status },
);
