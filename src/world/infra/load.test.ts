import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorsOf } from '../../base/messages/index.ts';
import { findInfra, loadInfra, loadTexts, type ResolveContext } from './index.ts';

const CONTEXT: ResolveContext = {
  nesting: { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false },
};

const WORLD = `project_name: demo
global:
  base_subnet: "10.100"
  default_os_image: images:debian/13
domains:
  anklume:
    subnet_id: 0
    machines:
      anklume-instance: {ip: 10.100.0.10}
  pro:
    subnet_id: 2
    machines:
      pro-dev: {ip: 10.100.2.10}
  perso:
    subnet_id: 1
    machines:
      perso-desktop: {ip: 10.100.1.10}
  homelab:
    subnet_id: 3
    machines:
      homelab-llm: {ip: 10.100.3.10}
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-infra-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, text: string | Uint8Array) => {
  const file = join(folder, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
};
const one = (text: string, context = CONTEXT) =>
  loadTexts([{ file: 'infra.yml', part: 'whole', text }], context);
const codes = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code);

describe('a world that is right', () => {
  // Matrix: IN-101
  it('P01-02: the four domains get these names, bridges and addresses', async () => {
    const { infra, problems } = await loadInfra(await put('infra.yml', WORLD), CONTEXT);
    expect(problems).toEqual([]);
    expect(
      infra?.domains.map(({ name, bridge, gateway, machines }) => [
        name,
        bridge,
        gateway,
        machines.map((machine) => `${machine.name} ${machine.ip}`),
      ]),
    ).toEqual([
      ['anklume', 'net-anklume', '10.100.0.254', ['anklume-instance 10.100.0.10']],
      ['homelab', 'net-homelab', '10.100.3.254', ['homelab-llm 10.100.3.10']],
      ['perso', 'net-perso', '10.100.1.254', ['perso-desktop 10.100.1.10']],
      ['pro', 'net-pro', '10.100.2.254', ['pro-dev 10.100.2.10']],
    ]);
  });

  it('cannot be changed by those who read it', () => {
    const { infra } = one(WORLD);
    expect(Object.isFrozen(infra?.domains[0]?.machines[0]?.config)).toBe(true);
  });

  it('may leave bodies empty', () => {
    const { infra, problems } = one(
      'project_name: p\ndomains:\n  lab:\n    machines:\n      web:\n',
    );
    expect(problems).toEqual([]);
    expect(infra?.domains[0]?.machines[0]?.ip).toMatch(/^10\.100\.\d+\.\d+$/);
  });

  it('reads yes and no as older files meant them', () => {
    const { infra } = one('project_name: p\ndomains: {lab: {ephemeral: yes, machines: {web: }}}');
    expect(infra?.domains[0]?.machines[0]?.ephemeral).toBe(true);
  });

  it('leaves disabled domains out and drops their policies', () => {
    const text = `${WORLD}  old: {enabled: false, machines: {relic: }}
network_policies:
  - {from: old, to: pro, ports: all}
  - {from: perso, to: pro, ports: [443, 80, 443]}
`;
    const { infra, problems } = one(text);
    expect(problems).toEqual([]);
    expect(infra?.domains.map(({ name }) => name)).not.toContain('old');
    expect(infra?.policies.map(({ from, ports }) => [from, ports])).toEqual([['perso', [80, 443]]]);
  });

  it('still checks disabled domains', () => {
    const { problems } = one(`${WORLD}  old: {enabled: false, subnet_id: 3}\n`);
    expect(codes(problems)).toEqual(['duplicate-subnet']);
  });
});

describe('problems', () => {
  it('P01-05: name the value and both places, all at once', () => {
    const text = WORLD.replace('subnet_id: 1', 'subnet_id: 2').replace(
      '10.100.3.10',
      '10.100.3.254',
    );
    const { infra, problems } = one(text);
    expect(infra).toBeUndefined();
    const twin = problems.find(({ code }) => code === 'duplicate-subnet');
    expect(twin?.message.en).toContain('2');
    expect(twin?.place).toEqual({
      file: 'infra.yml',
      line: 15,
      column: 16,
      source: '    subnet_id: 2',
    });
    expect(twin?.related?.line).toBe(11);
    expect(codes(problems)).toContain('address-is-gateway');
  });

  // Matrix: IN-301
  it('P22-16: duplicate addresses over two domains are found', () => {
    const { problems } = one(WORLD.replace('10.100.1.10', '10.100.2.10'));
    expect(codes(problems)).toContain('duplicate-address');
    expect(codes(problems)).toContain('address-outside-subnet');
  });

  // Matrix: IN-302
  it('P22-18, P16-08: a wrong policy is told with its number and value', () => {
    const { problems } = one(
      `${WORLD}network_policies:\n  - {from: perso, to: prod, ports: [0], protocol: sctp}\n`,
    );
    expect(codes(problems).sort()).toEqual([
      'invalid-port',
      'invalid-protocol',
      'unknown-policy-end',
    ]);
    const unknown = problems.find(({ code }) => code === 'unknown-policy-end');
    expect(unknown?.message.en).toBe(
      "Policy 1 says 'to: prod', but no domain or machine has that name.",
    );
    expect(unknown?.remedy?.en).toBe("Did you mean 'pro'?");
  });

  it('do not repeat themselves as echoes of a wrong value', () => {
    expect(codes(one(WORLD.replace('"10.100"', '10.300')).problems)).toEqual([
      'invalid-base-subnet',
    ]);
    expect(codes(one(WORLD.replace('"10.100"', '"10.300"')).problems)).toEqual([
      'invalid-base-subnet',
    ]);
    expect(codes(one(WORLD.replace('subnet_id: 1', 'subnet_id: one')).problems)).toEqual([
      'invalid-subnet-id',
    ]);
  });

  // Matrix: IN-303
  it('an unknown key is a warning with a suggestion, an error when strict', () => {
    const text = WORLD.replace('ip: 10.100.0.10', 'ip: 10.100.0.10, rols: [x]');
    const lenient = one(text);
    expect(lenient.infra).toBeDefined();
    expect(lenient.problems[0]?.message.en).toContain("did you mean 'roles'");
    const strict = one(text, { ...CONTEXT, strict: true });
    expect(strict.infra).toBeUndefined();
    expect(strict.problems[0]?.severity).toBe('error');
  });
});

describe('files', () => {
  it.each([
    ['not-utf8', Uint8Array.of(0x61, 0xff, 0xfe)],
    ['binary-file', 'a: \u0000'],
    ['file-too-large', 'a'.repeat(2 * 1024 * 1024 + 1)],
    ['missing-key', ''],
    ['wrong-type', '- a\n- b\n'],
    ['wrong-type', 'hello'],
  ])('%s is a problem, not a crash', async (code, bytes) => {
    const { infra, problems } = await loadInfra(await put('infra.yml', bytes), CONTEXT);
    expect(infra).toBeUndefined();
    expect(codes(problems)).toContain(code);
    expect(problems[0]?.place?.file).toBe(join(folder, 'infra.yml'));
  });

  it('a folder named infra.yml, links in circles and missing files are problems', async () => {
    await mkdir(join(folder, 'infra.yml'));
    await symlink('b.yml', join(folder, 'a.yml'));
    await symlink('a.yml', join(folder, 'b.yml'));
    await symlink('/dev/zero', join(folder, 'zero.yml'));
    const load = async (name: string) =>
      codes((await loadInfra(join(folder, name), CONTEXT)).problems);
    expect(await load('infra.yml')).toEqual(['not-a-file']);
    expect(await load('a.yml')).toEqual(['unreadable-file']);
    expect(await load('zero.yml')).toEqual(['not-a-file']);
    expect(await load('none.yml')).toEqual(['unreadable-file']);
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read is a problem', async () => {
    const file = await put('infra.yml', WORLD);
    await chmod(file, 0);
    expect(codes((await loadInfra(file, CONTEXT)).problems)).toEqual(['unreadable-file']);
  });
});

describe('a folder infra/', () => {
  const base = 'project_name: demo\nglobal: {base_subnet: "10.100"}\n';
  const load = () => loadInfra(join(folder, 'infra'), CONTEXT);

  it('P16-11: takes wrapped and bare domain files, and places problems in them', async () => {
    await put('infra/base.yml', base);
    await put('infra/domains/a.yml', 'domains:\n  pro: {subnet_id: 1}\n');
    await put('infra/domains/b.yml', 'perso:\n  subnet_id: 1\n');
    await put('infra/policies.yml', 'network_policies:\n  - {from: pro, to: nobody, ports: all}\n');
    const { problems } = await load();
    expect(problems.map(({ code, place }) => [code, place?.file, place?.line])).toEqual([
      ['duplicate-subnet', join(folder, 'infra/domains/b.yml'), 2],
      ['unknown-policy-end', join(folder, 'infra/policies.yml'), 2],
    ]);
    expect(problems[0]?.related?.file).toBe(join(folder, 'infra/domains/a.yml'));
  });

  it('tells a domain declared in two files, a misplaced key, and a missing base.yml', async () => {
    await put('infra/domains/a.yml', 'domains:\n  pro:\nglobal: {}\n');
    await put('infra/domains/b.yml', 'pro:\n  subnet_id: 1\n');
    expect(codes((await load()).problems)).toEqual(
      expect.arrayContaining(['missing-base-file', 'misplaced-key', 'duplicate-domain']),
    );
  });

  it('takes a folder without domains', async () => {
    await put('infra/base.yml', base);
    expect((await load()).infra?.domains).toEqual([]);
  });

  it('a folder in the place of a file is a problem', async () => {
    await put('infra/base.yml', base);
    await put('infra/policies.yml/x', '');
    await put('infra/domains/x.yml/y', '');
    expect(codes((await load()).problems)).toEqual(['not-a-file', 'not-a-file']);
  });
});

describe('findInfra', () => {
  it('P16-12: finds either form from a folder below', async () => {
    const file = await put('one/infra.yml', WORLD);
    await put('two/infra/base.yml', WORLD);
    await mkdir(join(folder, 'one/a/b'), { recursive: true });
    await mkdir(join(folder, 'two/a/b'), { recursive: true });
    expect(await findInfra(join(folder, 'one/a/b'))).toEqual({
      path: file,
      root: join(folder, 'one'),
    });
    expect(await findInfra(join(folder, 'two/a/b'))).toEqual({
      path: join(folder, 'two/infra'),
      root: join(folder, 'two'),
    });
  });

  it('P16-12: both forms, or none, is an error that says what to do', async () => {
    expect(await findInfra(folder)).toMatchObject({ code: 'no-infra' });
    await put('infra.yml', WORLD);
    await put('infra/base.yml', WORLD);
    const both = await findInfra(folder);
    expect(both).toMatchObject({ code: 'two-worlds' });
    expect('remedy' in both && both.remedy?.en).toContain(join(folder, 'infra.yml'));
  });

  it('errorsOf tells errors from warnings (P10-03)', () => {
    const { infra, problems } = one(WORLD.replace('perso:', 'perso:\n    trust_level: untrusted'));
    expect(infra).toBeDefined();
    expect(codes(problems)).toEqual(['untrusted-container']);
    expect(errorsOf(problems)).toEqual([]);
  });
});
