import type { Desired, DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';

/** A machine that could be made like another. */
export interface Candidate {
  /** Of its entry in a plan. */
  readonly id: string;
  readonly domain: DesiredDomain;
  readonly machine: DesiredMachine;
}

/**
 * The machines that could share an image. Not virtual machines: nobody can write into one that does not run. Not one
 * with a disk of its own: what a role writes there would be missing in a copy. Not one with a role of a collection:
 * nobody knows its files.
 */
export function candidatesOf(desired: Desired): Candidate[] {
  return desired.domains.flatMap((domain) =>
    domain.machines
      .filter((machine) => isSimple(domain, machine))
      .map((machine) => ({
        id: `instance:${domain.project}/${machine.instance}`,
        domain,
        machine,
      })),
  );
}

function isSimple({ profiles }: DesiredDomain, machine: DesiredMachine): boolean {
  const { type, roles, volumes, devices, gpu } = machine;
  const inherited = profiles
    .filter(({ name }) => name === 'default' || machine.profiles.includes(name))
    .map((profile) => profile.devices);
  const all = [...inherited, devices].flatMap((layer) => Object.values(layer));
  return (
    type === 'lxc' &&
    !gpu &&
    roles.length > 0 &&
    roles.every((role) => !role.includes('.') && !role.includes('/')) &&
    volumes.length === 0 &&
    all.every((device) => device.type !== 'gpu' && (device.type !== 'disk' || device.path === '/'))
  );
}
