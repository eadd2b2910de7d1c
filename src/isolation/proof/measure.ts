import type { FlowModel } from '../model/flows.ts';
import type { Result } from './guest.ts';
import { type GuestExec, measureFromGuests, NOTHING } from './guests.ts';
import { listenAt } from './listen.ts';
import type { Prober, ProberReport } from './prober.ts';
import { runInParts } from './prober-parts.ts';
import type { PlannedProbe } from './probes.ts';
import type { Untested } from './proof.ts';
import { type Ends, hostSideOf, spacesOf } from './spaces.ts';

export interface MeasureOptions {
  readonly seconds: Prober['seconds'];
  /** False: nothing is put at the host's ends of NICs. */
  readonly inject?: boolean;
  readonly exec?: GuestExec;
  /** Machines without their IPv6 address, which send nothing from it by themselves. */
  readonly without6: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

/** A probe that was seen where its way does not lead. */
export interface Stray {
  readonly probe: PlannedProbe;
  /** Interfaces of the host, and names of ends. */
  readonly places: readonly string[];
}

export interface Measures {
  readonly results: ReadonlyMap<PlannedProbe, Result>;
  readonly strays: readonly Stray[];
  readonly untested: readonly Untested[];
  /** Whether frames could be put at the host's ends of NICs. */
  readonly injects: boolean;
  /** Packets that went by unseen. */
  readonly lost: number;
}

/**
 * Sends the probes and sees what becomes of them. Virtual machines send through their agent where nothing can be put at
 * the host's ends of their NICs.
 */
export async function measure(
  model: FlowModel,
  probes: readonly PlannedProbe[],
  ends: Ends,
  { seconds, inject, exec, without6, signal }: MeasureOptions,
): Promise<Measures> {
  if (probes.length === 0)
    return { results: new Map(), strays: [], untested: [], injects: false, lost: 0 };
  const { spaces, names, row } = spacesOf(ends, model.firewall?.machine);
  const bounded = signal ? { signal } : {};
  const wanted = inject === undefined ? {} : { inject };
  const job = { spaces, probes: probes.map(row), seconds, ...hostSideOf(model), ...wanted };
  const report = await runInParts(job, bounded);
  const fromGuests =
    exec && !report.injects
      ? await measureFromGuests(probes, ends.guests, exec, listenAt(ends, { seconds, ...bounded }))
      : NOTHING;
  const guests = new Map(ends.guests.map((guest) => [guest.name, guest]));
  const results = new Map(
    probes.flatMap((probe, index): [PlannedProbe, Result][] => {
      const here = report.results[index];
      const result = fromGuests.results.get(probe) ?? (here && seenHere(probe, here, report));
      return result ? [[probe, result]] : [];
    }),
  );
  return {
    results,
    strays: report.strayed.flatMap(([index, places]) => {
      const probe = probes[index];
      return probe ? [{ probe, places: places.map((place) => nameOf(place, names)) }] : [];
    }),
    untested: [...fromGuests.untested, ...heldBack(model, probes, report, [guests, without6])],
    injects: report.injects,
    lost: report.lost + fromGuests.lost,
  };

  /** What left the host for a virtual machine has arrived, whether or not it answers. Unwatched, only answers tell. */
  function seenHere(
    { to, protocol, expected }: PlannedProbe,
    result: Result,
    { injects }: ProberReport,
  ): Result | undefined {
    const guest = guests.get(to);
    if (!guest || injects) return result;
    const [arrived, answered, ...rest] = result;
    if (guest.port !== undefined) return [arrived, arrived || answered, ...rest];
    return protocol === 'udp' && expected && !answered ? undefined : result;
  }
}

function nameOf(place: string, names: readonly string[]): string {
  return place.startsWith('#') ? (names[Number(place.slice(1))] ?? place) : place;
}

type Names = Pick<ReadonlySet<string>, 'has'>;

/**
 * Machines that keep back what a program in them sends to their gateway, or beyond it. Where the prober put the packets
 * at the end of their NICs instead, the walls are measured all the same; but such a machine has something to hide.
 */
function heldBack(
  { machines, firewall }: FlowModel,
  probes: readonly PlannedProbe[],
  { results }: ProberReport,
  [guests, without6]: readonly [guests: Names, without6: Names],
): Untested[] {
  const domains = new Map(machines.map(({ name, domain }) => [name, domain]));
  const held = new Set(
    probes.flatMap(({ from, to, family }, index) => {
      const [, , error, left] = results[index] ?? [];
      // Neighbours are asked for their address first, and may not answer; IPv6 may have no way out.
      const isRouted = domains.has(from) && domains.get(from) !== domains.get(to);
      // The firewall machine sends by whichever of its NICs leads there.
      if (from === firewall?.machine) return [];
      const isTold = !guests.has(from) && !(family && (error || without6.has(from)));
      return isRouted && isTold && left === false ? [from] : [];
    }),
  );
  return [...held].map((machine) => ({ machine, reason: HELD_BACK }));
}

const HELD_BACK = {
  en: 'it blocks what is sent from inside it: packets from it were not tried',
  fr: "elle bloque ce qui est envoyé depuis l'intérieur : les paquets qui en partent n'ont pas été essayés",
};
