import type { Proposer } from '../frame/flags.ts';

/** Domain and machine names of the project around the current folder; none where there is no readable one. */
export const domainAndMachineNames: Proposer = async ({ cwd }) =>
  (await domains(cwd)).flatMap(({ name, machines }) => [name, ...machines.map((one) => one.name)]);

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
