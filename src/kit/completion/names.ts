import type { Daemon, World } from '../../site/index.ts';
import type { Proposer, ProposerContext } from '../proposer.ts';
import { placeOf, typedSoFar } from './typed.ts';

/** Domain and machine names of the project around the current folder; none where there is no readable one. */
export const domainAndMachineNames: Proposer = async (context) =>
  (await domains(context)).flatMap(({ name, machines }) => [
    name,
    ...machines.map((one) => one.name),
  ]);

/** Domain names of the project around the current folder. */
export const domainNames: Proposer = async (context) =>
  (await domains(context)).map(({ name }) => name);

/** What a snapshot command can be about. */
export const snapshotTargets: Proposer = async (context) => [
  ...(await domainAndMachineNames(context)),
  'all',
  'self',
];

export async function withRunning(
  { cwd, env, typed = [] }: ProposerContext,
  ask: (daemon: Daemon, world: World, signal: AbortSignal) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const { openIfRunning, openWorld } = await import('../../site/index.ts');
  const said = typedSoFar(typed);
  const place = placeOf(cwd, said);
  try {
    const world = await openWorld(place);
    await using daemon = await openIfRunning(said, { env, place });
    return daemon ? await ask(daemon, world, AbortSignal.timeout(LONGEST_WAIT)) : [];
  } catch {
    // The tab key is no place for error messages.
    return [];
  }
}

/** Milliseconds after which the tab key gives up on a daemon. */
const LONGEST_WAIT = 2000;

/** Names that stand for an end of a packet. */
export const packetEnds: Proposer = async (context) => {
  const all = await domains(context);
  const machines = all.flatMap(({ machines }) => machines.map(({ name }) => name));
  return [...machines, 'host', 'internet', ...all.map(({ name }) => `gateway:${name}`)];
};

/** Names of the sandboxes. */
export const sandboxNames: Proposer = async () => {
  const { listSandboxes } = await import('../../sandbox/index.ts');
  return (await listSandboxes()).map(({ name }) => name);
};

interface Named {
  readonly name: string;
  readonly machines: readonly { readonly name: string }[];
}

/** From the tree that a command would read; before the first sync, from infra.yml. */
async function domains({ cwd, typed = [] }: ProposerContext): Promise<readonly Named[]> {
  const { openProject, openWorld } = await import('../../site/index.ts');
  const place = placeOf(cwd, typedSoFar(typed));
  try {
    return (await openWorld(place)).desired.domains;
  } catch {
    // The tab key is no place for error messages.
    return openProject(place).then(
      ({ infra }) => infra.domains,
      () => [],
    );
  }
}
