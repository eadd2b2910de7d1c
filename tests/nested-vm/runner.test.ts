import { afterAll, expect, inject, it } from 'vitest';
import { anklume, incusCli, resultOf } from '../integration/support.ts';

interface Made {
  readonly kind: string;
  readonly created: boolean;
}

interface Line {
  readonly type: string;
  readonly role?: string;
  readonly ok?: boolean;
}

/** The runner installs packages, and so the sandbox gets a way out. */
const run = (...words: string[]) =>
  anklume([...words, `--sandbox=${inject('sandbox')}`, '--yes', '--json']);

afterAll(async () => {
  await run('dev', 'test-runner-delete');
});

it('P16-06: where virtual machines run, the runner is one, with a kernel and an Incus of its own', async () => {
  const outcome = await run('test-runner-create');
  expect(outcome.code, outcome.stderr.slice(-4000)).toBe(0);
  expect(resultOf<Made>(outcome)).toMatchObject({ kind: 'vm', created: true });
  const project = ['--project', 'anklume-test-runner'];
  const columns = ['list', ...project, '--format', 'csv', '--columns', 'nst'];
  expect(await incusCli(...columns)).toBe('test-runner,RUNNING,VIRTUAL-MACHINE');
  const inside = ['exec', 'test-runner', ...project, '--'];
  expect(await incusCli(...inside, 'systemd-detect-virt')).toMatch(/^(qemu|kvm)$/);
  const networks = ['incus', 'network', 'list', '--format', 'csv'];
  expect(await incusCli(...inside, ...networks)).toContain('incusbr0');
});

it('P16-06: a role is tested in it, and it goes when that is asked', async () => {
  const outcome = await run('test-sandboxed', 'machine_ready', '--delete');
  expect(outcome.code, outcome.stderr.slice(-4000)).toBe(0);
  const lines = outcome.stdout.split('\n').filter(Boolean);
  const results = lines.map((line) => JSON.parse(line) as Line);
  expect(results.map(({ role, ok }) => [role, ok])).toContainEqual(['machine_ready', true]);
  const names = ['list', '--all-projects', '--format', 'csv', '--columns', 'n'];
  expect(await incusCli(...names)).not.toContain('test-runner');
});
