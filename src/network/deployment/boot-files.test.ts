import { expect, it } from 'vitest';
import {
  BOOT_ROUTES,
  BOOT_RULES,
  BOOT_UNIT,
  bootFiles,
  ownerOf,
  ROUTES_UNIT,
} from './boot-files.ts';

const host = (rules: string) => ({ rules, routes: [] });

it('writes the rules and a unit, and knows its own files from others', () => {
  const files = bootFiles(host('table inet anklume { }\n'));
  expect(files.map(({ path }) => path)).toEqual([BOOT_RULES, BOOT_UNIT]);
  for (const { text } of files) {
    expect(ownerOf(text)).toBe('ours');
    expect(ownerOf(`${text}# a line by hand\n`)).toBe('edited');
    expect(ownerOf(text.split('\n').slice(1).join('\n'))).toBe('foreign');
  }
  expect(ownerOf('')).toBe('foreign');
  expect(bootFiles(host('other\n'))[1]).toEqual(files[1]);
});

it('loads them before Incus, and after and with the host rules that empty the kernel', () => {
  const unit = bootFiles(host(''))[1]?.text ?? '';
  expect(unit).toMatch(/^Before=.*\bnetwork-pre\.target\b.*\bincus\.service\b/m);
  expect(unit).toMatch(/^After=.*\bnftables\.service\b/m);
  expect(unit).toContain('PartOf=nftables.service');
  expect(unit).toContain(`ExecStart=nft -f ${BOOT_RULES}\n`);
});

it('with a firewall machine, adds the routes after Incus has made the bridges', () => {
  const files = bootFiles({ rules: '', routes: ['route replace 10.0.0.0/24 dev net-a'] });
  expect(files.map(({ path }) => path)).toEqual([BOOT_RULES, BOOT_UNIT, BOOT_ROUTES, ROUTES_UNIT]);
  expect(files.map(({ text }) => ownerOf(text))).toEqual(Array(4).fill('ours'));
  const [, , routes, unit] = files.map(({ text }) => text);
  expect(routes?.split('\n').slice(1)).toEqual(['route replace 10.0.0.0/24 dev net-a', '']);
  expect(unit).toMatch(/^After=incus\.service$/m);
  expect(unit).toMatch(/^Before=incus-startup\.service$/m);
});
