import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadText } from '../load-text.test-kit.ts';
import { isOwnProject } from './names.ts';

const told = (text: string) => {
  const { infra, problems } = loadText(`project_name: p\n${text}`);
  return { infra, told: problems.map(({ severity, code }) => `${severity} ${code}`) };
};
const machine = (body: string) => told(`domains: {pro: {machines: {web: ${body}}}}\n`);

describe('what is loaded with a warning, and never refused', () => {
  it('services of a machine are kept as they are', () => {
    const { infra, told: problems } = machine('{services: [{name: files, tools: [read]}]}');
    expect(problems).toEqual([]);
    expect(infra?.domains[0]?.machines[0]?.services).toEqual([{ name: 'files', tools: ['read'] }]);
  });

  it('a storage volume without a path is made and not attached', () => {
    for (const volumes of ['{data: {size: 1GiB}}', '{data: }', '{data: {}}', '[{name: data}]']) {
      const { infra, told: problems } = machine(`{storage_volumes: ${volumes}}`);
      expect([volumes, problems]).toEqual([volumes, ['warning volume-without-path']]);
      const [volume] = infra?.domains[0]?.machines[0]?.storageVolumes ?? [];
      expect(volume?.name).toBe('data');
      expect(volume).not.toHaveProperty('path');
    }
    expect(machine('{storage_volumes: {data: {path: srv}}}').told).toEqual([
      'error invalid-volume',
    ]);
  });

  it('a file portal without paths lets nothing through', () => {
    for (const portal of ['{}', '{read_only: true}', '{allowed_paths: []}', '{allowed_paths: }']) {
      const { infra, told: problems } = told(`domains: {pro: {file_portal: ${portal}}}\n`);
      expect([portal, problems]).toEqual([portal, ['warning portal-without-paths']]);
      expect(infra?.domains[0]?.filePortal?.allowedPaths).toEqual([]);
    }
  });

  it.each([
    ['cpu', '8'],
    ['cpu', '100'],
    ['cpu', '"100%"'],
    ['cpu', '"250%"'],
    ['memory', '16'],
    ['memory', '900GiB'],
    ['memory', '"100%"'],
  ])('host_reserve.%s: %s leaves nothing to share out', (key, value) => {
    const { infra, told: problems } = told(
      `global: {resource_policy: {host_reserve: {${key}: ${value}}}}\ndomains: {pro: {machines: {web: {config: {limits.memory: 1GiB, limits.cpu: 1}}, db: {}}}}\n`,
    );
    expect(problems).toEqual(['warning reserve-too-large']);
    const db = infra?.domains[0]?.machines.find(({ name }) => name === 'db');
    expect(Object.keys(db?.config ?? {}).sort()).toEqual(
      key === 'cpu' ? ['limits.memory', 'limits.memory.enforce'] : ['limits.cpu.allowance'],
    );
  });

  it.each(['limits.memory: 900GiB', 'limits.cpu: 64', 'limits.cpu.allowance: 800%'])(
    'limits under a soft policy may pass what the host has: %s',
    (limit) => {
      const world = (policy: string) =>
        told(
          `global: {resource_policy: ${policy}}\ndomains: {pro: {machines: {web: {config: {${limit}}}, db: {}}}}\n`,
        ).told;
      for (const soft of ['true', '{}', '{memory_enforce: soft}', '{overcommit: true}'])
        expect([soft, world(soft)]).toEqual([soft, ['warning resources-exceeded']]);
      expect(world('{memory_enforce: hard}')).toEqual(['error resources-exceeded']);
    },
  );
});

describe('what is refused', () => {
  it('firewall_mode vm without the domain of the firewall machine', () => {
    const vm = 'global: {firewall_mode: vm}\n';
    for (const domains of [
      '{pro: {}}',
      '{anklume: {enabled: false}, pro: {}}',
      '{anklume: {managed: false, machines: {a: {}}}, pro: {}}',
    ])
      expect(told(`${vm}domains: ${domains}\n`).told).toContain('error firewall-without-domain');
    expect(told(`${vm}domains: {pro: {machines: {sys-firewall: {type: vm}}}}\n`).told).toEqual([]);
    expect(told(`${vm}domains: {anklume: {}, pro: {}}\n`).told).toEqual([]);
  });

  it('domains named like the projects that anklume makes for itself, all of them', () => {
    const src = join(import.meta.dirname, '../../..');
    const own = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) => [
        ...readFileSync(join(src, name), 'utf8').matchAll(
          /(?:PROJECT =|\n {2}project:) '(anklume-[a-z-]+)'/g,
        ),
      ])
      .map(([, name = '']) => name);
    expect(own.sort()).toEqual([
      ...['anklume-disposable', 'anklume-golden', 'anklume-test-runner', 'anklume-trash'],
    ]);
    for (const name of own) {
      expect(isOwnProject(name)).toBe(true);
      expect(told(`domains: {${name}: {}}\n`).told).toEqual(['error reserved-name']);
    }
    expect(told('domains: {anklume: {}, anklume-lab: {}}\n').told).toEqual([]);
  });

  it.each([
    '{config: {snapshots.schedule: "every day"}}',
    '{config: {snapshots.schedule: "0  2 * * *"}}',
    '{storage_volumes: {data: {path: /d, config: {snapshots.schedule: "@startup"}}}}',
    '{snapshots_schedule: "@reboot"}',
  ])('schedules that Incus does not know: %s', (body) => {
    expect(machine(body).told).toEqual(['error invalid-schedule']);
    const { told: known } = machine(body.replace(/"[^"]+"/, '"@daily, 0 2 * * mon"'));
    expect(known).toEqual([]);
  });

  it('schedules in profiles as well', () => {
    const profile = (schedule: string) =>
      told(
        `domains: {pro: {profiles: {often: {config: {snapshots.schedule: "${schedule}"}}}, machines: {web: {}}}}\n`,
      ).told;
    expect(profile('often')).toEqual(['error invalid-schedule']);
    expect(profile('@hourly')).toEqual([]);
    expect(profile('')).toEqual([]);
  });
});
