import { hostname } from 'node:os';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { readData } from './data.ts';
import { readLedger } from './ledger.ts';
import { planUninstall, type Removal } from './uninstall.ts';

/** What an uninstall would do, without doing it. */
export async function lookBack(purge: boolean): Promise<readonly Removal[]> {
  const { entries } = await readLedger();
  return entries.length === 0 ? [] : planUninstall(entries, await readData(entries), purge);
}

/** Whether data may go: only where the name of this host was typed. Throws `purge-wrong-name` (exit 2). */
export function refuseWrongName(typed: string | undefined): boolean {
  if (typed === undefined) return false;
  if (typed === hostname()) return true;
  throw new AnklumeError({
    code: 'purge-wrong-name',
    exit: ExitCode.usage,
    message: {
      en: 'That is not the name of this host. Nothing was changed.',
      fr: "Ce n'est pas le nom de cet hôte. Rien n'a été modifié.",
    },
    remedy: {
      en: `Its name is '${hostname()}'; --purge deletes its machines and their data.`,
      fr: `Son nom est « ${hostname()} » ; --purge supprime ses machines et leurs données.`,
    },
  });
}
