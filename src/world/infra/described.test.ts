import { describe, expect, it } from 'vitest';
import { loadText } from './load-text.test-kit.ts';

const WORLD = `
project_name: mine
domains:
  pro: {subnet_id: 1, machines: {web: {}}}
  old:
    managed: false
    project: default
    machines:
      old-web: {instance: Web.1, ip: 192.168.7.3, config: {security.privileged: true}, profiles: [none]}
      box: {type: vm}
`;

describe('P16-21: a domain with managed: false', () => {
  it('is described and nothing else: no network, no address, no rule about its settings', () => {
    const { infra, problems } = loadText(WORLD);
    expect(problems).toEqual([]);
    expect(infra?.domains.map(({ name }) => name)).toEqual(['pro']);
    expect(infra?.described).toEqual([
      {
        name: 'box',
        domain: 'old',
        project: 'default',
        instance: 'box',
        type: 'vm',
        description: '',
      },
      {
        name: 'old-web',
        domain: 'old',
        project: 'default',
        instance: 'Web.1',
        type: 'lxc',
        ip: '192.168.7.3',
        description: '',
      },
    ]);
  });

  it('changes no address that is chosen for the others', () => {
    const chosen = WORLD.replace('subnet_id: 1, ', '');
    const alone = chosen.slice(0, chosen.indexOf('  old:'));
    expect(loadText(chosen).infra?.domains).toEqual(loadText(alone).infra?.domains);
  });

  it('has names of its own, which could not break out of a path', () => {
    const codes = (text: string) => loadText(text).problems.map(({ code }) => code);
    expect(codes(WORLD.replace('box:', 'web:'))).toEqual(['duplicate-machine']);
    expect(codes(WORLD.replace('Web.1', '"../x"'))).toEqual(['invalid-name']);
    expect(codes(WORLD.replace('project: default', 'project: "a?b"'))).toEqual(['invalid-name']);
    expect(codes(WORLD.replace('managed: false', 'managed: true'))).toContain('only-described');
  });
});
