import { describe, expect, it } from 'vitest';
import { installedIn, MANAGERS } from './managers.ts';

describe('package managers, by their recorded answers', () => {
  it('apt: what is new is planned, what is newer is not', () => {
    const text = [
      'Reading package lists...',
      'Inst libc6 [2.41-1] (2.41-2 Debian:13/stable [amd64])',
      'Inst lxcfs (6.0.4-1 Debian:13/stable [amd64])',
      'Inst libaio1t64:amd64 (0.3.113-8 Debian:13/stable [amd64])',
      'Conf lxcfs (6.0.4-1 Debian:13/stable [amd64])',
      'Inst --evil (1 x)',
    ].join('\n');
    expect(MANAGERS.apt.planned(text)).toEqual(['lxcfs', 'libaio1t64']);
    const removal = 'Purg lxcfs [6.0.4-1]\nRemv foo [1]\n';
    expect(MANAGERS.apt.plannedRemoval(removal)).toEqual(['lxcfs', 'foo']);
  });

  it('what is installed: apt and dnf say so beside the name, pacman gives names', () => {
    const apt = 'installed bash\nconfig-files vim\nnot-installed x\n';
    expect([...installedIn(apt)]).toEqual(['bash']);
    expect([...installedIn('installed incus\ninstalled nftables\n')]).toEqual([
      'incus',
      'nftables',
    ]);
    expect([...installedIn('incus\nlinux\n--bad\n')]).toEqual(['incus', 'linux']);
  });

  it('pacman plans by name', () => {
    expect(MANAGERS.pacman.planned('lxc\nincus\n')).toEqual(['lxc', 'incus']);
  });

  it('every manager fetches everything before it installs anything', () => {
    for (const { download, install } of Object.values(MANAGERS)) {
      expect(download.join(' ')).toMatch(/--download-?only/);
      expect(install.join(' ')).not.toMatch(/--download-?only/);
    }
  });
});
