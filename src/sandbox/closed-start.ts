import { AnklumeError, type Emit } from '../base/messages/index.ts';
import { type Host, printable, readIfExists, writeAtomic } from '../base/system/index.ts';
import { connect } from '../incus/index.ts';
import {
  closeUnknown,
  deployRules,
  keptText,
  markedWorld,
  wholeGuard,
} from '../isolation/index.ts';
import { type Places, placesOf } from './places.ts';

/**
 * Before the daemon starts: its machines run again with it, and must not have a moment without rules. Nothing passes
 * until `settleRules`; the rules of before are loaded meanwhile.
 */
export async function closeFirst(places: Places, host: Host, emit: Emit): Promise<void> {
  await deployRules(wholeGuard(), host);
  const kept = (await readIfExists(places.rules))?.toString('utf8') ?? '';
  if (kept === '') return;
  try {
    await deployRules(kept, host);
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    emit(notLoaded(places.rules, error));
  }
}

/** When the daemon is up: what carries a mark and is not in the rules is closed for good, and the rest opens. */
export async function settleRules(places: Places, host: Host): Promise<void> {
  const incus = await connect({ socket: places.socket });
  try {
    const [networks, instances] = await Promise.all([
      incus.networks.list(),
      incus.instances.list(),
    ]);
    await closeUnknown(markedWorld({ networks, instances }), host);
  } finally {
    await incus.close();
  }
}

/** Keeps the loaded rules of a sandbox for its next start. */
export async function keepSandboxRules(name: string, host: Host): Promise<void> {
  await writeAtomic(placesOf(name).rules, await keptText(host), 0o600);
}

function notLoaded(path: string, { text }: AnklumeError) {
  const shown = printable(path);
  return {
    type: 'note',
    level: 'warning',
    code: 'kept-rules-refused',
    text: {
      en: `The isolation rules of before (${shown}) could not be loaded, so the machines are closed: ${text.en}`,
      fr: `Les règles d'isolation précédentes (${shown}) n'ont pas pu être chargées, les machines sont donc fermées : ${text.fr}`,
    },
    remedy: { en: "Run 'anklume network deploy'.", fr: 'Lancez « anklume network deploy ».' },
  } as const;
}
