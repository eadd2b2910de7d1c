import * as v from 'valibot';
import { AnklumeError } from '../../base/messages/index.ts';
import { run } from '../../base/system/index.ts';
import { inventoryKinds } from '../../provision/index.ts';

/** What Ansible itself knows of a machine before it begins. */
export interface HostFacts {
  /** Of host, groups and inventory, merged; without the defaults of roles. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** All groups that it is in, also through others. */
  readonly groups: readonly string[];
}

/** Milliseconds; Ansible's own start takes one or two seconds. */
const LIMIT = 120_000;

const groupSchema = v.object({
  hosts: v.optional(v.array(v.string()), []),
  children: v.optional(v.array(v.string()), []),
});

const schema = v.object({
  _meta: v.object({ hostvars: v.record(v.string(), v.record(v.string(), v.unknown())) }),
});

/**
 * The variables of all hosts as Ansible merges them: encrypted files, groups of the user's own and all. Undefined
 * where it does not tell, because a password is asked for or a file is wrong; the run itself then says why.
 */
export async function readInventory(
  root: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, HostFacts> | undefined> {
  try {
    const { stdout } = await run(['ansible-inventory', '--list'], {
      cwd: root,
      env: {
        ANSIBLE_CONFIG: `${root}/ansible.cfg`,
        ...inventoryKinds(),
        LC_ALL: 'C.UTF-8',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      timeout: LIMIT,
      ...(signal && { signal }),
    });
    return parseInventory(stdout);
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}

/** From the text of `ansible-inventory --list`; undefined when it is none. */
export function parseInventory(untrustedText: string): Map<string, HostFacts> | undefined {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
  const known = v.safeParse(schema, untrusted);
  if (!known.success || typeof untrusted !== 'object' || untrusted === null) return undefined;
  const groups = new Map<string, v.InferOutput<typeof groupSchema>>();
  for (const [name, content] of Object.entries(untrusted)) {
    const group = v.safeParse(groupSchema, content);
    if (name !== '_meta' && group.success) groups.set(name, group.output);
  }
  const { hostvars } = known.output._meta;
  const names = new Set([
    ...Object.keys(hostvars),
    ...[...groups.values()].flatMap((g) => g.hosts),
  ]);
  return new Map(
    [...names].map((name) => [
      name,
      { variables: hostvars[name] ?? {}, groups: groupsOf(name, groups) },
    ]),
  );
}

function groupsOf(
  host: string,
  groups: ReadonlyMap<string, { readonly hosts: string[]; readonly children: string[] }>,
): string[] {
  const found = new Set<string>();
  const queue = [...groups].flatMap(([name, { hosts }]) => (hosts.includes(host) ? [name] : []));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const [parent, { children }] of groups) if (children.includes(name)) queue.push(parent);
  }
  return [...found].sort();
}
