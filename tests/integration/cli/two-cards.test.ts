import { describe, expect, it } from 'vitest';
import { anklume } from '../support.ts';
import { testProject } from './projects.ts';

/** Two domains; each machine has a second NIC on the network of the first. */
const infra = (allow: readonly [string, string]) => `project_name: two
global: { default_os_image: probe, base_subnet: "10.185" }
domains:
  one:
    subnet_id: 1
    machines:
      one-a:
        ${allow[0]}
        devices: { eth1: { type: nic, network: net-one, name: eth1 } }
  two:
    subnet_id: 2
    machines:
      two-a:
        ${allow[1]}
        devices: { eth1: { type: nic, network: net-one, name: eth1 } }
`;

async function synced(first: string, second: string) {
  await using project = await testProject(infra([first, second]));
  const { code, stderr } = await anklume(['sync'], { cwd: project.folder });
  return { code, stderr, wrote: Object.keys(await project.snapshot()).includes('inventory') };
}

describe('case 05: a NIC in the network of another domain', () => {
  it('B06-04: is an error at its place that says what permits it, and nothing is written', async () => {
    const { code, stderr, wrote } = await synced('type: lxc', 'type: lxc');
    expect(code).toBe(2);
    expect(stderr).toMatch(/error infra\.yml:15:\d+ foreign-nic/);
    expect(stderr).toContain(
      "'two-a' has the setting 'eth1': it stands in another domain ('net-one')",
    );
    expect(stderr).toContain("'allow: [nic:net-one]'");
    expect(wrote).toBe(false);
  });

  it('in its own domain is a warning: nothing ties it to the machine', async () => {
    const { code, stderr } = await synced('type: lxc', "allow: ['nic:net-one']");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/warning infra\.yml:9:\d+ foreign-nic/);
    expect(stderr).not.toContain('error');
  });

  it('what a machine names for itself is taken, and not what it names for another', async () => {
    const both = await synced("allow: ['nic:unpinned']", "allow: ['nic:net-one']");
    expect(both.code, both.stderr).toBe(0);
    expect(both.stderr).not.toContain("'one-a' has the setting");
    expect((await synced("allow: ['nic:net-one']", "allow: ['nic:net-two']")).code).toBe(2);
  });
});
