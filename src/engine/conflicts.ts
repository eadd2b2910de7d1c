import { overlap } from './addresses.ts';
import { type Clash, clashFinder } from './addressing.ts';
import { type Refusal, refuse } from './decide.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import type { PlanEntry, PlanNote } from './plan.ts';
import { instanceId } from './resources/instance-spec.ts';
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
    if (blocking) entries.set(id, refuse(spec, taken(spec, blocking, observed)));
  }
}

/**
 * Machines that run and could not be started again, because of what somebody put beside them. A holder that is
 * declared, or leaves in this plan, is settled by the plan.
 */
export function clashNotes(
  wanted: readonly Spec[],
  entries: Entries,
  specs: SpecMap,
  observed: Observed,
): PlanNote[] {
  const find = clashFinder(observed, specs);
  const present = new Set(observed.instances.map(({ project, name }) => instanceId(project, name)));
  return wanted.flatMap((spec) => {
    if (spec.kind !== 'instance' || !present.has(spec.id)) return [];
    if (entries.get(spec.id)?.action === 'refuse') return [];
    const clash = find(spec).find(
      ({ holder }) => !specs.has(holder) && entries.get(holder)?.action !== 'delete',
    );
    if (!clash) return [];
    const { code, reason, remedy } = taken(spec, clash, observed);
    const text = {
      en: `${reason.en} Once it is stopped, '${spec.name}' cannot be started again.`,
      fr: `${reason.fr} Une fois arrêtée, « ${spec.name} » ne pourra plus redémarrer.`,
    };
    return [{ id: spec.id, code, text, ...(remedy && { remedy }) }];
  });
}

function writes(entry: PlanEntry, key: string): boolean {
  if (entry.action === 'create' || entry.action === 'recreate') return true;
  return entry.action === 'update' && key in entry.body.config;
}

function takesPlace(entry: PlanEntry): boolean {
  if (['create', 'recreate', 'start'].includes(entry.action)) return true;
  if (entry.action !== 'update') return false;
  const { devices, start, restart } = entry.body;
  return devices?.eth0 !== undefined || start === true || restart === true;
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
export function waitFor(entries: Entries, id: string, other: string): boolean {
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

function taken(spec: Spec, clash: Clash, observed: Observed): Refusal {
  const { over, address, holder, network } = clash;
  const words = {
    address: {
      code: 'address-taken',
      en: `The address ${address} of '${spec.name}' is held by ${holder} on the bridge '${network}'.`,
      fr: `L'adresse ${address} de « ${spec.name} » est détenue par ${holder} sur le pont « ${network} ».`,
    },
    mac: {
      code: 'mac-taken',
      en: `The MAC ${address} of '${spec.name}' is held by ${holder} on the bridge '${network}'.`,
      fr: `L'adresse MAC ${address} de « ${spec.name} » est détenue par ${holder} sur le pont « ${network} ».`,
    },
    name: {
      code: 'name-taken',
      en: `${holder} already answers to the name '${spec.name}' on the bridge '${network}'.`,
      fr: `${holder} répond déjà au nom « ${spec.name} » sur le pont « ${network} ».`,
    },
  }[over];
  const { code, ...reason } = words;
  return { code, reason, remedy: remedyFor(clash, observed) };
}

/** A NIC that a copy brought along is told with the command that gives it one of its own. */
function remedyFor({ over, holder }: Clash, observed: Observed) {
  const live = observed.instances.find(({ project, name }) => instanceId(project, name) === holder);
  if (live && live.config[MARK.project] === undefined && over !== 'name' && live.devices.eth0) {
    const { name, project } = live;
    const line = `anklume incus -- config device remove ${name} eth0 --project ${project}`;
    return {
      en: `'${name}' is not a machine of this infrastructure (a copy takes its NIC along). Give it one of its own: ${line}`,
      fr: `« ${name} » n'est pas une machine de cette infrastructure (une copie emporte sa carte). Donnez-lui la sienne : ${line}`,
    };
  }
  return {
    en: `Change one of the two, or remove ${holder} (with --prune when it is a leftover of this infrastructure).`,
    fr: `Changez l'un des deux, ou supprimez ${holder} (avec --prune si c'est un reste de cette infrastructure).`,
  };
}
