import type { Instance } from '../incus/index.ts';
import { fitsBridge } from '../world/tree/index.ts';
import { type Refusal, refuse } from './decide.ts';
import type { Observed } from './observed.ts';
import type { Move, PlanEntry } from './plan.ts';
import { instanceId } from './resources/instance-spec.ts';
import type { Spec } from './spec.ts';

type Entries = Map<string, PlanEntry>;
type SpecMap = ReadonlyMap<string, Spec>;
type Update = Extract<PlanEntry, { readonly action: 'update' }>;

/** An instance whose addresses on a bridge lie outside the subnet that the bridge is to have. */
interface Guest {
  readonly live: Instance;
  readonly id: string;
  /** Its devices that are concerned. */
  readonly nics: readonly string[];
}

/**
 * A bridge that gets another subnet takes its machines along. Incus moves the bridge under them, and from then on
 * neither changes nor starts any of them, as their addresses are not within it: so they are stopped first, get their
 * new addresses with the bridge, and start again. To be called last, when it is known what else is refused.
 */
export function resolveMoves(entries: Entries, specs: SpecMap, observed: Observed): void {
  const moving = [...specs.values()].flatMap((spec) => {
    const entry = entries.get(spec.id);
    if (spec.kind !== 'network' || entry?.action !== 'update' || !changesSubnet(entry)) return [];
    const guests = guestsOf(spec, observed);
    return guests.length > 0 ? [{ spec, entry, guests }] : [];
  });
  for (const { spec, entry, guests } of moving) {
    const refusal = guests.map((guest) => held(guest, spec, entries, specs)).find((one) => one);
    if (refusal) {
      entries.set(spec.id, refuse(spec, refusal));
      continue;
    }
    const leaving = guests.filter(({ id }) => entries.get(id)?.action === 'delete');
    const taken = guests.filter((guest) => !leaving.includes(guest) && specs.has(guest.id));
    const elsewhere = (id: string) =>
      moving.some((other) => other.spec !== spec && other.guests.some((one) => one.id === id));
    const moves = taken.map((guest) => moveOf(guest, entries, elsewhere(guest.id)));
    entries.set(spec.id, withMoves(entry, moves, taken, leaving));
    for (const guest of taken) takeAlong(guest, spec, entries, specs);
  }
}

/** Whether a bridge of this entry stops machines: they cannot be changed without it. */
export function movesMachines(entry: PlanEntry): boolean {
  return entry.action === 'update' && (entry.body.moves ?? []).length > 0;
}

function changesSubnet({ body }: Update): boolean {
  return 'ipv4.address' in body.config || 'ipv6.address' in body.config;
}

function guestsOf(spec: Spec, observed: Observed): Guest[] {
  return [...observed.instances, ...observed.disposables].flatMap((live) => {
    const nics = Object.entries(live.expanded_devices)
      .filter(([, nic]) => nic.type === 'nic' && (nic.network ?? nic.parent) === spec.name)
      .filter(([, nic]) => !fitsBridge(nic, spec.wanted.config))
      .map(([name]) => name);
    return nics.length > 0 ? [{ live, nics, id: instanceId(live.project, live.name) }] : [];
  });
}

/** What stands in the way of the move: a guest that nobody declares, or that cannot be changed as wanted. */
function held(
  { live, id }: Guest,
  spec: Spec,
  entries: Entries,
  specs: SpecMap,
): Refusal | undefined {
  const own = entries.get(id);
  if (own?.action === 'delete' || own?.action === 'recreate') return undefined;
  if (own?.action === 'refuse') return cannotMove(spec, id, own.reason);
  if (specs.has(id)) return undefined;
  // A stopped stranger holds nothing up: it is its owner's to give it another address.
  return live.status === 'Stopped' && !live.ephemeral ? undefined : strangerOn(spec, live);
}

function moveOf({ live, id, nics }: Guest, entries: Entries, elsewhere: boolean): Move {
  const own = entries.get(id);
  const wanted = own?.action === 'update' ? (own.body.devices ?? {}) : {};
  const devices = Object.fromEntries(
    nics.flatMap((nic) => (wanted[nic] ? [[nic, wanted[nic]] as const] : [])),
  );
  const complete = Object.keys(devices).length === nics.length && !elsewhere;
  return { project: live.project, name: live.name, devices, ...(!complete && { late: true }) };
}

function withMoves(
  entry: Update,
  moves: readonly Move[],
  taken: readonly Guest[],
  leaving: readonly Guest[],
): PlanEntry {
  const running = taken
    .filter(({ live }) => live.status !== 'Stopped')
    .map(({ live }) => live.name);
  return {
    ...entry,
    needs: [...entry.needs, ...leaving.map(({ id }) => id)],
    changes: [
      ...entry.changes,
      ...(running.length > 0 ? [{ key: 'restarts', to: running.join(', ') }] : []),
    ],
    body: { ...entry.body, moves },
  };
}

/** The machine's own entry comes after the bridge's, which has stopped it: it sees to it that the machine runs. */
function takeAlong({ live, id }: Guest, network: Spec, entries: Entries, specs: SpecMap): void {
  const own = entries.get(id);
  const runs = live.status !== 'Stopped';
  if (own?.action === 'update') {
    const { restart: _, ...body } = own.body;
    const needs = [...new Set([...own.needs, network.id])];
    entries.set(id, { ...own, needs, body: { ...body, ...(runs && { start: true }) } });
    return;
  }
  const spec = specs.get(id);
  if (!runs || !spec || own) return;
  const { needs, wanted: _, ...about } = spec;
  entries.set(id, {
    ...about,
    action: 'start',
    needs: [...new Set([...needs, network.id])],
    reason: { en: 'its bridge gets another subnet', fr: 'son pont change de sous-réseau' },
  });
}

function cannotMove(spec: Spec, id: string, reason: Refusal['reason']): Refusal {
  const subnet = spec.wanted.config['ipv4.address'] ?? '';
  return {
    code: 'subnet-held',
    reason: {
      en: `The bridge '${spec.name}' cannot get the subnet of ${subnet}, as ${id} cannot be changed: ${reason.en}`,
      fr: `Le pont « ${spec.name} » ne peut pas recevoir le sous-réseau de ${subnet}, car ${id} ne peut pas être modifiée : ${reason.fr}`,
    },
  };
}

function strangerOn(spec: Spec, { project, name, ephemeral }: Instance): Refusal {
  const subnet = spec.wanted.config['ipv4.address'] ?? '';
  return {
    code: 'subnet-held',
    reason: {
      en: `The bridge '${spec.name}' cannot get the subnet of ${subnet} while ${instanceId(project, name)}, which infra.yml does not declare, runs on it.`,
      fr: `Le pont « ${spec.name} » ne peut pas recevoir le sous-réseau de ${subnet} tant que ${instanceId(project, name)}, que infra.yml ne déclare pas, y tourne.`,
    },
    remedy: ephemeral
      ? {
          en: `It is deleted when it stops: anklume incus -- stop ${name} --project ${project}`,
          fr: `Elle disparaît quand elle s'arrête : anklume incus -- stop ${name} --project ${project}`,
        }
      : {
          en: `Stop it (anklume incus -- stop ${name} --project ${project}), then apply again; or remove it with --prune when it is a leftover of this infrastructure.`,
          fr: `Arrêtez-la (anklume incus -- stop ${name} --project ${project}), puis relancez apply ; ou supprimez-la avec --prune si c'est un reste de cette infrastructure.`,
        },
  };
}
