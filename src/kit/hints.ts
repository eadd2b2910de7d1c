/** How the daemon that a command works on is named again, and which commands take that. */
export interface SameDaemon {
  /** `--sandbox=lab`; absent where every command finds it without. */
  readonly flag?: string | undefined;
  takesDaemon(line: readonly string[]): boolean;
}

/**
 * The commands that a text proposes, with the flag that leads to the daemon which the text is about: typed as they
 * stand they would reach another.
 */
export function withDaemon(text: string, { flag, takesDaemon }: SameDaemon): string {
  if (flag === undefined) return text;
  return text.replace(/\banklume ([a-z][^'»\n]*)/g, (whole, rest: string) => {
    const line = rest.split(/[\s\u00a0.,;:)]+/).slice(0, 2);
    const namesOne = /--(sandbox|socket|remote)\b/.test(rest);
    return !namesOne && takesDaemon(line) ? `anklume ${flag} ${rest}` : whole;
  });
}
