import { EXPECTED } from '../expected.ts';
import { error, type Finding } from '../finding.ts';
import { parseReserve } from '../reserve.ts';
import type { RawInfra } from '../schema.ts';

/** What the host keeps for itself is a part of it, or an amount. */
export function resourcePolicy(raw: RawInfra): Finding[] {
  const policy = raw.global?.resource_policy;
  if (typeof policy !== 'object') return [];
  const { code, text } = EXPECTED.reserve;
  return (['cpu', 'memory'] as const).flatMap((key) => {
    const value = policy.host_reserve?.[key];
    if (value === undefined || parseReserve(value, key)) return [];
    const path = ['global', 'resource_policy', 'host_reserve', key];
    const message = {
      en: `'${key}' must be ${text.en}, not '${value}'.`,
      fr: `« ${key} » doit être ${text.fr}, et non « ${value} ».`,
    };
    return [
      error(code, path, message, {
        remedy: { en: `Write ${text.en}.`, fr: `Écrivez ${text.fr}.` },
      }),
    ];
  });
}
