import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VERSION } from '../../base/system/index.ts';
import { renderTree } from './render.ts';
import { load, loadSplit, SAMPLE, worlds } from './worlds.fixture.ts';

function contentOf(path: string, written: Parameters<typeof load>[0] = SAMPLE): string {
  const file = renderTree(load(written)).find((candidate) => candidate.path === path);
  if (!file) throw new Error(`no ${path}`);
  return file.content;
}

describe('renderTree', () => {
  // Matrix: TR-101
  it('P01-03: writes one inventory a domain, and variables for all, each domain and each machine', () => {
    expect(renderTree(load(SAMPLE)).map((file) => file.path)).toEqual([
      'ansible.cfg',
      'group_vars/all.yml',
      'group_vars/empty.yml',
      'group_vars/lab.yml',
      'group_vars/pro.yml',
      'host_vars/lab-one.yml',
      'host_vars/pro-dev.yml',
      'host_vars/pro-mail.yml',
      'inventory/empty.yml',
      'inventory/lab.yml',
      'inventory/pro.yml',
      'site.yml',
    ]);
    const inventory = parse(contentOf('inventory/pro.yml')) as {
      all: { children: { pro: { hosts: object } } };
    };
    expect(inventory.all.children.pro.hosts).toMatchObject({
      'pro-dev': { ansible_host: '10.100.3.1' },
      'pro-mail': { ansible_host: expect.stringMatching(/^10\.100\.3\.\d+$/) },
    });
  });

  it('gives the variables of all their names and order', () => {
    expect(contentOf('group_vars/all.yml').replace(VERSION, 'OURS')).toMatchInlineSnapshot(`
      "anklume_version: "OURS"
      project_name: home
      base_subnet: "10.100"
      default_os_image: images:debian/13
      psot_default_connection: community.general.incus
      psot_default_user: root
      incus_all_images:
        - images:alpine/3.20
        - images:debian/13
      network_policies:
        - from: lab
          to: pro-dev
          ports:
            - 80
            - 443
          protocol: tcp
          bidirectional: false
          description: web
        - from: host
          to: lab
          ports: all
          bidirectional: true
          description: all
      gpu_policy: shared
      firewall_mode: host
      ai_access_policy: open
      ai_vram_flush: true
      nesting_prefix: false
      "
    `);
  });

  it('gives the variables of a domain their names and order', () => {
    expect(contentOf('group_vars/pro.yml')).toMatchInlineSnapshot(`
      "domain_name: pro
      domain_description: "Travail : \\"clients\\", # et le reste"
      domain_ephemeral: false
      domain_trust_level: trusted
      incus_project: pro
      incus_network:
        name: net-pro
        subnet: 10.100.3.0/24
        gateway: 10.100.3.254
      subnet_id: 3
      incus_profiles:
        nesting:
          config:
            security.nesting: "true"
          devices: {}
      "
    `);
    expect(parse(contentOf('group_vars/lab.yml'))).toMatchObject({ domain_internet: false });
  });

  it('P05-03: gives the variables of a machine their names and order, devices among them', () => {
    expect(contentOf('host_vars/pro-dev.yml')).toMatchInlineSnapshot(`
      "instance_name: pro-dev
      instance_type: lxc
      instance_description: "yes"
      instance_domain: pro
      instance_ephemeral: false
      instance_ip: 10.100.3.1
      instance_profiles:
        - default
        - nesting
      instance_config:
        limits.cpu: "2"
        user.on: "on"
      instance_devices:
        data:
          type: disk
          source: /srv/data
          path: /data
        web:
          type: proxy
          listen: tcp:127.0.0.1:8080
          connect: tcp:127.0.0.1:80
      instance_gpu: false
      instance_storage_volumes:
        - name: work
          path: /work
          size: "5GiB"
      instance_roles:
        - base_system
        - web_server
      instance_boot_autostart: true
      instance_boot_priority: 10
      instance_snapshots_schedule: "0 6 * * *"
      instance_snapshots_expiry: "30d"
      instance_weight: 3
      web_server_port: "{{ site_port }}"
      web_server_hosts:
        - name: a
          aliases:
            - "007"
            - "no"
        - b
      "
    `);
  });

  it('P02-13: never writes a connection variable', () => {
    for (const { content } of renderTree(load(SAMPLE)))
      expect(content).not.toMatch(/ansible_(connection|user)/);
  });

  it('puts the nesting level in front of names that Incus sees, not of groups and files', () => {
    const nested = { ...SAMPLE, global: { ...SAMPLE.global, nesting_prefix: true } };
    expect(parse(contentOf('group_vars/pro.yml', nested))).toMatchObject({
      domain_name: 'pro',
      incus_project: '001-pro',
      incus_network: { name: expect.stringContaining('001-') },
    });
    expect(parse(contentOf('host_vars/pro-dev.yml', nested))).toMatchObject({
      instance_name: '001-pro-dev',
      instance_domain: 'pro',
    });
  });

  it('B07-04: what anklume reads is text to Ansible, and only what Ansible alone reads is a template', () => {
    const evil = (n: number) => `{{ lookup('pipe', 'touch /${n}') }}`;
    const written = {
      project_name: 'x',
      global: { default_os_image: evil(1), default_user: evil(100) },
      domains: {
        d: {
          description: evil(2),
          profiles: {
            p: {
              config: { 'user.p': evil(3) },
              devices: { n: { type: 'none', 'user.n': evil(4) } },
            },
          },
          machines: {
            m: {
              description: `a\n${evil(5)}\n`,
              config: {
                'user.c': `{% if 1 %}${evil(6)}{% endif %}`,
                [`user.${evil(7)}`]: '{# x #}',
              },
              devices: { none: { type: 'none', 'user.d': evil(8) } },
              storage_volumes: { v: { path: '/v', config: { 'user.v': evil(9) } } },
              roles: ['web_server'],
              web_server_port: evil(101),
            },
          },
        },
        other: { managed: false, machines: { web: { description: evil(10) } } },
      },
      network_policies: [{ description: evil(11), from: 'd', to: 'host', ports: 'all' }],
    };
    const lines = renderTree(load(written)).flatMap(({ content }) => content.split('\n'));
    for (let n = 1; n <= 11; n += 1) {
      // The text of several lines has its mark on the line above.
      const found = lines.filter(
        (line, i) => `${lines[i - 2]}${line}`.includes('!unsafe') && line.includes(`/${n}'`),
      );
      expect([n, found.length]).toEqual([n, expect.any(Number)]);
      expect(found.length).toBe(lines.filter((line) => line.includes(`/${n}'`)).length);
      expect(found.length).toBeGreaterThan(0);
    }
    for (const n of [100, 101])
      expect(lines.filter((line) => line.includes(`/${n}'`))).toEqual([
        expect.not.stringContaining('!unsafe'),
      ]);
  });

  it('does not let a role variable take over what the machine is', () => {
    const written = {
      project_name: 'x',
      domains: {
        d: {
          machines: { m: { roles: ['instance'], instance_ip: '1.2.3.4', instance_mood: 'fine' } },
        },
      },
    };
    const variables = parse(contentOf('host_vars/m.yml', written)) as Record<string, unknown>;
    expect(variables.instance_ip).not.toBe('1.2.3.4');
    expect(variables.instance_mood).toBe('fine');
  });

  it('P16-11: a folder renders to the same bytes as the single file', () => {
    expect(renderTree(loadSplit(SAMPLE))).toEqual(renderTree(load(SAMPLE)));
    fc.assert(
      fc.property(worlds, (written) => {
        expect(renderTree(loadSplit(written))).toEqual(renderTree(load(written)));
      }),
      { seed: 11, numRuns: 30 },
    );
  }, 30_000);

  it('P01-05 P18b-04: no address is given twice', () => {
    fc.assert(
      fc.property(worlds, (written) => {
        const addresses = renderTree(load(written)).flatMap(
          ({ content }) => /^instance_ip: (.*)$/m.exec(content)?.[1] ?? [],
        );
        expect(new Set(addresses).size).toBe(addresses.length);
      }),
      { seed: 12, numRuns: 30 },
    );
  }, 30_000);
});
