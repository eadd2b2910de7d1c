import { describe, expect, it } from 'vitest';
import { CONTEXT, loadText } from './load-text.test-kit.ts';
import { resolve } from './resolve.ts';
import type { RawDomain, RawInfra, RawMachine } from './schema.ts';

const EVERYTHING = `
project_name: demo
global:
  base_subnet: "10.100"
  base_subnet6: "fd00:77:1"
  default_os_image: images:debian/12
  default_connection: community.general.incus
  default_user: admin
  gpu_policy: shared
  log_drops: true
  ai_access_policy: open
  ai_access_default: work
  ai_vram_flush: false
  nesting_prefix: true
  incus_images_export_for_nesting: true
  incus_images_export_dir: /srv/images
  incus_images_download_timeout: 90
domains:
  work:
    description: the office
    ephemeral: true
    trust_level: trusted
    subnet_id: 3
    ipv6: true
    internet: true
    lan: false
    profiles:
      big: {config: {limits.memory: 2GiB, security.nesting: true}, devices: {eth1: {type: nic, network: net-work}}}
    machines:
      desk:
        description: all of it
        type: vm
        ip: 10.100.3.7
        ephemeral: false
        gpu: true
        profiles: [default, big]
        config: {limits.cpu: 2}
        devices: {card: {type: gpu}}
        storage_volumes:
          data: {pool: fast, path: /data, size: 4GiB, config: {user.note: 1}}
        roles: [base]
        os_image: images:ubuntu/24.04
        weight: 4
        boot_autostart: true
        boot_priority: 9
        snapshots_schedule: "0 2 * * *"
        snapshots_expiry: 7d
        export_apps: [firefox]
        base_packages: [vim]
      plain: {}
    file_portal: {allowed_paths: [/srv/in]}
  closed: {enabled: false, machines: {gone: {}}}
  other: {}
network_policies:
  - {from: work, to: other, ports: [443, 80, 443], protocol: udp, bidirectional: true, description: both}
  - {from: other, to: work, ports: all}
  - {from: closed, to: work, ports: all}
`;

describe('what is decided', () => {
  it('from a project name alone, and a machine with nothing said', () => {
    const { infra, problems } = loadText(
      'project_name: tiny\ndomains: {home: {machines: {box: {}}}}\n',
    );
    expect(problems).toEqual([]);
    expect(infra).toMatchSnapshot();
  });

  it('from every key', () => {
    const { infra, problems } = loadText(EVERYTHING);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(infra).toMatchSnapshot();
  });

  it('can be changed by nobody', () => {
    const { infra } = loadText(EVERYTHING);
    const parts: unknown[] = [infra];
    for (const part of parts)
      if (typeof part === 'object' && part !== null) {
        expect(Object.isFrozen(part)).toBe(true);
        parts.push(...Object.values(part));
      }
    expect(parts.length).toBeGreaterThan(100);
  });
});

describe('what is left open', () => {
  const world = (raw: RawInfra) => resolve(raw, CONTEXT);
  const machine = (body: RawMachine, domain: RawDomain = {}) =>
    world({ domains: { pro: { ...domain, subnet_id: 1, machines: { web: body } } } }).infra
      .domains[0]?.machines[0];
  const domain = (body: RawDomain) => world({ domains: { pro: { subnet_id: 1, ...body } } }).infra;

  it('is absent where absence means something', () => {
    expect(Object.keys(machine({}) ?? {}).sort()).toEqual(
      [
        ...['name', 'domain', 'description', 'type', 'ip', 'ephemeral', 'gpu', 'profiles'],
        ...['config', 'devices', 'storageVolumes', 'roles', 'weight', 'aiCoding', 'exportApps'],
        'vars',
      ].sort(),
    );
    expect(machine({ storage_volumes: { data: { path: '/d' } } })?.storageVolumes).toStrictEqual([
      { name: 'data', path: '/d', config: {} },
    ]);
    const { infra } = world({});
    expect(infra).toStrictEqual({
      projectName: '',
      global: {
        baseSubnet: '10.100',
        defaultImage: 'images:debian/13',
        gpuPolicy: 'exclusive',
        firewallMode: 'host',
        logDrops: false,
        aiAccessPolicy: 'open',
        aiVramFlush: true,
        nestingPrefix: false,
      },
      domains: [],
      policies: [],
    });
    expect(world({ services: { web: 1 } }).infra.services).toEqual({ web: 1 });
    expect(domain({ file_portal: {} }).domains[0]?.filePortal).toEqual({
      allowedPaths: [],
      readOnly: true,
    });
    expect(domain({}).domains[0]).not.toHaveProperty('filePortal');
  });

  it('of a machine follows its domain, and the machine has the last word', () => {
    expect(machine({}, { ephemeral: true })?.ephemeral).toBe(true);
    expect(machine({ ephemeral: false }, { ephemeral: true })?.ephemeral).toBe(false);
    expect(machine({ boot_autostart: false, boot_priority: 0 })).toMatchObject({
      bootAutostart: false,
      bootPriority: 0,
    });
  });

  it('is put in order: domains, machines and profiles by name, ports by number', () => {
    const { infra } = world({
      domains: {
        b: { subnet_id: 2, machines: { z: {}, x: {}, y: {} }, profiles: { q: {}, p: {} } },
        c: { subnet_id: 3 },
        a: { subnet_id: 1 },
      },
      network_policies: [
        { from: 'a', to: 'host', ports: [443, 9, 80, 9] },
        { from: 'b', to: 'a' },
      ],
    });
    expect(infra.domains.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(infra.domains[1]?.machines.map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(infra.domains[1]?.profiles.map(({ name }) => name)).toEqual(['p', 'q']);
    expect(infra.policies.map(({ ports }) => ports)).toEqual([[9, 80, 443], 'all']);
  });

  it('lets no policy name what is not there', () => {
    const { infra } = world({
      domains: { a: { machines: { web: {} } }, off: { enabled: false, machines: { gone: {} } } },
      network_policies: [
        ...['a', 'web', 'host'].map((from) => ({ from, to: 'a' })),
        ...['off', 'gone', 'stranger'].flatMap((name) => [
          { from: name, to: 'a' },
          { from: 'a', to: name },
        ]),
      ],
    });
    expect(infra.policies.map(({ from }) => from)).toEqual(['a', 'web', 'host']);
  });

  it('the firewall machine has the last address but one, unless somebody else does', () => {
    const ips = (machines: Record<string, RawMachine>) =>
      Object.fromEntries(
        (domain({ machines }).domains[0]?.machines ?? []).map(({ name, ip }) => [name, ip]),
      );
    expect(ips({ 'sys-firewall': {}, web: { ip: '10.100.1.9' } })).toEqual({
      'sys-firewall': '10.100.1.253',
      web: '10.100.1.9',
    });
    expect(ips({ 'sys-firewall': { ip: '10.100.1.4' } })['sys-firewall']).toBe('10.100.1.4');
    const taken = ips({ 'sys-firewall': {}, web: { ip: '10.100.1.253' } });
    expect(taken['sys-firewall']).toMatch(/^10\.100\.1\.\d+$/);
    expect(taken['sys-firewall']).not.toBe('10.100.1.253');
    const crowd = Object.fromEntries(Array.from({ length: 248 }, (_, n) => [`m${n}`, {}]));
    expect(Object.values(ips(crowd))).not.toContain('10.100.1.253');
    expect(Object.values(ips(crowd))).not.toContain('10.100.1.254');
    expect(ips({ only: {} }).only).not.toBe('10.100.1.253');
  });

  it('is told where nothing is left: no network for a domain, no address for a machine', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n}`, {}]));
    const told = (raw: RawInfra) =>
      world(raw).findings.map(({ code, path }) => `${code} ${path.join('.')}`);
    expect(told({ domains: many(252) })).toEqual([]);
    expect(told({ domains: many(253) })).toEqual([
      expect.stringMatching(/^no-subnet-left domains\.d\d+$/),
    ]);
    expect(told({ domains: { pro: { machines: many(248) } } })).toEqual([]);
    expect(told({ domains: { pro: { machines: many(249) } } })).toEqual([
      expect.stringMatching(/^no-address-left domains\.pro\.machines\.d\d+$/),
    ]);
  });
});
