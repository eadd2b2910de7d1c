import { describe, expect, it } from 'vitest';
import { codesOf, loadText } from './load-text.test-kit.ts';

const world = (domains: string, policies = '[]') =>
  loadText(`project_name: r\nglobal: {}\ndomains:\n${domains}network_policies: ${policies}\n`);
const machines = (loaded: ReturnType<typeof loadText>) =>
  (loaded.infra?.domains ?? []).flatMap((domain) => domain.machines);

describe('B07-12: one entry for many', () => {
  it('a class of 30 by a count, with numbers of one width', () => {
    const names = machines(world('  class: { machines: { student: { count: 30 } } }\n')).map(
      ({ name }) => name,
    );
    expect(names).toHaveLength(30);
    expect([names[0], names[29]]).toEqual(['student-01', 'student-30']);
  });

  it('by a range in the name, as it is written there', () => {
    const names = machines(
      world('  class: { machines: { "pc-[008-011]-a": {}, "b[1:2]": {} } }\n'),
    ).map(({ name }) => name);
    expect(names).toEqual(['b1', 'b2', 'pc-008-a', 'pc-009-a', 'pc-010-a', 'pc-011-a']);
  });

  it('{n} and {name} in texts and keys, the address of the first, a volume for each', () => {
    const found = machines(
      world(
        '  class:\n    subnet_id: 5\n    machines:\n      s:\n        count: 2\n        ip: 10.100.5.20\n' +
          '        description: "place {n}"\n        storage_volumes: { "{name}-data": { path: /data } }\n',
      ),
    );
    expect(
      found.map(({ ip, description, storageVolumes }) => [
        ip,
        description,
        storageVolumes[0]?.name,
      ]),
    ).toEqual([
      ['10.100.5.20', 'place 1', 's-1-data'],
      ['10.100.5.21', 'place 2', 's-2-data'],
    ]);
  });

  it('domains too, with machines that begin with the name of theirs', () => {
    const { infra } = world(
      '  group: { count: 2, subnet_id: 7, machines: { pc: { count: 2 }, box: {} } }\n',
    );
    expect(infra?.domains.map(({ name, subnetId }) => [name, subnetId])).toEqual([
      ['group-1', 7],
      ['group-2', 8],
    ]);
    expect(infra?.domains[1]?.machines.map(({ name }) => name)).toEqual([
      'group-2-box',
      'group-2-pc-1',
      'group-2-pc-2',
    ]);
  });

  it('a policy that names it is one for each', () => {
    const { infra } = world(
      '  class: { machines: { s: { count: 2 }, teacher: {} } }\n',
      '[{ from: s, to: teacher, ports: [80], protocol: tcp }, { from: teacher, to: class, ports: [22], protocol: tcp }]',
    );
    expect(infra?.policies.map(({ from, to }) => [from, to])).toEqual([
      ['s-1', 'teacher'],
      ['s-2', 'teacher'],
      ['teacher', 'class'],
    ]);
  });

  it('what is wrong with it is told once, where it stands', () => {
    const { problems } = world('  class: { machines: { s: { count: 30, profiles: [nope] } } }\n');
    expect(problems.map(({ code, place }) => [code, place?.line])).toEqual([
      ['unknown-profile', 4],
    ]);
  });

  it('a wrong policy is found behind one that stands for many', () => {
    const { problems } = world(
      '  class: { machines: { s: { count: 3 }, t: {} } }\n',
      '\n  - { from: s, to: t, ports: [1], protocol: tcp }\n  - { from: t, to: nobody, ports: [1], protocol: tcp }\n',
    );
    expect(problems.map(({ code, place }) => [code, place?.line])).toEqual([
      ['unknown-policy-end', 7],
    ]);
  });

  it.each([
    ['{ s: { count: 0 } }', 'invalid-count'],
    ['{ s: { count: 1001 } }', 'invalid-count'],
    ['{ s: { count: 1.5 } }', 'invalid-count'],
    ['{ s: { count: many } }', 'invalid-count'],
    ['{ "s-[3-1]": {} }', 'invalid-pattern'],
    ['{ "s-[1-2]-[1-2]": {} }', 'invalid-pattern'],
    ['{ "s-[a-b]": {} }', 'invalid-pattern'],
    ['{ "s-[1-2]": { count: 2 } }', 'count-and-pattern'],
    ['{ s: { count: 2 }, s-1: {} }', 'duplicate-entry'],
  ])('%s: %s', (text, code) => {
    expect(codesOf(world(`  class: { machines: ${text} }\n`))).toContain(code);
  });

  it('refuses what would fill the memory, at once', () => {
    const loaded = world('  d: { count: 1000, machines: { m: { count: 1000 } } }\n');
    expect(codesOf(loaded)).toContain('too-many-entries');
  });
});
