import type { Proposer } from '../frame/flags.ts';

/** Domain and machine names of the project around the current folder; none where there is no readable one. */
export const domainAndMachineNames: Proposer = async ({ cwd }) =>
  (await domains(cwd)).flatMap(({ name, machines }) => [name, ...machines.map((one) => one.name)]);

/** Domain names of the project around the current folder. */
export const domainNames: Proposer = async ({ cwd }) =>
  (await domains(cwd)).map(({ name }) => name);

/** What a snapshot command can be about. */
export const snapshotTargets: Proposer = async (context) => [
  ...(await domainAndMachineNames(context)),
  'all',
  'self',
];

/** Names of the snapshots of all machines, from the daemon of this machine or of the environment. */
export const snapshotNames: Proposer = async ({ cwd, env }) => {
  const { connect, locateSocket } = await import('../../incus/index.ts');
  const { listSnapshots, placesOf } = await import('../../snapshots/index.ts');
  const { openWorld } = await import('../../up/index.ts');
  try {
    const { desired } = await openWorld({ cwd });
    const incus = await connect({ socket: await locateSocket(env) });
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    const found = await listSnapshots(incus, placesOf(desired), { signal });
    await incus.close();
    return [...new Set(found.filter(({ safety }) => !safety).map(({ name }) => name))];
  } catch {
    // The tab key is no place for error messages.
    return [];
  }
};

/** Names of the templates of this infrastructure. */
export const templateNames: Proposer = async ({ cwd, env }) => {
  const { openDaemon, openWorld, surveyTemplates } = await import('../../up/index.ts');
  try {
    const world = await openWorld({ cwd });
    await using daemon = await openDaemon({}, { env });
    return (await surveyTemplates(world, daemon)).map(({ machine }) => machine);
  } catch {
    // The tab key is no place for error messages.
    return [];
  }
};

/** Milliseconds after which the tab key gives up on a daemon. */
const LONGEST_WAIT = 2000;

/** Names that stand for an end of a packet. */
export const packetEnds: Proposer = async ({ cwd }) => {
  const all = await domains(cwd);
  const machines = all.flatMap(({ machines }) => machines.map(({ name }) => name));
  return [...machines, 'host', 'internet', ...all.map(({ name }) => `gateway:${name}`)];
};

/** Names of the sandboxes. */
export const sandboxNames: Proposer = async () => {
  const { listSandboxes } = await import('../../sandbox/index.ts');
  return (await listSandboxes()).map(({ name }) => name);
};

/** Names of the shipped examples. */
export const exampleNames: Proposer = async () => {
  const up = await import('../../up/index.ts');
  return up.exampleNames();
};

async function domains(cwd: string) {
  const { openWorld } = await import('../../up/index.ts');
  try {
    return (await openWorld({ cwd })).desired.domains;
  } catch {
    // The tab key is no place for error messages.
    return [];
  }
}
