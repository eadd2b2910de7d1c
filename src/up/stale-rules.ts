import { AnklumeError, type Event } from '../messages/index.ts';
import { networkStatus } from '../network/index.ts';
import type { Desired } from '../tree/index.ts';
import type { Daemon } from './daemon.ts';

/** The warning that the loaded rules are not those of the tree, naming the domains that have no walls. */
export async function staleRules(desired: Desired, daemon: Daemon): Promise<Event | undefined> {
  const status = daemon.host && (await statusIfReadable(desired, daemon.host));
  if (!status || status.state === 'current') return undefined;
  const open = status.domains.filter(({ covered }) => !covered).map(({ name }) => name);
  const names = open.join(', ');
  return {
    type: 'note',
    level: 'warning',
    code: 'rules-stale',
    text:
      open.length > 0
        ? {
            en: `Without walls until the rules are deployed: ${names}.`,
            fr: `Sans murs tant que les règles ne sont pas déployées : ${names}.`,
          }
        : {
            en: 'The isolation rules in force are not those of the tree.',
            fr: "Les règles d'isolation en vigueur ne sont pas celles de l'arborescence.",
          },
    remedy: { en: "Run 'anklume network deploy'.", fr: 'Lancez « anklume network deploy ».' },
  };
}

/** Rules can be read by root alone; others are told nothing here. */
async function statusIfReadable(desired: Desired, host: NonNullable<Daemon['host']>) {
  try {
    return await networkStatus(desired, host);
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}
