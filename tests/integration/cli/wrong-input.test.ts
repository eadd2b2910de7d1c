import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anklume } from '../support.ts';
import { testProject } from './projects.ts';

describe('an empty folder', () => {
  it.each(['sync', 'plan', 'apply', 'up', 'status', 'prove', 'network rules', 'domain list'])(
    '%s says what is missing, exit 2, and writes nothing',
    async (line) => {
      await using project = await testProject();
      const { code, stderr, stdout } = await anklume(line.split(' '), { cwd: project.folder });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain("'anklume init'");
      expect(await project.snapshot()).toEqual({});
    },
  );
});

describe('a wrong infra.yml', () => {
  const wrong = 'project_name: x\ndomains:\n  pro:\n    subnet_id: 999\n    machines: {}\n';

  it('P01-05: is told with file, line, column and the line itself; nothing is written', async () => {
    await using project = await testProject(wrong);
    const before = await project.snapshot();
    const { code, stderr } = await anklume(['sync'], { cwd: project.folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/infra\.yml:4:\d+/);
    expect(stderr).toContain('subnet_id: 999');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(await project.snapshot()).toEqual(before);
  });

  it('stops up before a sandbox is started', async () => {
    await using project = await testProject(wrong);
    const args = ['up', '--sandbox=never-started'];
    expect((await anklume(args, { cwd: project.folder })).code).toBe(2);
    const { stdout } = await anklume(['sandbox', 'status', '--json']);
    expect(stdout).not.toContain('never-started');
  });

  it("an optional value needs an equals sign: a word behind --sandbox is the command's own", async () => {
    await using project = await testProject(
      'project_name: x\ndomains: {pro: {machines: {dev: {}}}}\n',
    );
    await anklume(['sync'], { cwd: project.folder });
    for (const line of ['snapshot create --sandbox never-started', 'top --sandbox never-started']) {
      const { code, stderr } = await anklume(line.split(' '), { cwd: project.folder });
      expect(code).toBe(2);
      expect(stderr).toContain('--sandbox=never-started');
    }
    const { stdout } = await anklume(['sandbox', 'status', '--json']);
    expect(stdout).not.toMatch(/never-started|default/);
  });

  it('speaks French to French readers', async () => {
    await using project = await testProject(wrong);
    const env = { ANKLUME_LANG: 'fr' };
    const { stderr } = await anklume(['sync'], { cwd: project.folder, env });
    expect(stderr).toContain("Rien n'a été modifié");
  });

  it.each([
    ['sync --no-such-flag --json', 'No flag', 'Aucune option'],
    ['no-such-command --json', 'No command', 'Aucune commande'],
    ['network explain --json', 'is missing', 'manque'],
  ])('wrong words are one JSON object with --json too: %s', async (line, en, fr) => {
    for (const env of [{ ANKLUME_LANG: 'en' }, { ANKLUME_LANG: 'fr' }]) {
      const { code, stdout, stderr } = await anklume(line.split(' '), { env });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const told = JSON.parse(stderr);
      expect(told).toMatchObject({ type: 'error', code: 'usage', exit: 2, problems: [] });
      expect(told.message.en).toContain(en);
      expect(told.message.fr).toContain(fr);
    }
  });

  it('an error in the tree is placed from where the reader stands', async () => {
    await using project = await testProject(
      'project_name: x\ndomains: {pro: {machines: {dev: {}}}}\n',
    );
    await anklume(['sync'], { cwd: project.folder });
    const vars = join(project.folder, 'host_vars/dev.yml');
    await appendFile(vars, 'instance_ip: [wrong]\n');
    for (const [folder, place] of [
      ['.', 'host_vars/dev.yml:'],
      ['inventory', '../host_vars/dev.yml:'],
    ] as const) {
      const found = await anklume(['network', 'rules'], { cwd: join(project.folder, folder) });
      expect(found.code).toBe(2);
      expect(found.stderr).toContain(` ${place}`);
    }
  });

  // Matrix: DD-303
  it('is one JSON object with --json', async () => {
    await using project = await testProject(wrong);
    const { stdout, stderr } = await anklume(['sync', '--json'], { cwd: project.folder });
    expect(stdout).toBe('');
    const told = JSON.parse(stderr);
    expect(told).toMatchObject({ type: 'error', exit: 2 });
    expect(told.problems[0].place).toMatchObject({ line: 4 });
  });
});

describe('a daemon that is not there', () => {
  // Matrix: DD-304
  it('is an environment problem: exit 4, with the socket named', async () => {
    await using project = await testProject('project_name: x\ndomains: {}\n');
    await anklume(['sync'], { cwd: project.folder });
    const args = ['status', '--socket', '/nowhere/unix.socket'];
    await using full = await testProject();
    await anklume(['init', full.folder]);
    await anklume(['sync'], { cwd: full.folder });
    const { code, stderr } = await anklume(args, { cwd: full.folder });
    expect(code).toBe(4);
    expect(stderr).toContain('/nowhere/unix.socket');
  });

  it('two daemons at once are refused', async () => {
    await using project = await testProject();
    await anklume(['init', project.folder]);
    await anklume(['sync'], { cwd: project.folder });
    const args = ['status', '--socket', '/a', '--remote', 'b'];
    const { code, stderr } = await anklume(args, { cwd: project.folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--socket and --remote');
  });
});
