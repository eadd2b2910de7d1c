import { describe, expect, it } from 'vitest';
import { loadText } from './load-text.test-kit.ts';

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
