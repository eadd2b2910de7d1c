import type { Observed } from '../../../src/engine/observed.ts';
import { complete } from '../../../src/engine/perform/merge.ts';
import type { Plan, PlanEntry } from '../../../src/engine/plan.ts';
import type { Instance } from '../../../src/incus/index.ts';

/** For tests: a daemon with one pool, the image `probe` and nothing of ours. */
export function emptyDaemon(driver = 'lxc | qemu'): Observed {
  return {
    server: {
      api_extensions: [],
      auth: 'trusted',
      config: {},
      environment: {
        server: 'incus',
        server_version: '6.0.4',
        server_name: 'test',
        server_pid: 1,
        server_clustered: false,
        firewall: 'nftables',
        driver,
        kernel_version: '6.18',
        storage: 'btrfs',
      },
    },
    networks: [],
    projects: [
      { name: 'default', description: '', config: { 'features.images': 'true' }, used_by: [] },
    ],
    profiles: [
      {
        name: 'default',
        project: 'default',
        description: '',
        config: {},
        devices: {},
        used_by: [],
      },
    ],
    pools: [{ name: 'default', driver: 'btrfs', status: 'Created', config: {}, used_by: [] }],
    volumes: [],
    images: [
      {
        fingerprint: 'f00d',
        type: 'container',
        aliases: [{ name: 'probe', description: '' }],
        properties: {},
        project: 'default',
        size: 1,
        architecture: 'x86_64',
      },
    ],
    instances: [],
    unreadable: [],
    disposables: [],
  };
}

/** For tests: what a daemon would list after the creations of a plan. Updates and deletes are left to a real one. */
export function afterCreations(observed: Observed, plan: Plan): Observed {
  const created = plan.entries.filter((entry) => entry.action === 'create');
  const of = (kind: PlanEntry['kind']) => created.filter((entry) => entry.kind === kind);
  const values = (entry: (typeof created)[number]) => ({
    name: entry.name,
    description: entry.body.description ?? '',
    config: complete(entry.body.config),
    used_by: [],
  });
  const devices = (entry: (typeof created)[number]) => complete(entry.body.devices);
  const project = (entry: PlanEntry) => entry.project ?? '';
  const profiles = [
    ...observed.profiles,
    ...of('profile').map((entry) => ({
      ...values(entry),
      project: project(entry),
      devices: devices(entry),
    })),
  ];
  return {
    ...observed,
    networks: [
      ...observed.networks,
      ...of('network').map((entry) => ({
        ...values(entry),
        type: 'bridge',
        managed: true,
        status: 'Created',
      })),
    ],
    projects: [...observed.projects, ...of('project').map(values)],
    profiles,
    volumes: [
      ...observed.volumes,
      ...of('volume').map((entry) => ({
        ...values(entry),
        project: project(entry),
        pool: entry.pool ?? '',
        type: 'custom',
        content_type: 'filesystem',
      })),
    ],
    instances: [
      ...observed.instances,
      ...of('instance').map((entry): Instance => {
        const config = { ...complete(entry.body.config), 'volatile.last_state.power': 'RUNNING' };
        const layers = (entry.body.profiles ?? []).flatMap(
          (name) =>
            profiles.find((one) => one.project === entry.project && one.name === name) ?? [],
        );
        return {
          ...values(entry),
          project: project(entry),
          type: entry.body.type ?? 'container',
          status: 'Running',
          status_code: 103,
          architecture: 'x86_64',
          config,
          devices: devices(entry),
          ephemeral: false,
          stateful: false,
          profiles: entry.body.profiles ?? [],
          expanded_config: Object.assign({}, ...layers.map((one) => one.config), config),
          expanded_devices: Object.assign({}, ...layers.map((one) => one.devices), devices(entry)),
          created_at: '2026-01-01T00:00:00Z',
          last_used_at: '2026-01-01T00:00:00Z',
        };
      }),
    ],
  };
}
