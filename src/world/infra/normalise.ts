import { error, type Finding } from './finding.ts';
import { isMapping, mapValues } from './mapping.ts';

/**
 * Brings the spellings that mean the same to one: a key without a value is absent, an entry without a body
 * is an empty one, and `instances` in a domain is `machines`. Everything else passes through.
 */
export function normalise(value: unknown): {
  readonly value: unknown;
  readonly findings: readonly Finding[];
} {
  if (!isMapping(value)) return { value: value === null ? {} : value, findings: [] };
  const findings: Finding[] = [];
  const top = present(value);
  if (isMapping(top.global)) top.global = present(top.global);
  if (value.domains === null) top.domains = {};
  if (isMapping(top.domains))
    top.domains = mapValues(top.domains, (body, name) => domain(body, name, findings));
  if (isMapping(top.shared_volumes)) top.shared_volumes = mapValues(top.shared_volumes, share);
  if (Array.isArray(top.network_policies))
    top.network_policies = top.network_policies.map((policy) =>
      isMapping(policy) ? present(policy) : policy,
    );
  return { value: top, findings };
}

function domain(value: unknown, name: string, findings: Finding[]): unknown {
  if (value === null) return {};
  if (!isMapping(value)) return value;
  const { instances, ...body } = present(value);
  if (instances !== undefined && body.machines === undefined) body.machines = instances;
  else if (instances !== undefined)
    findings.push(
      error(
        'machines-and-instances',
        ['domains', name, 'instances'],
        {
          en: `The domain '${name}' has both 'machines' and 'instances', which mean the same.`,
          fr: `Le domaine « ${name} » a « machines » et « instances », qui veulent dire la même chose.`,
        },
        {
          remedy: {
            en: "Put everything under 'machines'.",
            fr: 'Mettez tout sous « machines ».',
          },
        },
      ),
    );
  if (isMapping(body.machines)) body.machines = mapValues(body.machines, machine);
  if (isMapping(body.profiles)) body.profiles = mapValues(body.profiles, entry);
  if (isMapping(body.file_portal)) body.file_portal = present(body.file_portal);
  return body;
}

function machine(value: unknown): unknown {
  const body = entry(value);
  if (!isMapping(body)) return body;
  const { storage_volumes: volumes, persistent_data: data } = body;
  return {
    ...body,
    ...(isMapping(volumes) && { storage_volumes: mapValues(volumes, entry) }),
    ...(data !== undefined && { persistent_data: folders(data) }),
  };
}

/** A list of names, or of entries with a name, is a mapping by name. */
function folders(value: unknown): unknown {
  if (isMapping(value)) return mapValues(value, entry);
  if (!Array.isArray(value)) return value;
  const named = value.map((one) => {
    if (typeof one === 'string') return [one, {}] as const;
    const { name, ...rest } = isMapping(one) ? present(one) : { name: undefined };
    return typeof name === 'string' ? ([name, rest] as const) : undefined;
  });
  return named.every((one) => one !== undefined) ? Object.fromEntries(named) : value;
}

/** Consumers in a list only read, unless `:rw` stands behind their name. */
function share(value: unknown): unknown {
  const body = entry(value);
  if (!isMapping(body) || !Array.isArray(body.consumers)) return body;
  const { consumers } = body;
  if (!consumers.every((one) => typeof one === 'string')) return body;
  const pairs = consumers.map((one) => {
    const [, name = one, access = 'ro'] = /^(.*):(ro|rw)$/.exec(one) ?? [];
    return [name, access];
  });
  return { ...body, consumers: Object.fromEntries(pairs) };
}

function entry(value: unknown): unknown {
  if (value === null) return {};
  return isMapping(value) ? present(value) : value;
}

function present(mapping: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== null));
}
