import { inSandbox } from './support.ts';

/** All rules of the shared sandbox, in the words of nft, without what packets change in them. */
export async function loadedRules(...what: string[]): Promise<string> {
  const list = what.length === 0 ? ['ruleset'] : what;
  return withoutFilled(await inSandbox('nft', '-s', 'list', ...list));
}

/** Without what passing packets have put into sets: that is no state of the rules. */
export function withoutFilled(table: string): string {
  const filled = new Set(
    [...table.matchAll(/\b(?:add|update) @(\S+) \{/g)].map(([, name]) => name),
  );
  return table.replace(/\n\tset (\S+) \{\n[\s\S]*?\n\t\}/g, (set, name: string) =>
    filled.has(name) ? set.replace(/\n\t\telements = \{[^}]*\}/, '') : set,
  );
}
