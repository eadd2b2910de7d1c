import { describe, expect, it } from 'vitest';
import { aiOpenings } from './ai-clients.ts';
import { enrich } from './enrich.ts';
import type { RawInfra } from './schema.ts';
import { aiAccess } from './validate/ai-access.ts';

const policies = (raw: RawInfra) => enrich(raw).raw.network_policies;
const told = (raw: RawInfra) => enrich(raw).findings.map(({ code, path }) => [code, ...path]);
const tools = { 'ai-tools': { machines: { ollama: {}, webui: {} } } };
const exclusive = { ai_access_policy: 'exclusive', ai_access_default: 'pro' } as const;

describe('the firewall machine', () => {
  const vm = { firewall_mode: 'vm' } as const;
  const added = (raw: RawInfra) =>
    Object.entries(enrich(raw).raw.domains ?? {}).flatMap(([domain, { machines }]) =>
      Object.keys(machines ?? {}).map((name) => `${domain}/${name}`),
    );

  it('is added to its domain, beside the machines that are there', () => {
    expect(added({ global: vm, domains: { anklume: {}, pro: {} } })).toEqual([
      'anklume/sys-firewall',
    ]);
    expect(added({ global: vm, domains: { anklume: { machines: { adm: {} } } } })).toEqual([
      'anklume/adm',
      'anklume/sys-firewall',
    ]);
  });

  it('is not added without the mode, without the domain, or a second time', () => {
    const domains = { anklume: {} };
    expect(added({ domains })).toEqual([]);
    expect(added({ global: { firewall_mode: 'host' }, domains })).toEqual([]);
    expect(added({ global: vm, domains: { pro: {} } })).toEqual([]);
    expect(added({ global: vm })).toEqual([]);
    const own = { pro: { machines: { 'sys-firewall': {} } } };
    expect(added({ global: vm, domains: { ...domains, ...own } })).toEqual(['pro/sys-firewall']);
    const off = { pro: { enabled: false, machines: { 'sys-firewall': {} } } };
    expect(added({ global: vm, domains: { ...domains, ...off } })).toContain(
      'anklume/sys-firewall',
    );
  });
});

describe('exclusive access to the AI tools', () => {
  const domains = { pro: { machines: { web: {} } }, lab: {}, ...tools };
  const opens = { from: 'lab', to: 'ai-tools' };

  it('is given to the default domain while no policy gives it to anybody', () => {
    expect(policies({ global: exclusive, domains })).toEqual([
      {
        description: 'Exclusive AI access of pro',
        from: 'pro',
        to: 'ai-tools',
        ports: 'all',
        protocol: 'tcp',
      },
    ]);
    const other = { from: 'pro', to: 'lab' };
    expect(policies({ global: exclusive, domains, network_policies: [other] })).toMatchObject([
      other,
      { from: 'pro', to: 'ai-tools' },
    ]);
  });

  it('is given to nobody else', () => {
    expect(policies({ global: exclusive, domains, network_policies: [opens] })).toEqual([opens]);
    expect(policies({ global: { ...exclusive, ai_access_policy: 'open' }, domains })).toBe(
      undefined,
    );
    expect(policies({ global: { ai_access_policy: 'exclusive' }, domains })).toBeUndefined();
    expect(policies({ global: { ai_access_default: 'pro' }, domains })).toBeUndefined();
    expect(policies({ domains })).toBeUndefined();
  });

  it('is opened by a policy into the tools or one of their machines, also a way back', () => {
    const off = { off: { enabled: false, machines: { gone: {} } } };
    const opening = [
      { from: 'pro', to: 'ai-tools' },
      { from: 'web', to: 'ollama' },
      { from: 'ai-tools', to: 'pro', bidirectional: true },
    ];
    const others = [
      { from: 'host', to: 'ai-tools' },
      { from: 'host', to: 'ollama', bidirectional: true },
      { from: 'webui', to: 'host', bidirectional: true },
      { from: 'ai-tools', to: 'pro' },
      { from: 'ai-tools', to: 'pro', bidirectional: false },
      { from: 'pro', to: 'lab', bidirectional: true },
      { from: 'ai-tools', to: 'ollama', bidirectional: true },
      { from: 'off', to: 'ai-tools' },
      { from: 'gone', to: 'ollama' },
      { from: 'ollama', to: 'gone', bidirectional: true },
      {},
    ];
    const positions = (list: RawInfra['network_policies']) =>
      aiOpenings({ domains: { ...domains, ...off }, network_policies: list }).map(
        ({ policy, domain }) => [policy, domain],
      );
    const clients = ['pro', 'pro', 'pro'];
    expect(positions(opening)).toEqual(clients.map((domain, i) => [i, domain]));
    expect(positions(others)).toEqual([]);
    expect(positions([...others, ...opening])).toEqual(
      clients.map((domain, i) => [others.length + i, domain]),
    );
    expect(positions(undefined)).toEqual([]);
    expect(aiOpenings({ network_policies: [opens] })).toMatchObject([{ policy: 0, domain: 'lab' }]);
  });
});

describe('an AI coding machine', () => {
  const coder = { machines: { coder: { ai_coding: true }, plain: {}, no: { ai_coding: false } } };
  const ollama = {
    description: 'Ollama for coder',
    from: 'coder',
    to: 'ai-tools',
    ports: [11_434],
    protocol: 'tcp',
  };

  it('reaches Ollama, where there are tools and no policy says more', () => {
    expect(policies({ domains: { pro: coder, ...tools } })).toEqual([ollama]);
    const other = { from: 'pro', to: 'host' };
    expect(policies({ domains: { pro: coder, ...tools }, network_policies: [other] })).toEqual([
      other,
      ollama,
    ]);
    for (const from of ['coder', 'pro']) {
      const own = { from, to: 'ollama' };
      expect(policies({ domains: { pro: coder, ...tools }, network_policies: [own] })).toEqual([
        own,
      ]);
    }
  });

  it('reaches nothing without tools, from a domain that is off, or from the tools themselves', () => {
    expect(policies({ domains: { pro: coder } })).toBeUndefined();
    expect(policies({ domains: { pro: coder, 'ai-tools': { enabled: false } } })).toBeUndefined();
    expect(policies({ domains: { pro: { ...coder, enabled: false }, ...tools } })).toBe(undefined);
    expect(policies({ domains: { 'ai-tools': coder } })).toBeUndefined();
  });

  it('is told, and reaches nothing, where another domain has the exclusive access', () => {
    const world = (from: string): RawInfra => ({
      global: { ...exclusive, ai_access_default: from },
      domains: { pro: coder, lab: {}, ...tools },
    });
    expect(told(world('lab'))).toEqual([
      ['ai-coding-without-access', 'domains', 'pro', 'machines', 'coder', 'ai_coding'],
    ]);
    expect(policies(world('lab'))).toHaveLength(1);
    expect(told(world('pro'))).toEqual([]);
    expect(told({ domains: { pro: coder, ...tools } })).toEqual([]);
  });
});

describe('what is asked of exclusive access', () => {
  const domains = { pro: { machines: { web: {}, db: {} } }, lab: {}, off: { enabled: false } };
  const found = (global: RawInfra['global'], more: Partial<RawInfra> = {}) =>
    aiAccess({ global, domains: { ...domains, ...tools }, ...more }).map(
      ({ code, severity, path, relatedPath, remedy }) =>
        [severity, code, path.join('.'), relatedPath?.join('.'), remedy?.en].join(' | '),
    );

  it('is nothing where access is open', () => {
    expect(found({})).toEqual([]);
    expect(found(undefined)).toEqual([]);
    expect(found({ ai_access_policy: 'open', ai_access_default: 'pro' })).toEqual([]);
    const network_policies = ['pro', 'lab'].map((from) => ({ from, to: 'ai-tools' }));
    expect(found({}, { network_policies })).toEqual([]);
  });

  it('is a default domain that is in use', () => {
    const names = 'pro, lab';
    expect(found(exclusive)).toEqual([]);
    expect(found({ ai_access_policy: 'exclusive' })).toEqual([
      `error | ai-default-missing | global.ai_access_default |  | Write 'ai_access_default: ' and one of: ${names}.`,
    ]);
    const unknown = (name: string) => found({ ai_access_default: name });
    const line = 'error | ai-default-unknown | global.ai_access_default |  |';
    expect(unknown('nowhere')).toEqual([`${line} Use one of: ${names}.`]);
    expect(unknown('prod')).toEqual([`${line} Did you mean 'pro'?`]);
    expect(unknown('off')).toEqual([`${line} Use one of: ${names}.`]);
    expect(unknown('ai-tools')).toEqual([`${line} Use one of: ${names}.`]);
    const [itself] = aiAccess({ global: { ai_access_default: 'ai-tools' }, domains: tools });
    expect(itself?.message.en).toBe("ai_access_default cannot be 'ai-tools' itself.");
    expect(aiAccess({ global: { ai_access_default: 'pro' } })).toHaveLength(1);
  });

  it('is a domain of AI tools that is in use', () => {
    for (const missing of [domains, { ...domains, 'ai-tools': { enabled: false } }])
      expect(found(exclusive, { domains: missing })).toEqual([
        "error | ai-domain-missing | global.ai_access_policy |  | Declare the domain 'ai-tools', or write 'ai_access_policy: open'.",
      ]);
  });

  it('is one domain that gets in: several policies of it for single machines are one access', () => {
    const several = (...list: readonly (readonly [string, string])[]) =>
      found(exclusive, {
        network_policies: [{ from: 'pro', to: 'lab' }, ...list.map(([from, to]) => ({ from, to }))],
      }).map((one) => one.split(' | ').slice(1, 4).join(' '));
    expect(several()).toEqual([]);
    expect(several(['pro', 'ai-tools'])).toEqual([]);
    expect(several(['pro', 'ollama'], ['pro', 'webui'])).toEqual([]);
    expect(several(['web', 'ollama'], ['db', 'ai-tools'])).toEqual([]);
    expect(several(['web', 'ai-tools'], ['pro', 'webui'])).toEqual([]);
    const second = 'ai-access-not-exclusive network_policies.2 network_policies.1';
    expect(several(['pro', 'ai-tools'], ['lab', 'ai-tools'])).toEqual([second]);
    expect(several(['pro', 'ollama'], ['lab', 'webui'])).toEqual([second]);
    expect(several(['pro', 'ai-tools'], ['web', 'ai-tools'])).toEqual([second]);
    expect(several(['web', 'ollama'], ['lab', 'ollama'], ['pro', 'webui'])).toEqual([second]);
    expect(several(['host', 'ollama'], ['pro', 'ollama'])).toEqual([]);
  });
});
