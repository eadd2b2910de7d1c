import { inSandbox } from './support.ts';

/** All rules of the shared sandbox, in the words of nft, without what packets change in them. */
export async function loadedRules(...what: string[]): Promise<string> {
  const list = what.length === 0 ? ['ruleset'] : what;
  return withoutFilled(await inSandbox('nft', '-s', 'list', ...list));
}

/**
 * Without what passing packets have put into sets, and without the mark of what a table was loaded from, which the
 * next boot does not write: neither is a state of the rules.
 */
export function withoutFilled(table: string): string {
  const filled = new Set(
    [...table.matchAll(/\b(?:add|update) @(\S+) \{/g)].map(([, name]) => name),
  );
  const rules = table.replace(/\n?\n\tchain loaded\/\S+ \{\n\t\}/g, '');
  return rules.replace(/\n\tset (\S+) \{\n[\s\S]*?\n\t\}/g, (set, name: string) =>
    filled.has(name) ? set.replace(/\n\t\telements = \{[^}]*\}/, '') : set,
  );
}
