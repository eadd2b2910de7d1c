import { distance } from './nearest.ts';
import { machineSchema, type RawMachine } from './schema.ts';

const KNOWN = new Set(Object.keys(machineSchema.entries));

/** Keys of a machine that its roles take as variables, as written. */
export function roleVariables(machine: RawMachine): Readonly<Record<string, unknown>> {
  const roles = machine.roles ?? [];
  return Object.fromEntries(
    Object.entries(machine).filter(([key]) => !KNOWN.has(key) && isRoleVariable(key, roles)),
  );
}

/**
 * Whether a key is a variable of one of the roles: it begins with the role's name (`stt_server_port`), or with
 * the name less its last word (`stt_engine` of `stt_server`), the way such roles name their settings.
 * By the short form alone, a near miss of a known key stays a mistake.
 */
export function isRoleVariable(key: string, roles: readonly string[]): boolean {
  return roles.some((role) => {
    const name = role.replaceAll('-', '_');
    if (key.startsWith(`${name}_`)) return true;
    const family = name.replace(/_[^_]+$/, '');
    return family !== '' && key.startsWith(`${family}_`) && !isNearMiss(key);
  });
}

function isNearMiss(key: string): boolean {
  return [...KNOWN].some(
    (known) => Math.abs(known.length - key.length) <= 2 && distance(key, known) <= 2,
  );
}
