import { expect, it } from 'vitest';
import {
  BOOT_GUARD,
  BOOT_ROUTES,
  BOOT_ROUTES6,
  BOOT_RULES,
  BOOT_UNIT,
  bootFiles,
  ownerOf,
  ROUTES_UNIT,
} from './boot-files.ts';

const host = (rules: string) => ({ rules, routes: [] });

it('writes the rules and a unit, and knows its own files from others', () => {
  const files = bootFiles(host('table inet anklume { }\n'));
  expect(files.map(({ path }) => path)).toEqual([BOOT_RULES, BOOT_GUARD, BOOT_UNIT]);
  for (const { text } of files) {
    expect(ownerOf(text)).toBe('ours');
    expect(ownerOf(`${text}# a line by hand\n`)).toBe('edited');
    expect(ownerOf(text.split('\n').slice(1).join('\n'))).toBe('foreign');
  }
  expect(ownerOf('')).toBe('foreign');
  expect(bootFiles(host('other\n'))[2]).toEqual(files[2]);
});

it('loads them before Incus, and after and with the host rules that empty the kernel', () => {
  const unit = bootFiles(host(''))[2]?.text ?? '';
  expect(unit).toMatch(/^Before=.*\bnetwork-pre\.target\b.*\bincus\.service\b/m);
  expect(unit).toMatch(/^After=.*\bnftables\.service\b/m);
  expect(unit).toContain('PartOf=nftables.service');
  expect(unit).toContain(`ExecStartPre=nft -f ${BOOT_GUARD}\nExecStart=nft -f ${BOOT_RULES}\n`);
});

it('with a firewall machine, adds the routes after Incus has made the bridges', () => {
  const files = bootFiles({ rules: '', routes: ['route replace 10.0.0.0/24 dev net-a'] });
  expect(files.map(({ path }) => path)).toEqual([
    ...[BOOT_RULES, BOOT_GUARD, BOOT_UNIT],
    ...[BOOT_ROUTES, ROUTES_UNIT],
  ]);
  expect(files.map(({ text }) => ownerOf(text))).toEqual(Array(5).fill('ours'));
  const [, , , routes, unit] = files.map(({ text }) => text);
  expect(routes?.split('\n').slice(1)).toEqual(['route replace 10.0.0.0/24 dev net-a', '']);
  expect(unit).toMatch(/^After=incus\.service$/m);
  expect(unit).toMatch(/^Before=incus-startup\.service$/m);
});

it('IPv6 has a file of its own, as a batch cannot name its family', () => {
  const four = ['route replace 10.0.0.0/24 dev net-a'];
  const six = ['-6 route replace fd00::/64 dev net-a', '-6 rule add iif net-a lookup 7'];
  const files = bootFiles({ rules: '', routes: [six[0] ?? '', ...four, six[1] ?? ''] });
  expect(files.map(({ path }) => path)).toEqual([
    ...[BOOT_RULES, BOOT_GUARD, BOOT_UNIT, BOOT_ROUTES, BOOT_ROUTES6, ROUTES_UNIT],
  ]);
  const [, , , routes, routes6, unit] = files.map(({ text }) => text.split('\n').slice(1));
  expect(routes).toEqual([...four, '']);
  expect(routes6).toEqual([...six.map((line) => line.slice(3)), '']);
  expect(unit?.filter((line) => line.startsWith('ExecStart='))).toEqual([
    `ExecStart=-ip -force -batch ${BOOT_ROUTES}`,
    `ExecStart=-ip -6 -force -batch ${BOOT_ROUTES6}`,
  ]);
  const [, , , , plain] = bootFiles({ rules: '', routes: four });
  expect(plain?.text).not.toContain('-6');
});

it('closes the bridges of the rules before them, and ends that with them', () => {
  const rules =
    'table inet anklume {\n\tset bridges {\n\t\ttype ifname\n\t\telements = { "net-a", "net-b" }\n\t}\n}\n';
  const [loaded, guard] = bootFiles(host(rules)).map(({ text }) => text);
  expect(guard).toContain('iifname { "net-a", "net-b" } counter drop');
  expect(guard).toContain('oifname { "net-a", "net-b" } counter drop');
  expect(loaded).toContain('delete table inet anklume-boot\n');
  expect(loaded?.endsWith(rules)).toBe(true);
});
