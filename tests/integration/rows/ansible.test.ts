import { describe, expect, it } from 'vitest';
import { testProject } from '../cli/projects.ts';
import { anklume } from '../support.ts';
import { ansibleInventory } from './ansible.ts';

describe('the tree, as Ansible reads it', () => {
  it('P01-01 P01-03: a group for each domain with exactly its machines, and every variable', async (context) => {
    await using project = await testProject();
    await anklume(['init', project.folder]);
    expect((await anklume(['sync'], { cwd: project.folder })).code).toBe(0);
    const inventory = await ansibleInventory(project.folder);
    if (!inventory)
      return context.skip('Ansible is not installed, and there is no apt to fetch it');
    const hosts = (group: string) => inventory[group]?.hosts;
    expect(['anklume', 'pro', 'perso', 'homelab'].map(hosts)).toEqual([
      ['anklume-instance'],
      ['pro-dev'],
      ['perso-desktop'],
      ['homelab-llm'],
    ]);
    expect(inventory._meta.hostvars['pro-dev']).toMatchObject({
      ansible_host: '10.100.2.10',
      project_name: 'my-infra',
      domain_name: 'pro',
      incus_project: 'pro',
      incus_network: { name: 'net-pro', subnet: '10.100.2.0/24', gateway: '10.100.2.254' },
      instance_name: 'pro-dev',
      instance_ip: '10.100.2.10',
      instance_ephemeral: false,
    });
  });
});
