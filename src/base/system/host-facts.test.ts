import { expect, it } from 'vitest';
import { parseOsRelease, readHostFacts } from './host-facts.ts';

it('reads os-release with and without quotes', () => {
  const text = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID='13'\nVERSION_CODENAME=trixie\nID_LIKE="a b"\n# x\n`;
  expect(parseOsRelease(text)).toEqual({
    id: 'debian',
    like: ['a', 'b'],
    codename: 'trixie',
    version: '13',
    name: 'Debian GNU/Linux 13 (trixie)',
  });
});

it('gives empty words for a system that tells nothing', () => {
  expect(parseOsRelease('')).toEqual({ id: '', like: [], codename: '', version: '', name: '' });
});

it('finds processors and memory on this machine', async () => {
  const facts = await readHostFacts();
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.memoryBytes).toBeGreaterThan(facts.freeMemoryBytes);
  expect(facts.freeMemoryBytes).toBeGreaterThan(0);
});
