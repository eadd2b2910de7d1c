import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { silent } from '../../../base/messages/index.ts';
import { acquireLock, homeFolder, productRoot } from '../../../base/system/index.ts';
import { connect } from '../../../incus/index.ts';
import {
  deleteSandbox,
  type InstallOptions,
  type Sandbox,
  startSandbox,
} from '../../../sandbox/index.ts';
import { requireAnsible } from './ansible.ts';
import { fetchImages, makeNetworks } from './machines.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import { chosenScenarios, rolesIn, type Scenario, unknownRole } from './scenario.ts';

export interface RoleTestOptions extends InstallOptions {
  /** Folder of the roles; default: those that anklume brings. */
  readonly folder?: string;
  /** Leaves sandbox and machines for looking around in. */
  readonly keep?: boolean;
  /** Told each scenario's result as soon as it stands. */
  readonly onResult?: (result: ScenarioResult) => void;
}

/** Name of the sandbox that tests of roles run in. */
export const ROLE_SANDBOX = 'role-tests';

/**
 * Tests roles on real machines in a sandbox of their own, several at a time; all of them, whatever fails.
 * A name may choose one scenario, `ROLE/SCENARIO`. Without names, every role of the folder.
 */
export async function testRoles(
  names: readonly string[],
  options: RoleTestOptions = {},
): Promise<ScenarioResult[]> {
  const { emit = silent, signal, keep = false } = options;
  const product = join(productRoot(), 'roles');
  const folder = options.folder ?? product;
  const roles = names.length > 0 ? names : await rolesIn(folder);
  // A folder without roles would pass without a test.
  if (roles.length === 0) throw unknownRole('*', folder, []);
  const scenarios = (await Promise.all(roles.map((role) => chosenScenarios(folder, role)))).flat();
  await requireAnsible(options);
  const home = homeFolder();
  await using _lock = await acquireLock(`role-tests:${home}`, {
    command: 'dev test-role',
    wait: true,
    emit,
    ...(signal && { signal }),
  });
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-roles-'));
  try {
    const sandbox = await startSandbox(ROLE_SANDBOX, { ...options, uplink: true });
    return await inSandbox(sandbox, scenarios, { ...options, emit, keep }, (scenario) => ({
      scratch: join(scratch, scenario.role, scenario.name),
      log: join(home, 'role-tests', `${scenario.role}-${scenario.name}.log`),
      rolesPath: [...new Set([folder, product])],
    }));
  } finally {
    await rm(scratch, { recursive: true, force: true });
    if (!keep) await deleteSandbox(ROLE_SANDBOX);
  }
}

interface Places {
  readonly scratch: string;
  readonly log: string;
  readonly rolesPath: readonly string[];
}

async function inSandbox(
  sandbox: Sandbox,
  scenarios: readonly Scenario[],
  options: RoleTestOptions & { readonly emit: NonNullable<RoleTestOptions['emit']>; keep: boolean },
  placesOf: (scenario: Scenario) => Places,
): Promise<ScenarioResult[]> {
  const { emit, signal, keep, onResult } = options;
  const incus = await connect({ socket: sandbox.socket });
  const world = { incus, host: sandbox.host, emit, ...(signal && { signal }) };
  try {
    await Promise.all([makeNetworks(world), fetchImages(world, scenarios)]);
    const limit = pLimit(Math.max(2, availableParallelism()));
    return await Promise.all(
      scenarios.map((scenario) =>
        limit(async () => {
          signal?.throwIfAborted();
          const places = placesOf(scenario);
          const result = await runScenario(scenario, {
            ...world,
            ...places,
            keep,
            socket: sandbox.socket,
          });
          onResult?.(result);
          return result;
        }),
      ),
    );
  } finally {
    await incus.close();
  }
}
