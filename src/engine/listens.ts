import { collide, type Listen, listensOf, listenText } from '../world/infra/index.ts';
import { waitFor } from './conflicts.ts';
import { refuse } from './decide.ts';
import type { Observed } from './observed.ts';
import type { PlanEntry } from './plan.ts';
import { instanceId } from './resources/instance-spec.ts';
import { profileId } from './resources/profile.ts';
import type { Spec } from './spec.ts';

type Entries = Map<string, PlanEntry>;
type SpecMap = ReadonlyMap<string, Spec>;

interface Claim extends Listen {
  /** Id of the instance. */
  readonly holder: string;
}

/**
 * A proxy cannot listen where that of another running instance does. One that gives the address up in this plan is
 * waited for; two that are declared and want the same were refused with the file.
 */
export function resolveListens(entries: Entries, specs: SpecMap, observed: Observed): void {
  const held = observed.instances
    .filter(({ status }) => status !== 'Stopped')
    .flatMap((live): Claim[] =>
      Object.values(live.expanded_devices).flatMap((device) =>
        listensOf(device).map((one) => ({ ...one, holder: instanceId(live.project, live.name) })),
      ),
    );
  if (held.length === 0) return;
  for (const [id, entry] of [...entries]) {
    const spec = specs.get(id);
    if (spec?.kind !== 'instance' || entry.action === 'delete' || entry.action === 'refuse')
      continue;
    for (const wanted of wantedListens(spec, specs)) {
      const other = held.find((one) => one.holder !== id && collide(one, wanted));
      if (!other || !blocks(other, wanted, entries, specs)) continue;
      const gone = entries.get(other.holder)?.action;
      const leaves = gone === 'delete' || (gone === 'update' && specs.has(other.holder));
      if (leaves && waitFor(entries, id, other.holder)) continue;
      entries.set(id, refuse(spec, taken(spec, wanted, other.holder)));
      break;
    }
  }
}

/** A declared holder that keeps the address is another rule's. */
function blocks(held: Claim, wanted: Listen, entries: Entries, specs: SpecMap): boolean {
  const spec = specs.get(held.holder);
  if (!spec || entries.get(held.holder)?.action === 'delete') return true;
  return !wantedListens(spec, specs).some((one) => collide(one, wanted));
}

function wantedListens(spec: Spec, specs: SpecMap): Listen[] {
  const profiles = (spec.wanted.profiles ?? []).map(
    (name) => specs.get(profileId(spec.project ?? '', name))?.wanted.devices ?? {},
  );
  const devices: Spec['wanted']['devices'] = Object.assign({}, ...profiles, spec.wanted.devices);
  return Object.values(devices ?? {}).flatMap(listensOf);
}

function taken(spec: Spec, listen: Listen, holder: string) {
  const address = listenText(listen);
  return {
    code: 'listen-taken',
    reason: {
      en: `A proxy of '${spec.name}' is to listen on ${address}, where one of ${holder} listens.`,
      fr: `Un proxy de « ${spec.name} » doit écouter sur ${address}, où écoute celui de ${holder}.`,
    },
    remedy: {
      en: `Give it another port, or stop ${holder} (remove it with --prune when it is a leftover of this infrastructure).`,
      fr: `Donnez-lui un autre port, ou arrêtez ${holder} (supprimez-la avec --prune si c'est un reste de cette infrastructure).`,
    },
  };
}
