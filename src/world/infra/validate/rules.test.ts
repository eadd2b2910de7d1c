import { describe, expect, it } from 'vitest';
import { CONTEXT, codesOf, loadText } from '../load-text.test-kit.ts';

const world = (machine: string, around: { global?: string; domain?: string; rest?: string } = {}) =>
  `project_name: demo
global: {base_subnet: "10.100"${around.global ?? ''}}
domains:
  homelab:
    subnet_id: 3
${around.domain ?? ''}    machines:
      box: ${machine}
${around.rest ?? ''}`;

describe('P09-02: types', () => {
  it.each([
    ['lxc', 'lxc'],
    ['vm', 'vm'],
    ['container', 'lxc'],
  ])('%s is read as %s', (written, type) => {
    const { infra } = loadText(world(`{type: ${written}}`));
    expect(infra?.domains[0]?.machines[0]?.type).toBe(type);
  });

  it('a wrong one is refused with the list', () => {
    const { problems } = loadText(world('{type: docker}'));
    expect(problems[0]?.message.en).toContain('lxc or vm (container is read as lxc), not "docker"');
  });
});

describe('P10: GPU', () => {
  const two = (policy: string) =>
    world('{gpu: true}', {
      global: policy,
      domain: '    profiles: {card: {devices: {gpu: {type: gpu}}}}\n',
      rest: '      voice: {profiles: [default, card]}\n',
    });

  // Matrix: IN-203
  it('P10-02, P10-04, P14-05: two are an error that names both, how each was found, and the fix', () => {
    const { problems, infra } = loadText(two(''));
    expect(infra).toBeUndefined();
    expect(codesOf({ problems })).toEqual(['gpu-conflict']);
    expect(problems[0]?.message.en).toContain("'box' (gpu: true), 'voice' (profile 'card')");
    expect(problems[0]?.remedy?.en).toContain('gpu_policy: shared');
  });

  it('P10-01, P10-03, P14-05: shared makes it a warning', () => {
    const { infra, problems } = loadText(two(', gpu_policy: shared'));
    expect(infra?.global.gpuPolicy).toBe('shared');
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['gpu-shared', 'warning'],
    ]);
  });

  it('P10-01: exclusive when absent, anything else refused', () => {
    expect(loadText(world('{gpu: true}')).infra?.global.gpuPolicy).toBe('exclusive');
    expect(codesOf(loadText(world('{}', { global: ', gpu_policy: both' })))).toEqual([
      'invalid-gpu-policy',
    ]);
  });

  it('P10-09: a GPU in a VM passes without any look at IOMMU', () => {
    expect(loadText(world('{type: vm, gpu: true}')).problems).toEqual([]);
  });

  it('P14-02: a speech machine with its GPU device, config and role variables', () => {
    const machine = `
        roles: [base_system, stt_server]
        config: {nvidia.runtime: true, limits.cpu: 2}
        devices: {card: {type: gpu, gputype: physical}}
        stt_engine: "other-engine"
        stt_server_workers: 2`;
    const { infra, problems } = loadText(world(machine), { ...CONTEXT, strict: true });
    expect(problems).toEqual([]);
    const box = infra?.domains[0]?.machines[0];
    expect(box?.config).toEqual({ 'nvidia.runtime': 'true', 'limits.cpu': '2' });
    expect(box?.devices).toEqual({ card: { type: 'gpu', gputype: 'physical' } });
    expect(box?.vars).toEqual({ stt_engine: 'other-engine', stt_server_workers: 2 });
  });
});

describe('P16: privileged containers', () => {
  const direct = world('{config: {security.privileged: true}}');
  const byProfile = world('{profiles: [root]}', {
    domain: '    profiles: {root: {config: {security.privileged: "true"}}}\n',
  });
  const nesting = CONTEXT.nesting;

  // Matrix: NE-302
  it.each([direct, byProfile])('P16-03: are refused, naming the machine and the VM', (text) => {
    const { problems, infra } = loadText(text);
    expect(infra).toBeUndefined();
    expect(problems[0]?.code).toBe('privileged-container');
    expect(problems[0]?.message.en).toContain("'box'");
    expect(problems[0]?.remedy?.en).toContain('type: vm');
  });

  it('P16-04: are accepted inside a VM', () => {
    const context = { ...CONTEXT, nesting: { ...nesting, vmNested: true } };
    expect(loadText(direct, context).problems).toEqual([]);
  });

  it('P16-05: are a warning under YOLO', () => {
    const context = { ...CONTEXT, nesting: { ...nesting, yolo: true } };
    const { infra, problems } = loadText(direct, context);
    expect(infra).toBeDefined();
    expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('a privileged VM is its own business', () => {
    expect(codesOf(loadText(world('{type: vm, config: {security.privileged: true}}')))).toEqual([]);
  });
});

describe('P18a: exclusive AI access', () => {
  const tools = '  ai-tools: {subnet_id: 9, machines: {ollama: {ip: 10.100.9.10}}}\n';
  const global = ', ai_access_policy: exclusive, ai_access_default: homelab';
  const ai = (rest = '', more = global) =>
    loadText(world('{}', { global: more, rest: tools + rest }));

  it('P18a-01: open, exclusive, a wrong value, and no ai-tools', () => {
    expect(codesOf(ai('', ', ai_access_policy: open'))).toEqual([]);
    expect(codesOf(ai())).toEqual([]);
    expect(codesOf(ai('', ', ai_access_policy: shut'))).toEqual(['invalid-ai-access-policy']);
    expect(codesOf(loadText(world('{}', { global })))).toEqual(['ai-domain-missing']);
  });

  it('P18a-02: the default domain and the flush flag are checked', () => {
    const withDefault = (name: string) =>
      ai('', `, ai_access_policy: exclusive, ai_access_default: ${name}`);
    expect(codesOf(withDefault('nowhere'))).toEqual(['ai-default-unknown']);
    expect(codesOf(withDefault('ai-tools'))).toEqual(['ai-default-unknown']);
    expect(codesOf(ai('', ', ai_access_policy: exclusive'))).toEqual(['ai-default-missing']);
    expect(codesOf(ai('', `${global}, ai_vram_flush: often`))).toEqual(['wrong-type']);
    expect(ai('', `${global}, ai_vram_flush: false`).infra?.global).toMatchObject({
      aiAccessDefault: 'homelab',
      aiVramFlush: false,
    });
  });

  // Matrix: IN-202
  it('P18a-03: a policy is added for the default domain when none lets anybody in', () => {
    expect(ai().infra?.policies).toMatchObject([{ from: 'homelab', to: 'ai-tools', ports: 'all' }]);
  });

  it('P18a-03: one policy is kept as it is, two are refused', () => {
    const one = 'network_policies:\n  - {from: homelab, to: ai-tools, ports: [11434]}\n';
    const kept = ai(one).infra?.policies;
    expect(kept).toMatchObject([{ from: 'homelab', to: 'ai-tools', ports: [11434] }]);
    expect(kept).toHaveLength(1);
    const other = '  shop: {subnet_id: 8}\n';
    const two = `${other}${one}  - {from: shop, to: ai-tools, ports: all}\n`;
    expect(codesOf(ai(two))).toEqual(['ai-access-not-exclusive']);
    const byMachine = `${other}${one}  - {from: shop, to: ollama, ports: all}\n`;
    expect(codesOf(ai(byMachine))).toEqual(['ai-access-not-exclusive']);
    const backwards = `${other}${one}  - {from: ai-tools, to: shop, ports: all, bidirectional: true}\n`;
    expect(codesOf(ai(backwards))).toEqual(['ai-access-not-exclusive']);
  });

  it('P18a-03: both directions of a policy count, and the host is nobody', () => {
    const list = (...policies: string[]) =>
      `  shop: {subnet_id: 8, machines: {till: {}}}\nnetwork_policies:\n${policies
        .map((one) => `  - {ports: [11434], ${one}}\n`)
        .join('')}`;
    const both = (from: string, to: string) => `from: ${from}, to: ${to}, bidirectional: true`;
    const refused = ['ai-access-not-exclusive'];
    for (const [one, other] of [
      [both('ai-tools', 'homelab'), both('ai-tools', 'shop')],
      [both('ollama', 'homelab'), both('ollama', 'till')],
      ['from: till, to: ollama', both('ai-tools', 'homelab')],
      [both('homelab', 'ai-tools'), both('ai-tools', 'homelab')],
      ['from: homelab, to: ollama', both('ai-tools', 'till')],
    ] as const)
      expect(codesOf(ai(list(one, other))), `${one} / ${other}`).toEqual(refused);
    expect(codesOf(ai(list('from: shop, to: ollama', both('ollama', 'till'))))).toEqual([]);
    const whole = 'from: shop, to: ai-tools';
    expect(codesOf(ai(list('from: till, to: ollama', whole, whole)))).toEqual(refused);
    const hosts = ai(list('from: host, to: ai-tools', both('ollama', 'host')));
    expect(codesOf(hosts)).toEqual([]);
    expect(hosts.infra?.policies).toMatchObject([
      { from: 'host' },
      { to: 'host' },
      { from: 'homelab', to: 'ai-tools' },
    ]);
    expect(codesOf(ai(list('from: host, to: ai-tools', whole)))).toEqual([]);
  });

  it('P23b-05: a coding machine reaches Ollama, once, and only a boolean declares it', () => {
    const coder = '  code: {subnet_id: 7, machines: {ai-coder: {ai_coding: true}}}\n';
    expect(ai(coder, '').infra?.policies).toMatchObject([
      { from: 'ai-coder', to: 'ai-tools', ports: [11434], protocol: 'tcp' },
    ]);
    const own = 'network_policies:\n  - {from: ai-coder, to: ollama, ports: [80]}\n';
    expect(ai(coder + own, '').infra?.policies).toHaveLength(1);
    expect(codesOf(ai(coder))).toEqual(['ai-coding-without-access']);
    expect(codesOf(ai(coder.replace('true', '"oui"'), ''))).toEqual(['wrong-type']);
    expect(loadText(world('{ai_coding: true}')).infra?.policies).toEqual([]);
  });
});

describe('firewall_mode vm', () => {
  const admin = (machines = '{}') =>
    `project_name: p\nglobal: {firewall_mode: vm}\ndomains: {anklume: {machines: ${machines}}}`;

  it('goes with IPv6, in the domains that declare it', () => {
    const { infra, problems } = loadText(
      'project_name: p\nglobal: {firewall_mode: vm, base_subnet6: "fd12:3456:789a"}\ndomains: {anklume: {subnet_id: 2, ipv6: true, machines: {adm: {}}}}',
    );
    expect(problems).toEqual([]);
    const machines = infra?.domains[0]?.machines ?? [];
    expect(machines.find(({ name }) => name === 'sys-firewall')?.ip6).toBe('fd12:3456:789a:2::253');
  });

  it('adds the firewall machine', () => {
    const domain = loadText(admin()).infra?.domains[0];
    expect(domain?.machines).toMatchObject([
      {
        name: 'sys-firewall',
        type: 'vm',
        ephemeral: false,
        roles: ['base_system', 'firewall_router'],
        config: { 'limits.cpu': '2', 'limits.memory': '2GiB' },
      },
    ]);
    expect(domain?.machines[0]?.ip).toBe(`10.100.${domain?.subnetId}.253`);
  });

  it('keeps the one that the user declared', () => {
    const { infra } = loadText(admin('{sys-firewall: {type: lxc}}'));
    expect(infra?.domains[0]?.machines).toMatchObject([{ name: 'sys-firewall', type: 'lxc' }]);
  });

  it('a policy that names it towards another domain is told, at its place', () => {
    const policy = (from: string, to: string) =>
      `  - {description: d, from: ${from}, to: ${to}, ports: [22]}\n`;
    const world = (mode: string) =>
      [
        `project_name: p\nglobal: {firewall_mode: ${mode}}\ndomains:`,
        '  anklume: {machines: {adm: {}, sys-firewall: {type: lxc}}}\n  pro: {machines: {dev: {}}}',
        `network_policies:\n${policy('sys-firewall', 'dev')}${policy('pro', 'sys-firewall')}`,
      ].join('\n');
    const fine = [
      policy('sys-firewall', 'host'),
      policy('adm', 'sys-firewall'),
      policy('sys-firewall', 'anklume'),
      policy('adm', 'dev'),
    ].join('');
    const found = (text: string) =>
      loadText(text)
        .problems.filter(({ code }) => code === 'firewall-policy-ignored')
        .map(({ severity, place }) => [severity, place?.line, place?.column]);
    expect(found(world('vm') + fine)).toEqual([
      ['warning', 7, 28],
      ['warning', 8, 37],
    ]);
    expect(found(world('host'))).toEqual([]);
    const added = world('vm').replace(', sys-firewall: {type: lxc}', '');
    expect(found(added)).toHaveLength(2);
    expect(loadText(added).infra).toBeDefined();
  });
});

it('P25-02: the file portal takes absolute paths in a list', () => {
  const portal = (text: string) => loadText(world('{}', { domain: `    file_portal: ${text}\n` }));
  expect(
    portal('{allowed_paths: [/srv/a, /srv/b], read_only: false}').infra?.domains[0],
  ).toMatchObject({ filePortal: { allowedPaths: ['/srv/a', '/srv/b'], readOnly: false } });
  expect(portal('{allowed_paths: [/srv/a]}').infra?.domains[0]?.filePortal?.readOnly).toBe(true);
  for (const wrong of [
    '{allowed_paths: [srv]}',
    '{allowed_paths: [/srv/../etc]}',
    '{allowed_paths: /srv}',
  ])
    expect(codesOf(portal(wrong)), wrong).toEqual(['invalid-portal-path']);
  expect(codesOf(portal('{allowed_paths: [/srv], read_only: 1}'))).toEqual(['wrong-type']);
});

describe('names', () => {
  it.each(['Box', 'bo_x', '-box', 'box-', '42', 'é', 'a'.repeat(64)])(
    '%s is no machine',
    (name) => {
      expect(codesOf(loadText(world('{}').replace('box:', `"${name}":`)))).toEqual([
        'invalid-name',
      ]);
    },
  );

  it('leave room for the prefix', () => {
    const name = 'a'.repeat(60);
    const text = world('{}').replace('box:', `${name}:`);
    expect(codesOf(loadText(text))).toEqual([]);
    const nested = text.replace('global: {', 'global: {nesting_prefix: true, ');
    expect(codesOf(loadText(nested))).toEqual(['invalid-name']);
  });

  it('the prefix stands in front of what Incus sees', () => {
    const text = world('{}', { global: ', nesting_prefix: true' });
    expect(loadText(text).infra?.domains[0]).toMatchObject({
      name: 'homelab',
      project: '001-homelab',
      bridge: '001-net-homelab',
    });
  });

  it('a domain called print-service works', () => {
    const text = world('{}').replace('homelab:', 'print-service:');
    expect(loadText(text).infra?.domains[0]?.bridge).toHaveLength(14);
  });
});

describe('storage volumes', () => {
  it('may be named entries or a list', () => {
    const wanted = [{ name: 'models', path: '/srv/models', size: '20GiB', config: {} }];
    for (const text of [
      '{storage_volumes: {models: {path: /srv/models, size: 20GiB}}}',
      '{storage_volumes: [{name: models, path: /srv/models, size: 20GiB}]}',
    ])
      expect(loadText(world(text)).infra?.domains[0]?.machines[0]?.storageVolumes).toEqual(wanted);
  });

  it('do not share a place', () => {
    const text = '{storage_volumes: {a: {path: /srv/x}, b: {path: /srv/x}}}';
    expect(codesOf(loadText(world(text)))).toEqual(['invalid-volume']);
  });
});

it('a list is not taken for a mapping', () => {
  expect(codesOf(loadText('project_name: p\ndomains: [pro]'))).toEqual(['wrong-type']);
  expect(codesOf(loadText(world('[]')))).toEqual(['wrong-type']);
  expect(codesOf(loadText(world('{config: [a]}')))).toEqual(['wrong-type']);
});
