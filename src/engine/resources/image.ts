import { parseReference } from '../../images/index.ts';
import type { DesiredMachine } from '../../tree/index.ts';
import { create } from '../decide.ts';
import type { Observed } from '../observed.ts';
import type { PlanEntry } from '../plan.ts';
import type { Spec } from '../spec.ts';

/** The alias an image has on the daemon: the reference without the remote in front of it. */
export function imageAlias(reference: string): string {
  return parseReference(reference).alias;
}

export function imageId(reference: string): string {
  return `image:${imageAlias(reference)}`;
}

/** One image, however many machines are made from it. Images belong to no domain. */
export function imageSpec(machine: DesiredMachine): Spec {
  return {
    id: imageId(machine.image),
    kind: 'image',
    name: imageAlias(machine.image),
    needs: [],
    wanted: { config: {}, image: machine.image },
  };
}

/** An image that is present under its alias is good enough, whatever its age. */
export function imageEntry(spec: Spec, observed: Observed): PlanEntry | undefined {
  const present = observed.images.some((image) =>
    image.aliases.some((alias) => alias.name === spec.name),
  );
  return present ? undefined : create(spec);
}
