import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadText } from './load-text.test-kit.ts';
import { writtenOut } from './written.ts';

describe('writtenOut', () => {
  const worlds = {
    'every kind of key': `
project_name: all
global:
  base_subnet: "10.44"
  default_os_image: images:debian/13
  default_user: me
  gpu_policy: shared
  log_drops: true
  incus_images_export_for_nesting: true
  incus_images_export_dir: /srv/images
  resource_policy: true
domains:
  pro:
    subnet_id: 9
    trust_level: trusted
    ipv6: true
    internet: false
    lan: false
    file_portal: { allowed_paths: [/srv/in], read_only: false }
    profiles: { big: { config: { limits.cpu: 2 }, devices: { d: { type: disk, source: /srv/x, path: /x } } } }
    machines:
      pro-dev:
        description: "yes: 1.10"
        profiles: [default, big]
        storage_volumes: { data: { path: /data, size: 1GiB } }
        roles: [web_server]
        web_server_port: 8080
        boot_priority: 3
        snapshots_schedule: "0 3 * * *"
        ephemeral: false
      pro-vm: { type: vm, ip: 10.44.9.77, weight: 3 }
  spare: { enabled: false, machines: { gone: {} } }
network_policies:
  - { from: pro-dev, to: host, ports: [22], protocol: tcp, bidirectional: false }
`,
    'addresses by trust level': `
project_name: zones
global: { addressing: { zone_base: 60 } }
domains:
  b: { trust_level: trusted, machines: { z: {}, y: { ip: 10.70.1.9 }, x: {} } }
  a: { trust_level: trusted, ipv6: true, machines: { w: {} } }
`,
    'machines that are only described': `
project_name: seen
domains:
  old: { managed: false, machines: { theirs: { instance: other, type: vm } } }
  own: { machines: { one: {} } }
`,
  };
  it.each(Object.entries(worlds))('loads as the same world again: %s', (_name, text) => {
    const { infra } = loadText(text);
    if (!infra) throw new Error('the world does not load');
    const again = loadText(stringify(writtenOut(infra), { version: '1.1' }));
    expect(again.infra).toEqual(infra);
  });

  it.each(readdirSync('examples').map((name) => `examples/${name}/infra.yml`))(
    'loads as the same world again: %s',
    (path) => {
      const { infra } = loadText(readFileSync(path, 'utf8'));
      if (!infra) throw new Error('the example does not load');
      expect(loadText(stringify(writtenOut(infra), { version: '1.1' })).infra).toEqual(infra);
    },
  );
});
