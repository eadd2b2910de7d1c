import { stat } from 'node:fs/promises';

/** Whether somebody marked this host as one where nothing may be destroyed by a slip of the hand. */
export async function isProductionHost(marker = '/etc/anklume/production'): Promise<boolean> {
  return (await stat(marker).catch(() => undefined)) !== undefined;
}
