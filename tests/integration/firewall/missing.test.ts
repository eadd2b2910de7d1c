import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { anklume, resultOf, uniqueName } from '../support.ts';
import { betweenMachines, type Up } from './looks.ts';
import { projectOf, removeWorld, up, worldText } from './world.ts';

const tag = uniqueName('f');

describe('what is missing is told', () => {
  it('P11-09: sync passes without a firewall machine, and not without the domain to put it in', async () => {
    const world = (domains: string) =>
      `project_name: p\nglobal: { firewall_mode: vm }\ndomains: { ${domains}lab: { machines: { web: {} } } }\n`;
    for (const [domains, expected] of [
      ['anklume: {}, ', 0],
      ['', 2],
    ] as const) {
      const folder = await projectOf(world(domains));
      const { code, stderr, stdout } = await anklume(['sync'], { cwd: folder });
      expect([domains, code]).toEqual([domains, expected]);
      expect((stdout + stderr).includes('firewall-without-domain')).toBe(code === 2);
      await rm(folder, { recursive: true });
    }
  });

  it('an image without nft is named, and domains stay closed', async () => {
    const names = { adm: `${tag}n`, zeta: `${tag}y`, beta: `${tag}c`, lab: `${tag}k` };
    const text = worldText(names, 'vm').replace('images:debian/13', 'probe');
    const folder = await projectOf(text);
    try {
      const report = resultOf<Up>(await up(folder, text));
      expect(report.firewall?.failure?.code).toBe('router-without-nft');
      const crossing = report.proof.cells
        .filter(betweenMachines)
        .filter(({ from, to }) => from.slice(0, -2) !== to.slice(0, -2));
      expect(crossing.length).toBeGreaterThan(50);
      expect(crossing.every(({ measured }) => measured === 'closed')).toBe(true);
      expect(report.good).toBe(false);
    } finally {
      await removeWorld(folder, names, []);
    }
  });
});
