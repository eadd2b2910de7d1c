import { AnklumeError } from '../../base/messages/index.ts';
import { scopeOf } from '../../engine/index.ts';
import type { Exportable, Instance, StorageVolume } from '../../incus/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** One thing to back up, and what the manifest says of it. */
export type Item =
  | {
      readonly source: Exportable & { readonly kind: 'instance' };
      readonly domain: string;
      readonly running: boolean;
      readonly volumes: readonly string[];
    }
  | { readonly source: Exportable & { readonly kind: 'volume' }; readonly domain: string };

/** What is on the daemon now. */
export interface Present {
  readonly instances: readonly Instance[];
  readonly volumes: readonly StorageVolume[];
}

/**
 * The declared machines within a scope (a domain, a machine, or everything) and the custom volumes they use, each
 * once; and the declared ones that are not there. Throws `unknown-limit` (exit 2), and `nothing-to-back-up`.
 */
export function chooseItems(
  desired: Desired,
  scope: string | undefined,
  { instances, volumes }: Present,
): { readonly items: readonly Item[]; readonly missing: readonly string[] } {
  const machines: Item[] = [];
  const attached = new Map<string, Item>();
  const missing: string[] = [];
  for (const domain of scopeOf(desired, scope).domains)
    for (const { instance: name } of domain.machines) {
      const { project } = domain;
      const live = instances.find((one) => one.project === project && one.name === name);
      if (!live) {
        missing.push(name);
        continue;
      }
      const used = volumesOf(live, volumes, project);
      for (const volume of used)
        attached.set(keyOf(volume), {
          source: { kind: 'volume', name: volume.name, pool: volume.pool, project: volume.project },
          domain: domain.name,
        });
      machines.push({
        source: { kind: 'instance', name, project },
        domain: domain.name,
        running: live.status === 'Running',
        volumes: used.map(({ pool, name: volume }) => `${pool}/${volume}`),
      });
    }
  if (machines.length === 0) throw nothing(missing);
  return { items: [...attached.values(), ...machines], missing };
}

/** The custom volumes that an instance has, also those its profiles give it. */
function volumesOf(
  { expanded_devices: devices }: Instance,
  volumes: readonly StorageVolume[],
  project: string,
): StorageVolume[] {
  return Object.values(devices).flatMap((device) => {
    if (device.type !== 'disk' || !device.pool || device.path === '/') return [];
    return volumes.filter(
      (one) => one.pool === device.pool && one.name === device.source && one.project === project,
    );
  });
}

function keyOf({ project, pool, name }: StorageVolume): string {
  return `${project}/${pool}/${name}`;
}

function nothing(missing: readonly string[]): AnklumeError {
  const names = missing.join(', ');
  return new AnklumeError({
    code: 'nothing-to-back-up',
    message: {
      en: `None of the machines is on this daemon${names ? `: ${names}` : ''}.`,
      fr: `Aucune des machines n'est sur ce démon${names ? ` : ${names}` : ''}.`,
    },
    remedy: { en: "'anklume apply' makes them.", fr: '« anklume apply » les crée.' },
  });
}
