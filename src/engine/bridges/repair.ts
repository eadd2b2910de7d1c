import type { Text } from '../../base/messages/index.ts';
import { about } from '../decide.ts';
import type { Observed } from '../observed.ts';
import type { BridgeRepair, Change, PlanEntry, PlanNote } from '../plan.ts';
import { instanceId } from '../resources/instance-spec.ts';
import type { Spec } from '../spec.ts';
import { type BridgeFault, bridgeFaults } from './faults.ts';
import type { BridgeFaultCode } from './words.ts';

/** What Incus puts right when it sets a bridge up again. */
const BY_SETUP: ReadonlySet<BridgeFaultCode> = new Set([
  'bridge-missing',
  'bridge-down',
  'bridge-address',
  'bridge-services',
]);

/**
 * Has bridges repaired of which something is dead or missing on the host; gives notes of what only a restart of a
 * machine brings back, and of what this plan leaves as it is.
 */
export function repairBridges(
  entries: Map<string, PlanEntry>,
  wanted: readonly Spec[],
  observed: Observed,
  repairs: boolean,
): PlanNote[] {
  const { networks, instances, disposables, bridges } = observed;
  const declared = new Set(wanted.map(({ id }) => id));
  const own = instances.filter(({ project, name }) => declared.has(instanceId(project, name)));
  const specs = wanted.filter(({ kind }) => kind === 'network');
  return specs.flatMap((spec) => {
    const entry = entries.get(spec.id);
    // What is made again, moved or refused is nothing to be repaired first.
    if (entry && (entry.action !== 'update' || entry.body.moves)) return [];
    const live = networks.filter(({ name }) => name === spec.name);
    const faults = bridgeFaults(live, [...own, ...disposables], bridges);
    const mended = repairs ? faults.filter(({ code }) => code !== 'nic-missing') : [];
    if (mended.length > 0) entries.set(spec.id, repairing(spec, entry, mended));
    return faults.filter((fault) => !mended.includes(fault)).map(noteOf(spec));
  });
}

function repairing(
  spec: Spec,
  entry: Extract<PlanEntry, { action: 'update' }> | undefined,
  faults: readonly BridgeFault[],
): PlanEntry {
  return {
    action: 'update',
    ...about(spec),
    reason: listed(faults),
    changes: [...(entry?.changes ?? []), ...faults.map(changeOf)],
    body: { config: {}, ...entry?.body, repairs: repairOf(faults) },
  };
}

/** What is found on the host, and what will be there. */
function changeOf({
  code,
  network,
  port = '',
  family = 'ipv4',
  address = '',
}: BridgeFault): Change {
  const of = (what: string, from: string, to: string) => ({ key: `host.${what}`, from, to });
  switch (code) {
    case 'bridge-missing':
      return of('bridge', 'missing', network);
    case 'bridge-down':
      return of('bridge', 'down', 'up');
    case 'bridge-address':
      return of('address', 'missing', address);
    case 'bridge-services':
      return of('dnsmasq', 'dead', 'running');
    case 'no-forwarding':
      return of(`forwarding.${family}`, 'off', 'on');
    case 'nic-detached':
    case 'nic-missing':
      return of(`nic.${port}`, 'detached', network);
  }
}

/** As many as a line has room for. */
const MOST_TOLD = 2;

function listed(faults: readonly BridgeFault[]): Text {
  const more = faults.length - MOST_TOLD;
  const told = faults.slice(0, MOST_TOLD).map(({ text }) => text);
  return {
    en: `${told.map(({ en }) => en).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    fr: `${told.map(({ fr }) => fr).join(' ; ')}${more > 0 ? ` ; et ${more} de plus` : ''}`,
  };
}

function repairOf(faults: readonly BridgeFault[]): BridgeRepair {
  return {
    setup: faults.some(({ code }) => BY_SETUP.has(code)),
    forward: faults.flatMap(({ family, of, network }) =>
      family ? [{ family, of: of ?? network }] : [],
    ),
    ports: faults.flatMap(({ port }) => port ?? []),
  };
}

const noteOf =
  (spec: Spec) =>
  ({ code, text, remedy }: BridgeFault): PlanNote => ({
    ...{ id: spec.id, code, drift: true },
    ...{ text: capital(text), remedy },
  });

function capital({ en, fr }: Text): Text {
  const first = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return { en: first(en), fr: first(fr) };
}
