import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Event } from '../base/messages/index.ts';
import type { Observed } from '../engine/index.ts';
import type { Desired } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';
import { carryDataFolders } from './data-folders.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'anklume-data-folders-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const place = (machine: string) => join(root, 'base', 'pro', machine, 'mail');
const put = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'kept'), folder);
};
const keptIn = (folder: string) => readFile(join(folder, 'kept'), 'utf8').catch(() => undefined);

/** Gives the codes of what is told when `old` goes on as `fresh`, where the daemon says that its data is in `source`. */
async function carry(source: string): Promise<string[]> {
  const machine = (name: string) => ({
    name,
    instance: name,
    devices: { 'pd-mail': { type: 'disk', source: place(name), path: '/var/mail' } },
  });
  const domains = [{ project: 'pro', machines: ['fresh', 'other'].map(machine) }];
  const live = { name: 'old', project: 'pro', expanded_devices: { 'pd-mail': { source } } };
  const told: Event[] = [];
  await carryDataFolders(
    [{ project: 'pro', from: 'old', to: 'fresh' }],
    { domains } as unknown as Desired,
    { instances: [live] } as unknown as Observed,
    { host: { enter: [], proc: '/proc' } } as unknown as Daemon,
    (event) => told.push(event),
  );
  return told.map((event) => (event.type === 'note' ? event.code : event.type));
}

it('a machine with a new name takes its folders along, and a second time changes nothing', async () => {
  await put(place('old'));
  expect(await carry(place('old'))).toEqual([]);
  expect(await keptIn(place('fresh'))).toBe(place('old'));
  expect(await carry(place('old'))).toEqual([]);
  expect(await keptIn(place('fresh'))).toBe(place('old'));
});

it('what the new name already has is not written over', async () => {
  await put(place('old'));
  await put(place('fresh'));
  expect(await carry(place('old'))).toEqual(['data-left-behind']);
  expect(await keptIn(place('old'))).toBe(place('old'));
  expect(await keptIn(place('fresh'))).toBe(place('fresh'));
});

it.each([
  ['elsewhere on the host', () => join(root, 'etc', 'x', 'y', 'mail')],
  ['of another kind', () => join(dirname(place('old')), 'letters')],
  ['of a machine that is declared', () => place('other')],
  ['by way of ..', () => `${root}/base/pro/old/../other/mail`],
])('a folder that the daemon names %s stays where it is', async (_, folder) => {
  await put(folder());
  expect(await carry(folder())).toEqual(['data-left-behind']);
  expect(await keptIn(folder())).toBe(folder());
});
