import type { Problem } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { DesiredPolicy } from './desired.ts';
import {
  field,
  fields,
  flag,
  listOf,
  Mismatch,
  oneOf,
  requiredField,
  text,
  wholeNumber,
} from './parse.ts';
import type { Value } from './value.ts';
import type { Variables } from './variables.ts';

/**
 * The policies between domains, machines and the host. One that names something unknown opens
 * nothing: it is told and left out.
 */
export function readPolicies(
  variables: Variables,
  known: ReadonlySet<string>,
  problems: Problem[],
): readonly DesiredPolicy[] {
  return variables.read('network_policies', listOf(policy), []).filter((policy) => {
    const stranger = [policy.from, policy.to].find((end) => end !== 'host' && !known.has(end));
    if (stranger === undefined) return true;
    problems.push({
      code: 'tree-unknown-endpoint',
      severity: 'warning',
      path: ['network_policies'],
      place: variables.placeOf('network_policies'),
      message: {
        en: `A policy names '${printable(stranger)}', which is not a domain or machine here; it opens nothing.`,
        fr: `Une règle nomme « ${printable(stranger)} », qui n'est ni un domaine ni une machine ici ; elle n'ouvre rien.`,
      },
    });
    return false;
  });
}

function policy(value: Value): DesiredPolicy {
  const parts = fields(value);
  const opened = requiredField(value, parts, 'ports', ports);
  const unsaid = opened === 'all' ? undefined : 'tcp';
  const protocol = field(parts, 'protocol', oneOf(['tcp', 'udp']), unsaid);
  return {
    description: field(parts, 'description', text, ''),
    from: requiredField(value, parts, 'from', text),
    to: requiredField(value, parts, 'to', text),
    ports: opened,
    ...(protocol && { protocol }),
    bidirectional: field(parts, 'bidirectional', flag, false),
  };
}

const portList = listOf(wholeNumber(1, 65535));

function ports(value: Value): 'all' | readonly number[] {
  if (value.scalar()?.text === 'all') return 'all';
  if (value.items()) return portList(value);
  throw new Mismatch(value, {
    en: "a list of ports, or 'all'",
    fr: 'une liste de ports, ou « all »',
  });
}
