import { join } from 'node:path';
import { parse } from 'yaml';
import { readIfExists } from '../base/system/index.ts';
import type { DescribeRoles, RoleDescription, RoleVariable } from '../world/infra/index.ts';
import { isOfCollection, roleFolders, rolesOf } from './roles.ts';
import { hasRequirements } from './vendor.ts';

/** Bytes of a file of a role that are read; no declaration that a person wrote is as long. */
const LARGEST = 1024 * 1024;
const ENDINGS = ['yml', 'yaml'];

/**
 * What the roles of a project say of their own variables, looked up in the order in which the playbook does.
 * Files that cannot be read or understood say nothing: Ansible tells what is wrong with them.
 */
export function describeRolesOf(root: string): DescribeRoles {
  return async (roles) => {
    const folders = await Promise.all(
      roleFolders(root).map(async (folder) => ({ folder, names: await rolesOf(folder) })),
    );
    // The others are there too: one of them may be what was meant.
    const described = new Map<string, RoleDescription | undefined>(
      folders.flatMap(({ names }) => names.map((name) => [name, { defaults: [] }] as const)),
    );
    const asked = [...roles].map(async ([role, whole]) => {
      if (isOfCollection(role)) return;
      const found = folders.find(({ names }) => names.includes(role));
      if (!found && !(await hasRequirements(root))) described.set(role, undefined);
      if (found && whole) described.set(role, await describe(join(found.folder, role)));
    });
    await Promise.all(asked);
    return described;
  };
}

async function describe(role: string): Promise<RoleDescription> {
  const [specs, main, defaults] = await Promise.all(
    ['meta/argument_specs', 'meta/main', 'defaults/main'].map((path) =>
      readMapping(join(role, path)),
    ),
  );
  const variables = specs?.argument_specs ?? main?.argument_specs;
  const options = mappingOf(mappingOf(mappingOf(variables)?.main)?.options);
  return {
    ...(options && { variables: variablesOf(options) }),
    defaults: Object.keys(defaults ?? {}),
  };
}

function variablesOf(untrusted: Record<string, unknown>): Record<string, RoleVariable> {
  return Object.fromEntries(
    Object.entries(untrusted).map(([name, option]) => [name, variableOf(mappingOf(option) ?? {})]),
  );
}

function variableOf({ type, elements, choices }: Record<string, unknown>): RoleVariable {
  return {
    ...(typeof type === 'string' && { type }),
    ...(typeof elements === 'string' && { elements }),
    ...(Array.isArray(choices) && choices.every(isPlain) && { choices }),
  };
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

async function readMapping(path: string): Promise<Record<string, unknown> | undefined> {
  for (const ending of ENDINGS) {
    const bytes = await readIfExists(`${path}.${ending}`).catch(() => undefined);
    if (bytes === undefined || bytes.length > LARGEST) continue;
    try {
      const untrusted: unknown = parse(bytes.toString('utf8'), {
        logLevel: 'silent',
        maxAliasCount: 100,
        version: '1.1',
      });
      return mappingOf(untrusted);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function mappingOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}
