import { basename } from 'node:path';
import { RUNNER } from './place.ts';

/** Folder of the clone in the runner. */
export const CLONE = '/opt/anklume';

/** Files of this machine that the runner gets. */
export interface Freight {
  readonly repository: string;
  readonly dependencies?: string;
  /** Files of the image cache, in the order that they are to be placed in. */
  readonly images: readonly string[];
}

const DEPENDENCIES = '/srv/anklume-dependencies.tar';

/** Where the cache of root is in the runner. */
const IMAGES = '/root/.cache/anklume/images';

/** Address of the runner's own bridge: it is in the runner alone, and its subnet may as well be in use outside. */
const INNER_BRIDGE = '10.213.77.1/24';

/** The inventory of the runner, in JSON, which Ansible reads as YAML. */
export function runnerInventory(): string {
  const host = {
    ansible_connection: 'anklume_incus',
    ansible_python_interpreter: '/usr/bin/python3',
    ansible_incus_host: RUNNER.instance,
    ansible_incus_project: RUNNER.project,
  };
  return json({ all: { hosts: { [RUNNER.instance]: host } } });
}

/** Places the freight, then applies the role, which clones from it. In JSON too. */
export function runnerPlaybook({ repository, dependencies, images }: Freight): string {
  const copy = (src: string, dest: string) => ({
    name: `Place ${basename(dest)}`,
    'ansible.builtin.copy': { src, dest, mode: '0644' },
  });
  const play = {
    name: 'Make a machine a test runner',
    hosts: 'all',
    gather_facts: false,
    pre_tasks: [
      {
        name: 'Place the repository',
        'ansible.builtin.unarchive': { src: repository, dest: '/srv' },
      },
      {
        name: 'Make the folder of the images',
        'ansible.builtin.file': { path: IMAGES, state: 'directory', mode: '0755' },
      },
      ...images.map((file) => copy(file, `${IMAGES}/${basename(file)}`)),
      ...(dependencies === undefined ? [] : [copy(dependencies, DEPENDENCIES)]),
    ],
    roles: ['dev_test_runner'],
    vars: {
      dev_test_runner_bridge_address: INNER_BRIDGE,
      dev_test_runner_repository: '/srv/anklume.git',
      dev_test_runner_folder: CLONE,
      ...(dependencies !== undefined && { dev_test_runner_dependencies: DEPENDENCIES }),
    },
  };
  return json([play]);
}

function json(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
