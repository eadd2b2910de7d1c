import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { anklume, clearAway, uniqueName } from '../support.ts';
import {
  ensureParts,
  fileIn,
  type Provisioned,
  projectOf,
  roleThatWrites,
  write,
} from './world.ts';

const domain = uniqueName('g');
const machine = `${domain}-1`;
let folder = '';

/** A role as people publish them: an archive with one folder. Nothing of it needs a network. */
async function publish(text: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-galaxy-'));
  try {
    await write(scratch, {
      'vendored/tasks/main.yml': roleThatWrites('/etc/vendored', text),
      'vendored/meta/main.yml':
        'galaxy_info: { author: tests, description: a test, license: MIT, min_ansible_version: "2.14" }\n',
    });
    await run(['tar', '-C', scratch, '-czf', join(folder, 'vendored.tar.gz'), 'vendored']);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const list = (version: number, source = './vendored.tar.gz') =>
  `# version ${version}\nroles:\n  - { name: vendored, src: '${source}' }\n`;

async function apply(): Promise<{ code: number | null; report: Provisioned; said: string }> {
  const { code, stdout, stderr } = await anklume(['apply', '--sync', '--json'], { cwd: folder });
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { provision: Provisioned };
  return { code, report: last.provision, said: stderr };
}

beforeAll(async () => {
  await ensureParts();
  folder = await projectOf({
    'infra.yml': `project_name: ${domain}
global: { base_subnet: "10.77", default_os_image: "images:debian/13" }
domains:
  ${domain}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${machine}: { ip: 10.77.1.1, roles: [vendored] }
`,
    'requirements.yml': list(1, 'git+file:///absent.git'),
    'roles_vendor/by_hand/tasks/main.yml': '--- []\n',
  });
  await publish('first');
}, 600_000);
afterAll(() => clearAway(folder, [domain]));

it('a role of requirements.yml that cannot be got is told with its reason, and nothing half stays', async () => {
  const { code, report, said } = await apply();
  expect(code).toBe(1);
  expect(said).toMatch(/vendored was NOT installed successfully.*absent\.git/);
  expect(report.machines).toMatchObject([{ machine, result: 'failed' }]);
  expect(await readdir(join(folder, 'roles_vendor'))).toEqual(['by_hand']);
});

// Matrix: PV-204
it('one that can is fetched once and applied; the next run asks nobody', async () => {
  await write(folder, { 'requirements.yml': list(1) });
  const first = await apply();
  expect([first.code, first.report.changed]).toEqual([0, 1]);
  expect(await fileIn(domain, machine, '/etc/vendored')).toBe('first');
  await rm(join(folder, 'vendored.tar.gz'));
  const second = await apply();
  expect([second.code, second.report.changed]).toEqual([0, 0]);
  expect(second.said).not.toContain('requirements.yml');
});

it('another list brings other roles, and leaves those that a person put there', async () => {
  await publish('second');
  await write(folder, { 'requirements.yml': list(2) });
  const { code, report } = await apply();
  expect([code, report.changed]).toEqual([0, 1]);
  expect(await fileIn(domain, machine, '/etc/vendored')).toBe('second');
  const byHand = join(folder, 'roles_vendor/by_hand/tasks/main.yml');
  expect(await readFile(byHand, 'utf8')).toBe('--- []\n');
});
