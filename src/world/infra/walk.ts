import type { Path } from './finding.ts';
import type { RawDomain, RawInfra, RawMachine } from './schema.ts';

/** A machine as written, and where. */
export interface MachineEntry {
  readonly name: string;
  readonly domain: string;
  readonly body: RawMachine;
  readonly parent: RawDomain;
  readonly path: Path;
}

/** Every machine of every domain, in the order of the file. */
export function machinesOf(raw: RawInfra): MachineEntry[] {
  return Object.entries(raw.domains ?? {}).flatMap(([domain, parent]) =>
    Object.entries(parent.machines ?? {}).map(([name, body]) => ({
      name,
      domain,
      body,
      parent,
      path: ['domains', domain, 'machines', name],
    })),
  );
}

/** The machines that will exist: those of domains that are not switched off. */
export function enabledMachines(raw: RawInfra): MachineEntry[] {
  return machinesOf(raw).filter(({ parent }) => parent.enabled !== false);
}

/** Names of the profiles that a machine uses and its domain declares, in the order in which they apply. */
export function declaredProfiles({ body, parent }: MachineEntry): string[] {
  return (body.profiles ?? ['default']).filter((name) =>
    Object.hasOwn(parent.profiles ?? {}, name),
  );
}

/** Where a configuration key of a machine gets its value: its own, else the last profile that sets it. */
export function effectiveConfig(
  entry: MachineEntry,
  key: string,
):
  | { readonly value: string | number | boolean; readonly path: Path; readonly profile?: string }
  | undefined {
  const own = entry.body.config?.[key];
  if (own !== undefined) return { value: own, path: [...entry.path, 'config', key] };
  for (const profile of declaredProfiles(entry).reverse()) {
    const value = entry.parent.profiles?.[profile]?.config?.[key];
    const path = ['domains', entry.domain, 'profiles', profile, 'config', key];
    if (value !== undefined) return { value, path, profile };
  }
  return undefined;
}
