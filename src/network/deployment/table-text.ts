import type { Host } from '../../system/index.ts';
import { FAMILIES, presentFamilies } from '../listing.ts';
import { onHost } from '../nft.ts';
import { inScratchSpace } from '../scratch-space.ts';

/** Our tables on the host as nft writes them, without counters; undefined when there is none. */
export async function loadedTables(host: Host): Promise<string | undefined> {
  const listings: string[] = [];
  for (const family of await presentFamilies(host)) {
    const { stdout } = await onHost(host, ['nft', '-s', 'list', 'table', family, 'anklume']);
    listings.push(stdout.trimEnd());
  }
  return listings.length === 0 ? undefined : listings.join('\n');
}

/** The same for a text that is not loaded, from an empty network namespace. */
export function tablesOfText(text: string, host: Host): Promise<string> {
  return inScratchSpace(host, async (scratch) => {
    await onHost(scratch, ['nft', '-f', '-'], { input: text });
    return (await loadedTables(scratch)) ?? '';
  });
}

/** A text that puts these listed tables in place of whatever is there of ours; nothing listed: takes all away. */
export function replacing(listed: string | undefined): string {
  // Adding a table first makes deleting it valid where there was none.
  const cleared = FAMILIES.flatMap((family) => [
    `table ${family} anklume`,
    `delete table ${family} anklume`,
  ]);
  return [...cleared, listed ?? '', ''].join('\n');
}
