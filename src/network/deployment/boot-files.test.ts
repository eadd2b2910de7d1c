import { expect, it } from 'vitest';
import { BOOT_RULES, BOOT_UNIT, bootFiles, ownerOf } from './boot-files.ts';

it('writes the rules and a unit, and knows its own files from others', () => {
  const files = bootFiles('table inet anklume { }\n');
  expect(files.map(({ path }) => path)).toEqual([BOOT_RULES, BOOT_UNIT]);
  for (const { text } of files) {
    expect(ownerOf(text)).toBe('ours');
    expect(ownerOf(`${text}# a line by hand\n`)).toBe('edited');
    expect(ownerOf(text.split('\n').slice(1).join('\n'))).toBe('foreign');
  }
  expect(ownerOf('')).toBe('foreign');
  expect(bootFiles('other\n')[1]).toEqual(files[1]);
});

it('loads them before Incus, and after and with the host rules that empty the kernel', () => {
  const unit = bootFiles('')[1]?.text ?? '';
  expect(unit).toMatch(/^Before=.*\bnetwork-pre\.target\b.*\bincus\.service\b/m);
  expect(unit).toMatch(/^After=.*\bnftables\.service\b/m);
  expect(unit).toContain('PartOf=nftables.service');
  expect(unit).toContain(`ExecStart=nft -f ${BOOT_RULES}\n`);
});
