import { AnklumeError } from '../../base/messages/index.ts';
import type { World } from '../../site/index.ts';
import { openProject, type ProjectChoice } from '../../site/index.ts';

/** A machine that was removed from the daemon and would be made again. */
export interface StillDeclared {
  readonly machine: string;
  readonly domain: string;
  /** `tree`: infra.yml names it no more, or has errors. */
  readonly by: 'infra' | 'tree';
  /** Number of network policies that name it. */
  readonly policies: number;
}

/** Which of these machines infra.yml, or the tree of the last sync, still declares. */
export async function stillDeclared(
  choice: ProjectChoice,
  { desired }: Pick<World, 'desired'>,
  machines: readonly string[],
): Promise<StillDeclared[]> {
  const infra = await openProject(choice).then(
    (project) => project.infra,
    (error: unknown) => {
      if (error instanceof AnklumeError) return undefined;
      throw error;
    },
  );
  // Of a domain that infra.yml names no more, nothing is made again.
  const made = { ...desired, domains: desired.domains.filter(({ undeclared }) => !undeclared) };
  return machines.flatMap((machine) => {
    const declared = infra && find(infra, machine, 'infra');
    return declared ?? find(made, machine, 'tree') ?? [];
  });
}

/** What both the declared world and its tree are, as far as it matters here. */
interface Declaring {
  readonly domains: readonly {
    readonly name: string;
    readonly machines: readonly { readonly name: string }[];
  }[];
  readonly policies: readonly { readonly from: string; readonly to: string }[];
}

function find(
  { domains, policies }: Declaring,
  machine: string,
  by: StillDeclared['by'],
): StillDeclared | undefined {
  const domain = domains.find(({ machines }) => machines.some(({ name }) => name === machine));
  if (!domain) return undefined;
  const touching = policies.filter(({ from, to }) => from === machine || to === machine);
  return { machine, domain: domain.name, by, policies: touching.length };
}
