import { describe, expect, it } from 'vitest';
import { mergeSources } from './merge.ts';
import type { SourceText } from './sources.ts';

const base = (text: string): SourceText => ({ file: 'infra/base.yml', part: 'base', text });
const domains = (text: string, name = 'pro'): SourceText => ({
  file: `infra/domains/${name}.yml`,
  part: 'domains',
  text,
});
const policies = (text: string): SourceText => ({
  file: 'infra/policies.yml',
  part: 'policies',
  text,
});
const BASE = base('project_name: home\nglobal: { base_subnet: "10.1" }\n');

const merged = (...texts: SourceText[]) => {
  const { value, problems } = mergeSources(texts);
  expect(problems).toEqual([]);
  return value;
};
/** What is wrong, and where: `code path file:line, before that file:line`. */
const wrong = (...texts: SourceText[]) =>
  mergeSources(texts).problems.map(({ code, severity, path, place, related }) =>
    [
      `${severity} ${code} ${path.join('/')} ${place?.file}:${place?.line}`,
      ...(related ? [`${related.file}:${related.line}`] : []),
    ].join(', '),
  );
const placeOf = (path: readonly string[], ...texts: SourceText[]) => {
  const place = mergeSources(texts).placer(path);
  return place && `${place.file}:${place.line}`;
};

describe('the files of a folder', () => {
  it('make one value: what is general, the domains of every file, and the policies', () => {
    expect(
      merged(
        base('project_name: home\ndomains:\n  first: { subnet_id: 1 }\n'),
        domains('pro: { subnet_id: 2 }\n'),
        domains('domains:\n  lab: { subnet_id: 3 }\n', 'lab'),
        policies('network_policies: [{ from: pro, to: lab }]\nservices: {}\n'),
      ),
    ).toEqual({
      project_name: 'home',
      domains: { first: { subnet_id: 1 }, pro: { subnet_id: 2 }, lab: { subnet_id: 3 } },
      network_policies: [{ from: 'pro', to: 'lab' }],
      services: {},
    });
  });

  it('policies may be a bare list', () => {
    expect(merged(BASE, policies('- { from: a, to: b }\n'))).toMatchObject({
      network_policies: [{ from: 'a', to: 'b' }],
    });
  });

  it('an empty one adds nothing', () => {
    const general = { project_name: 'home', global: { base_subnet: '10.1' }, domains: {} };
    for (const text of ['', '# later\n', '~\n'])
      expect(merged(BASE, domains(text), policies(text))).toEqual(general);
    expect(merged(base(''))).toEqual({ domains: {} });
    expect(merged(domains('pro: {}\n'))).toEqual({ domains: { pro: {} } });
  });

  it('one that is no mapping is told at its place, and the others count', () => {
    expect(wrong(base('- one\n'))).toEqual(['error wrong-type  infra/base.yml:1']);
    expect(wrong(BASE, domains('word\n'))).toEqual(['error wrong-type  infra/domains/pro.yml:1']);
    expect(wrong(BASE, domains('[pro]\n'))).toEqual(['error wrong-type  infra/domains/pro.yml:1']);
    expect(wrong(BASE, policies('word\n'))).toEqual(['error wrong-type  infra/policies.yml:1']);
    const { value } = mergeSources([base('word\n'), domains('pro: {}\n')]);
    expect(value).toEqual({ domains: { pro: {} } });
  });

  it('a key that belongs elsewhere is told where it stands', () => {
    expect(wrong(BASE, domains('domains:\n  pro: {}\nglobal: {}\n'))).toEqual([
      'error misplaced-key global infra/domains/pro.yml:3',
    ]);
    expect(wrong(BASE, policies('services: {}\ndomains: {}\n'))).toEqual([
      'error misplaced-key domains infra/policies.yml:2',
    ]);
  });

  it('a domain or a key that two files declare is told with both places, and the first counts', () => {
    const both = [domains('# one\npro: { subnet_id: 1 }\n'), domains('pro: {}\n', 'again')];
    expect(wrong(BASE, ...both)).toEqual([
      'error duplicate-domain domains/pro infra/domains/again.yml:1, infra/domains/pro.yml:2',
    ]);
    expect(mergeSources([BASE, ...both]).value).toMatchObject({
      domains: { pro: { subnet_id: 1 } },
    });
    expect(
      wrong(base('project_name: home\nservices: {}\n'), policies('\nservices: { a: {} }\n')),
    ).toEqual(['error duplicate-key services infra/policies.yml:2, infra/base.yml:2']);
    expect(
      wrong(base('network_policies: []\n'), policies('# list\n- { from: a, to: b }\n')),
    ).toEqual(['error duplicate-key network_policies infra/policies.yml:2, infra/base.yml:1']);
  });

  it('what does not parse is told with the rest', () => {
    expect(wrong(BASE, domains('pro: {\n')).length).toBeGreaterThan(0);
  });
});

describe('the place of a part', () => {
  const texts = [
    base('project_name: home\ndomains:\n  first:\n    subnet_id: 1\n'),
    domains('pro:\n  machines:\n    web: {}\n'),
    domains('# lab\ndomains:\n  lab:\n    subnet_id: 3\n', 'lab'),
    policies('# all\n- from: a\n  to: b\n- from: c\n  to: d\n'),
  ];

  it('is in the file that holds it, under the path that it has there', () => {
    expect(placeOf(['project_name'], ...texts)).toBe('infra/base.yml:1');
    expect(placeOf(['domains', 'first', 'subnet_id'], ...texts)).toBe('infra/base.yml:4');
    expect(placeOf(['domains', 'pro', 'machines', 'web'], ...texts)).toBe(
      'infra/domains/pro.yml:3',
    );
    expect(placeOf(['domains', 'lab', 'subnet_id'], ...texts)).toBe('infra/domains/lab.yml:4');
    expect(placeOf(['network_policies', '1', 'to'], ...texts)).toBe('infra/policies.yml:5');
  });

  it('of what no file holds is the first file, and of nothing none', () => {
    expect(placeOf(['global'], ...texts)).toBe('infra/base.yml:1');
    expect(placeOf([], ...texts)).toBe('infra/base.yml:1');
    expect(placeOf(['domains'], ...texts)).toBe('infra/base.yml:1');
    expect(placeOf(['global'], policies('# none\n- { from: a, to: b }\n'))).toMatch(
      /^infra\/policies\.yml:/,
    );
    expect(placeOf(['global'], domains('pro: {}\n'), policies('[]\n'))).toMatch(/domains\/pro/);
    expect(mergeSources([]).placer(['global'])).toBeUndefined();
  });
});

it('a single file stays what it is', () => {
  const whole = { file: 'infra.yml', part: 'whole', text: 'project_name: home\n' } as const;
  expect(mergeSources([BASE, whole]).value).toEqual({ project_name: 'home' });
});
