import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { COMMANDS, type Killed } from './commands.ts';
import { DataWorld } from './data-world.ts';
import { killsOf, SEED } from './form.ts';
import { seeded } from './seeded.ts';
import { Tally } from './tally.ts';
import { Tap } from './tap.ts';

const tally = new Tally();
let tap: Tap;
let world: DataWorld;
let data: string[];
let shape: unknown;

beforeAll(async () => {
  tap = await new Tap(inject('socket')).listen();
  world = await DataWorld.make(tap);
  shape = await world.shape();
});

afterAll(async () => {
  console.log(tally.table(SEED));
  await world[Symbol.asyncDispose]();
  await tap[Symbol.asyncDispose]();
});

describe.each(COMMANDS)('$name killed with SIGKILL', (command) => {
  const random = seeded(SEED);
  const kills = killsOf('ANKLUME_FAULT_DATA_KILLS', command.short, command.long);
  let events: string[];

  it('left alone, it does what it is for', async () => {
    for (const domain of world.domains) await world.fill(domain);
    data = await world.data();
    const words = await command.prepare(world);
    events = [];
    tap.watch = (event) => events.push(event) > 0;
    const { code, stderr } = await world.tool(words);
    tap.watch = () => true;
    expect(code, stderr).toBe(0);
    await isRight(command);
  });

  it.each(Array.from({ length: kills }, (_, index) => index))(
    `${command.row}: kill %i of seed ${SEED}: no data is lost, the next run converges, nothing stays half-made`,
    async () => {
      const { where, words } = await kill(command, events, random);
      const converged = tally.killed(command.name, where);
      const next = await world.tool(words);
      expect(command.ends, `killed ${where}:\n${next.stdout}${next.stderr}`).toContain(next.code);
      await isRight(command, where);
      converged();
    },
  );
});

async function isRight(command: Killed, where = 'nowhere'): Promise<void> {
  await command.check(world);
  const left = await world.leftovers();
  expect({ data: await world.data(), left }, `killed ${where}`).toEqual({ data, left: [] });
  if (command.name !== 'rollback') expect(await world.shape(), `killed ${where}`).toEqual(shape);
}

/** The most ms between a request and the kill after it: the daemon is then at work, or has answered. */
const LONGEST = 150;

/** Runs the command and kills it at one of its events; those that change something are chosen more often. */
async function kill(command: Killed, events: readonly string[], random: () => number) {
  const chances = events.flatMap((event, at) => (event.startsWith('GET') ? [at] : [at, at, at]));
  let at = chances[Math.floor(random() * chances.length)] ?? 0;
  const before = random() < 0.3;
  const delay = random() < 0.4 ? 0 : Math.floor(random() * LONGEST);
  for (;;) {
    const words = await command.prepare(world);
    const killer = new AbortController();
    let seen = 0;
    let where = '';
    tap.watch = (event) => {
      if (seen++ !== at) return true;
      where = `${before ? 'before' : 'after'} ${event}`;
      if (before) killer.abort();
      else if (delay === 0) setImmediate(() => killer.abort());
      else void sleep(delay).then(() => killer.abort());
      return !before;
    };
    const { signal } = await world.tool(words, killer.signal);
    tap.watch = () => true;
    if (signal === 'SIGKILL') return { where, words };
    // It had ended by then, or had fewer events this time: the same again, somewhat earlier.
    at = Math.max(0, at - 3);
  }
}
