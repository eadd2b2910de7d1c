import type { Host } from '../../base/system/index.ts';
import { readInfrastructures } from '../model/infrastructures.ts';
import { loadedTables, replacing } from './table-text.ts';
import { BOOT_TABLE } from './tables.ts';

/** A text that loads all our tables as they are now, of every infrastructure; empty where there is none. */
export async function keptText(host: Host): Promise<string> {
  const { names } = await readInfrastructures(host);
  const kept = [...names].filter((name) => name !== BOOT_TABLE).sort();
  return kept.length === 0 ? '' : replacing(await loadedTables(host, kept), kept);
}
