/** The name itself, or with the first number from 2 on that nobody has: `name-2`. */
export function firstFree(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n += 1) free = `${name}-${n}`;
  return free;
}
