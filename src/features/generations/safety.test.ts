import { expect, it } from 'vitest';
import { AnklumeError } from '../../base/messages/index.ts';
import type { Incus } from '../../incus/index.ts';
import { takeSafetySnapshots } from './safety.ts';

const place = (machine: string) => ({ domain: 'd', machine, instance: machine, project: 'd' });
const listening = { emit: () => {}, signal: new AbortController().signal };

/** A daemon that cannot read machines whose disk is full. */
const incus = {
  operations: { settled: async () => {}, list: async () => [] },
  snapshots: { list: async () => [] },
  instances: {
    get: async (name: string) => {
      const text = { en: 'Disk quota exceeded', fr: 'Quota dépassé' };
      throw new AnklumeError({ code: name === 'full' ? 'incus-failed' : 'odd', message: text });
    },
  },
} as unknown as Incus;

it('a machine of which no safety snapshot can be made is named, and how the others go on without it', async () => {
  const places = [place('full'), place('fuller')];
  const failure = await takeSafetySnapshots(incus, places, 'pre-apply', listening).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 'safety-snapshot-failed' });
  const { text, remedy } = failure as AnklumeError;
  expect(text.en).toMatch(
    /^No safety snapshot could be made of full, fuller, so nothing was changed: .*quota/i,
  );
  expect(remedy?.en).toContain('--limit');
});
