import type { Incus } from '../../src/incus/index.ts';

/** One request that the code under test made: `instances.patch`, and what it gave along. */
export type Call = readonly [name: string, ...words: unknown[]];

type Answers = Readonly<Record<string, (...words: never[]) => unknown>>;

/** For tests: a daemon that answers from a table, and notes in order what it was asked. What the table lacks is answered with nothing. */
export function toldDaemon(answers: Answers = {}): { incus: Incus; calls: Call[] } {
  const calls: Call[] = [];
  const method =
    (name: string) =>
    async (...words: never[]) => {
      calls.push([name, ...words]);
      return answers[name]?.(...words);
    };
  const noun = (name: string) =>
    new Proxy({}, { get: (_, verb) => method(`${name}.${String(verb)}`) });
  const incus = new Proxy(
    { where: 'unix:/told' },
    { get: (own, name) => (name === 'where' ? own.where : noun(String(name))) },
  );
  return { incus: incus as unknown as Incus, calls };
}
