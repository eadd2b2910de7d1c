import { localAlias } from '../../images/index.ts';
import type { InstanceType } from '../../incus/index.ts';
import type { DesiredMachine } from '../../world/tree/index.ts';
import { create } from '../decide.ts';
import type { Observed } from '../observed.ts';
import type { PlanEntry } from '../plan.ts';
import type { Spec } from '../spec.ts';

/** The alias an image has on the daemon: the reference without the remote in front of it, told apart by type. */
export function imageAlias(reference: string, type: InstanceType = 'container'): string {
  return localAlias(reference, type);
}

export function imageId(reference: string, type: InstanceType): string {
  return `image:${imageAlias(reference, type)}`;
}

/** What Incus calls the type of a machine. */
export function instanceType({ type }: DesiredMachine): InstanceType {
  return type === 'vm' ? 'virtual-machine' : 'container';
}

/** One image, however many machines of one type are made from it. Images belong to no domain. */
export function imageSpec(machine: DesiredMachine): Spec {
  const type = instanceType(machine);
  return {
    id: imageId(machine.image, type),
    kind: 'image',
    name: imageAlias(machine.image, type),
    needs: [],
    wanted: { config: {}, image: machine.image, type },
  };
}

/** An image that is present under its alias is good enough, whatever its age. */
export function imageEntry(spec: Spec, observed: Observed): PlanEntry | undefined {
  const present = observed.images.some((image) =>
    image.aliases.some((alias) => alias.name === spec.name),
  );
  return present ? undefined : create(spec);
}
