import { overlap } from './addresses.ts';
import { type Clash, clashFinder } from './addressing.ts';
import { type Refusal, refuse } from './decide.ts';
import type { Observed } from './observed.ts';
import type { PlanEntry } from './plan.ts';
import { collidingNetwork, networkId, subnetTaken } from './resources/network.ts';
import type { Spec } from './spec.ts';

type Entries = Map<string, PlanEntry>;
type SpecMap = ReadonlyMap<string, Spec>;

/** Two bridges never serve the same addresses. One that makes room within this plan is waited for. */
export function resolveCollisions(entries: Entries, specs: SpecMap, observed: Observed): void {
  for (const [id, entry] of [...entries]) {
    const spec = specs.get(id);
    if (spec?.kind !== 'network' || !writes(entry, 'ipv4.address')) continue;
    const twin = [...specs.values()].find(
      (other) =>
        other.kind === 'network' &&
        other.id !== id &&
        overlap(other.wanted.config['ipv4.address'], spec.wanted.config['ipv4.address']),
    );
    const present = collidingNetwork(spec, observed.networks);
    const inTheWay = twin?.name ?? present?.name;
    if (inTheWay === undefined) continue;
    const room = !twin && present && makesRoom(networkId(present.name), entries, specs);
    if (!room || !waitFor(entries, id, networkId(inTheWay)))
      entries.set(id, refuse(spec, subnetTaken(spec, inTheWay)));
  }
}

/** Two machines on a bridge never share an address or a name. One that gives it up within this plan is waited for. */
export function resolveClashes(entries: Entries, specs: SpecMap, observed: Observed): void {
  const find = clashFinder(observed, specs);
  for (const [id, entry] of [...entries]) {
    const spec = specs.get(id);
    if (spec?.kind !== 'instance' || !takesPlace(entry)) continue;
    const blocking = find(spec).find(
      (clash) => !(givesUp(clash, entries, specs) && waitFor(entries, id, clash.holder)),
    );
    if (blocking) entries.set(id, refuse(spec, taken(spec, blocking)));
  }
}

function writes(entry: PlanEntry, key: string): boolean {
  if (entry.action === 'create' || entry.action === 'recreate') return true;
  return entry.action === 'update' && key in entry.body.config;
}

function takesPlace(entry: PlanEntry): boolean {
  if (entry.action === 'create' || entry.action === 'recreate') return true;
  return entry.action === 'update' && entry.body.devices?.eth0 !== undefined;
}

/** Whether the present holder of a subnet is removed or moved elsewhere by this plan. */
function makesRoom(holder: string, entries: Entries, specs: SpecMap): boolean {
  const entry = entries.get(holder);
  if (entry?.action === 'delete') return true;
  return specs.has(holder) && entry?.action === 'update' && writes(entry, 'ipv4.address');
}

/** Whether the present holder is removed, or moves to an address that is wanted to be another. */
function givesUp(clash: Clash, entries: Entries, specs: SpecMap): boolean {
  const entry = entries.get(clash.holder);
  if (entry?.action === 'delete') return true;
  const wanted = specs.get(clash.holder)?.wanted.devices?.eth0?.['ipv4.address'];
  return (
    clash.over === 'address' &&
    entry?.action === 'update' &&
    wanted !== undefined &&
    wanted !== clash.address
  );
}

/** Makes one entry wait for another, unless they would then wait for each other: false. */
function waitFor(entries: Entries, id: string, other: string): boolean {
  const entry = entries.get(id);
  if (!entry || reaches(entries, other, id)) return false;
  entries.set(id, { ...entry, needs: [...entry.needs, other] });
  return true;
}

function reaches(entries: Entries, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (entries.get(from)?.needs ?? []).some((need) => reaches(entries, need, to, seen));
}

function taken(spec: Spec, clash: Clash): Refusal {
  return {
    code: clash.over === 'address' ? 'address-taken' : 'name-taken',
    reason:
      clash.over === 'address'
        ? {
            en: `The address ${clash.address} of '${spec.name}' is held by ${clash.holder} on the bridge '${clash.network}'.`,
            fr: `L'adresse ${clash.address} de « ${spec.name} » est détenue par ${clash.holder} sur le pont « ${clash.network} ».`,
          }
        : {
            en: `${clash.holder} already answers to the name '${spec.name}' on the bridge '${clash.network}'.`,
            fr: `${clash.holder} répond déjà au nom « ${spec.name} » sur le pont « ${clash.network} ».`,
          },
    remedy: {
      en: `Change one of the two, or remove ${clash.holder} (with --prune when it is a leftover of this infrastructure).`,
      fr: `Changez l'un des deux, ou supprimez ${clash.holder} (avec --prune si c'est un reste de cette infrastructure).`,
    },
  };
}
