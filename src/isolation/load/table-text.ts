import type { Host } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import { tablesOn } from './listing.ts';
import { inScratchSpace } from './scratch-space.ts';
import { clearing, FAMILIES, TABLE, tablesOf } from './tables.ts';

/** Tables of these names on the host as nft writes them, without counters; undefined when there is none. */
export async function loadedTables(
  host: Host,
  names: readonly string[] = [TABLE],
): Promise<string | undefined> {
  const tables = await tablesOn(host);
  const listings: string[] = [];
  for (const name of names)
    for (const family of FAMILIES) {
      if (!tables.has(`${family} ${name}`)) continue;
      const { stdout } = await onHost(host, ['nft', '-s', 'list', 'table', family, name]);
      listings.push(withoutFilled(stdout).trimEnd());
    }
  return listings.length === 0 ? undefined : listings.join('\n');
}

/** Where a host lacks the names of protocols, nft lists a number here that it cannot read. */
function readable(listing: string): string {
  return listing.replace(/^(\t\tprotocol) 6$/gm, '$1 tcp');
}

/** The chain that says what a table was loaded from is none of its rules. */
function withoutMark(listing: string): string {
  return listing.replace(/^\n?\tchain loaded\/\S+ \{\n\t\}\n/gm, '');
}

/** The listing without what the kernel put into sets while packets passed. */
export function withoutFilled(listing: string): string {
  return readable(withoutMark(listing)).replace(/^\tset \S+ \{\n[\s\S]*?^\t\}$/gm, (set) =>
    /^\t\tflags [a-z,]*\bdynamic\b/m.test(set)
      ? set.replace(/^\t\telements = \{[^}]*\}\n/m, '')
      : set,
  );
}

/** The same for a text that is not loaded, from an empty network namespace. */
export function listingOfText(text: string, host: Host): Promise<string> {
  return inScratchSpace(host, async (scratch) => {
    await onHost(scratch, ['nft', '-f', '-'], { input: text });
    return (await loadedTables(scratch, tablesOf(text))) ?? '';
  });
}

/** A text that puts these listed tables in place of those of the same names; nothing listed: takes them away. */
export function replacing(listed: string | undefined, names: readonly string[] = [TABLE]): string {
  return [...clearing(names), listed ?? '', ''].join('\n');
}
