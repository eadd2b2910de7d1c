import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { run } from '../../src/base/system/index.ts';

const MACHINES = {
  alpha: ['a1', 'a2', 'a3'],
  beta: ['b1', 'b2'],
  gamma: ['g1', 'g2', 'g3'],
};

/** A project folder with three domains and eight machines, or with none of them. */
export async function faultProject(): Promise<{ root: string } & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'anklume-faults-'));
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Declares the full world, or the same with no machine in it. */
export async function declare(root: string, full: boolean): Promise<void> {
  const lines = [
    'project_name: faults',
    'global:',
    '  base_subnet: "10.83"',
    '  default_os_image: probe',
    'domains:',
  ];
  Object.entries(MACHINES).forEach(([domain, names], id) => {
    if (!full && domain !== 'alpha') return;
    lines.push(`  ${domain}:`, `    subnet_id: ${id + 1}`, '    ephemeral: true');
    lines.push(full ? '    machines:' : '    machines: {}');
    if (full) for (const name of names) lines.push(`      ${name}: { type: lxc }`);
  });
  await writeFile(join(root, 'infra.yml'), `${lines.join('\n')}\n`);
}

/** Every object of this project as the API shows it, without what differs from one creation to the next. */
export async function worldOf(infrastructure = 'faults'): Promise<unknown> {
  const lists = {
    networks: '/1.0/networks?recursion=1',
    projects: '/1.0/projects?recursion=1',
    profiles: '/1.0/profiles?recursion=1&all-projects=true',
    instances: '/1.0/instances?recursion=1&all-projects=true',
  };
  const world: Record<string, unknown> = {};
  for (const [kind, path] of Object.entries(lists)) {
    const { stdout } = await run(['incus', 'query', path], {
      env: { INCUS_DIR: inject('incusDir') },
    });
    const objects = JSON.parse(stdout) as Record<string, unknown>[];
    world[kind] = objects.filter(isOf(infrastructure)).map(lasting).sort(byIdentity);
  }
  return world;
}

function isOf(infrastructure: string) {
  return (object: Record<string, unknown>): boolean => {
    const config = object.config as Record<string, string> | null;
    return config?.['user.anklume.project'] === infrastructure;
  };
}

/** Dates, volatile keys and back references say how a thing came about, not what it is. */
function lasting(object: Record<string, unknown>): Record<string, unknown> {
  const passing = ['created_at', 'last_used_at', 'used_by', 'expanded_config', 'location'];
  const kept = Object.entries(object).filter(([key]) => !passing.includes(key));
  const config = Object.entries(object.config as Record<string, string>).filter(
    ([key]) => !key.startsWith('volatile.'),
  );
  return { ...Object.fromEntries(kept), config: Object.fromEntries(config.sort()) };
}

function byIdentity(a: Record<string, unknown>, b: Record<string, unknown>): number {
  const name = (object: Record<string, unknown>) => `${object.project}/${object.name}`;
  return name(a).localeCompare(name(b));
}
