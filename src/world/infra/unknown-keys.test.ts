import { describe, expect, it } from 'vitest';
import { unknownKeys } from './unknown-keys.ts';

const found = (value: unknown, strict = false) =>
  unknownKeys(value, strict).map(
    ({ code, severity, path }) => `${severity} ${code} ${path.join('.')}`,
  );

describe('keys that mean nothing', () => {
  it('are told wherever they stand, and those that mean something are not', () => {
    const known = {
      project_name: 'p',
      global: {
        base_subnet: '10.1',
        resource_policy: { mode: 'equal', host_reserve: { cpu: 1, memory: 2 } },
      },
      domains: {
        pro: {
          description: 'd',
          profiles: { gpu: { config: {}, devices: {} } },
          file_portal: { read_only: true },
          machines: {
            web: { ip: 'x', config: { 'any.key': 1 }, storage_volumes: { data: { path: '/d' } } },
            db: { storage_volumes: [{ name: 'data' }] },
          },
        },
      },
      network_policies: [{ from: 'a', to: 'b' }],
    };
    expect(found(known)).toEqual([]);
    const x = { zzzz: 1 };
    expect(
      found({
        ...x,
        global: { ...x, resource_policy: { ...x, host_reserve: x } },
        domains: {
          pro: {
            ...x,
            profiles: { gpu: x },
            file_portal: x,
            machines: {
              web: { ...x, storage_volumes: { data: x } },
              db: { storage_volumes: [{ name: 'a' }, x] },
            },
          },
          lab: x,
        },
        network_policies: [{ from: 'a' }, x],
      }),
    ).toEqual(
      [
        '',
        'global.',
        'global.resource_policy.',
        'global.resource_policy.host_reserve.',
        'network_policies.1.',
        'domains.pro.',
        'domains.pro.file_portal.',
        'domains.pro.profiles.gpu.',
        'domains.pro.machines.web.',
        'domains.pro.machines.web.storage_volumes.data.',
        'domains.pro.machines.db.storage_volumes.1.',
        'domains.lab.',
      ].map((where) => `warning unknown-key ${where}zzzz`),
    );
  });

  it('are errors when strict', () => {
    expect(found({ domains: { pro: { zzzz: 1 } } }, true)).toEqual([
      'error unknown-key domains.pro.zzzz',
    ]);
  });

  it('are no variables of a role that the machine has', () => {
    const machine = (roles: unknown) =>
      found({ domains: { pro: { machines: { web: { roles, web_server_port: 80 } } } } });
    const told = ['warning unknown-key domains.pro.machines.web.web_server_port'];
    expect(machine(['base', 'web_server'])).toEqual([]);
    expect(machine(['base'])).toEqual(told);
    for (const wrong of [[3, null], 'web_server', undefined, { web_server: 1 }])
      expect(machine(wrong)).toEqual(told);
    // Of machines alone: a domain has no roles.
    expect(found({ domains: { pro: { roles: ['web_server'], web_server_port: 80 } } })).toEqual([
      'warning unknown-key domains.pro.roles',
      'warning unknown-key domains.pro.web_server_port',
    ]);
  });

  it('are not looked for where no mapping is', () => {
    for (const value of [null, 3, 'word', ['zzzz'], { domains: 'pro', global: 3 }])
      expect(found(value)).toEqual([]);
    expect(
      found({
        global: { resource_policy: true },
        domains: { a: 'b', c: { machines: { d: null, e: 1 }, profiles: 'x', file_portal: 2 } },
        network_policies: 'all',
      }),
    ).toEqual([]);
  });

  it('are told with the known one that is close, or with all', () => {
    const said = (key: string) => {
      const [finding] = unknownKeys({ global: { [key]: 1 } }, false);
      return [finding?.message.en, finding?.remedy?.en];
    };
    expect(said('base_subnett')).toEqual([
      "'base_subnett' is not a key that is known here; did you mean 'base_subnet'?",
      "Write 'base_subnet', or remove the key.",
    ]);
    expect(said('zzzz')).toEqual([
      "'zzzz' is not a key that is known here.",
      expect.stringMatching(/^Remove it, or use one of: base_subnet, .*, resource_policy\.$/),
    ]);
  });

  it('and would leave out whole machines are errors, strict or not', () => {
    for (const key of ['machines', 'instances'])
      expect(found({ [key]: {} })).toEqual([`error machines-outside-domain ${key}`]);
    expect(found({ global: { machines: {} } })).toEqual(['warning unknown-key global.machines']);
  });
});
