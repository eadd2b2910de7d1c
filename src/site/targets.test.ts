import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnklumeError } from '../base/messages/index.ts';
import type { Incus, Instance } from '../incus/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { isDeclared, needsAdminSocket, ownPlace, placesOf } from './targets.ts';

let folder: string;
let socket: string;
let guest: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-guest-'));
  socket = join(folder, 'sock');
  guest = createServer((_, answer) =>
    answer.end('instance-id: mine\nlocal-hostname: web\nuser-data: x\n'),
  );
  await new Promise<void>((resolve) => guest.listen(socket, resolve));
});
afterAll(async () => {
  guest.close();
  await rm(folder, { recursive: true });
});

const one = (project: string, name: string, id: string, more = {}) => ({
  project,
  name,
  config: { 'volatile.cloud-init.instance-id': id, ...more },
});
const daemon = (...all: object[]) =>
  ({
    where: 'unix:/x',
    instances: { list: async () => all as unknown as Instance[] },
  }) as unknown as Incus;

describe('P22-08: self', () => {
  const me = one('pro', 'web', 'mine');
  const twin = one('home', 'web', 'theirs');
  const sibling = one('pro', 'db', 'mine');

  it.each([
    ['first', [me, twin, sibling]],
    ['last', [sibling, twin, me]],
  ])('is the machine of this name and this identity, wherever it is listed: %s', async (_, all) => {
    expect(await ownPlace(daemon(...all), socket)).toMatchObject({
      project: 'pro',
      instance: 'web',
    });
  });

  it.each([
    ['a twin', [twin]],
    ['another name with the identity', [sibling]],
    ['nobody', []],
  ])('is unknown to a daemon that has only %s', async (_, all) => {
    const unknown = expect.objectContaining({ code: 'self-unknown' });
    await expect(ownPlace(daemon(...all), socket)).rejects.toThrow(unknown);
  });

  it('is told as declared, but for a copy, which carries the names of its original', async () => {
    const marks = {
      'user.anklume.id': 'instance:pro/web',
      'user.anklume.machine': 'pro-web',
      'user.anklume.domain': 'pro',
    };
    const declared = one('pro', 'web', 'mine', marks);
    expect(await ownPlace(daemon(declared), socket)).toMatchObject({ machine: 'pro-web' });
    const copy = one('copies', 'web', 'mine', marks);
    expect(await ownPlace(daemon(copy), socket)).toMatchObject({
      machine: 'web',
      domain: 'copies',
    });
  });

  it('is nothing outside of a machine', async () => {
    await expect(ownPlace(daemon(me), join(folder, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'not-in-a-machine', exit: 4 }),
    );
  });
});

describe('P04-04: a word for machines', () => {
  const machines = (...names: string[]) =>
    names.map((name) => ({ name, instance: `${name}-instance` }));
  const world = (...more: object[]) =>
    ({
      domains: [
        { name: 'pro', project: 'pro-project', machines: machines('dev', 'web') },
        { name: 'home', project: 'home-project', machines: machines('tv') },
        ...more,
      ],
    }) as unknown as Desired;
  const named = (desired: Desired, word?: string) =>
    placesOf(desired, word).map(({ machine }) => machine);

  it('stands for a machine as it is declared and as Incus has it', () => {
    expect(placesOf(world(), 'web')).toEqual([
      { domain: 'pro', machine: 'web', instance: 'web-instance', project: 'pro-project' },
    ]);
  });
  it('for a domain, and all for everything', () => {
    expect(named(world(), 'pro')).toEqual(['dev', 'web']);
    expect(named(world(), 'all')).toEqual(['dev', 'web', 'tv']);
    expect(named(world())).toEqual(['dev', 'web', 'tv']);
  });
  it('is no word but a name where something is called so', () => {
    const more = { name: 'x', project: 'x', machines: machines('self') };
    expect(isDeclared(world(more), 'self')).toBe(true);
    expect(isDeclared(world(more), 'x')).toBe(true);
    expect(isDeclared(world(), 'self')).toBe(false);
  });
  it('is refused where it stands for nothing', () => {
    const unknown = expect.objectContaining({ code: 'unknown-limit', exit: 2 });
    expect(() => placesOf(world(), 'nobody')).toThrow(unknown);
  });
});

it('self without a daemon says why, with the status of a lacking environment', () => {
  const cause = new AnklumeError({ code: 'no-daemon', message: { en: 'none', fr: 'aucun' } });
  expect(needsAdminSocket(cause)).toMatchObject({
    ...{ code: 'self-without-daemon', exit: 4, cause },
    text: { en: expect.stringContaining('none'), fr: expect.stringContaining('aucun') },
  });
});
