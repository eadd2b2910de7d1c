import { readHostFacts } from '../../base/system/index.ts';
import { controllers } from './controllers.ts';
import type { Finding } from './finding.ts';
import { foreign } from './foreign.ts';
import { btrfs, gpu, inotify, kvm } from './kernel.ts';
import { disk, memory, root, system } from './machine.ts';
import { nesting } from './nesting.ts';
import { incus, program, sandbox } from './programs.ts';
import { subIds } from './sub-ids.ts';

/** Looks at everything anklume uses on this machine. Changes nothing. */
export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const facts = await readHostFacts();
  const groups = await Promise.all([
    [system(facts), memory(facts), root(facts)],
    nesting(),
    incus(env),
    sandbox(facts),
    program('nft', ['nft', '--version'], 'nftables', { en: 'Firewall', fr: 'Pare-feu' }, 'bad'),
    program(
      'python',
      ['python3', '--version'],
      'python3',
      { en: 'Python (proof)', fr: 'Python (preuve)' },
      'bad',
    ),
    program(
      'ansible',
      ['ansible-playbook', '--version'],
      'ansible-core',
      { en: 'Ansible (provisioning)', fr: 'Ansible (configuration)' },
      'warning',
    ),
    [kvm(facts)],
    gpu(),
    btrfs(),
    inotify(),
    controllers(),
    subIds(),
    foreign(),
    disk(),
  ]);
  return groups.flat();
}
