import { AnklumeError, type Text } from '../../base/messages/index.ts';
import { type Host, printable } from '../../base/system/index.ts';
import { type BridgeFault, bridgeFaults, readBridges } from '../../engine/index.ts';
import { listHostLinks, type ProofFinding } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** What is dead or missing on the host of the bridges of a world, and of the NICs of its machines. */
export async function faultsOfBridges(
  { domains }: Pick<Desired, 'domains'>,
  { incus }: Pick<Daemon, 'incus'>,
  host: Host,
): Promise<readonly BridgeFault[]> {
  try {
    const [networks, instances, listed] = await Promise.all([
      incus.networks.list(),
      incus.instances.list(),
      listHostLinks(host),
    ]);
    const view = await readBridges(host, listed);
    return domains.flatMap(({ network, project, machines }) =>
      bridgeFaults(
        networks.filter(({ name }) => name === network.name),
        instances.filter(
          (one) =>
            one.project === project && machines.some(({ instance }) => instance === one.name),
        ),
        view,
      ),
    );
  } catch (error) {
    // Who may not look is told so elsewhere.
    if (error instanceof AnklumeError) return [];
    throw error;
  }
}

/** The same for the proof. */
export function asFindings(faults: readonly BridgeFault[]): ProofFinding[] {
  return faults.map(({ code, network, instance, text, remedy }) => ({
    code,
    place: instance ?? network,
    text,
    remedy,
  }));
}

/** Lines for people: what it is, and below it what mends it. */
export function faultLines(
  faults: readonly Pick<BridgeFault, 'text' | 'remedy'>[],
  {
    t,
    paint,
  }: {
    t(text: Text): string;
    readonly paint: { warn(text: string): string; accent(text: string): string };
  },
): string[] {
  return faults.flatMap(({ text, remedy }) => [
    `${paint.warn('!')} ${printable(t(text))}`,
    `  ${paint.accent('→')} ${printable(t(remedy))}`,
  ]);
}
