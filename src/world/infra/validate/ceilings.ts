import { EXPECTED } from '../expected.ts';
import { error, type Finding, type Path } from '../finding.ts';
import type { RawCeilings, RawInfra } from '../schema.ts';
import { parsePercent, parseSize } from '../units.ts';
import { machinesOf } from '../walk.ts';

/** Ceilings of memory and disk are a size, or a part of what there is. */
export function ceilings(raw: RawInfra): Finding[] {
  return [
    ...Object.entries(raw.domains ?? {}).flatMap(([domain, body]) =>
      amounts(body.ceilings, ['domains', domain, 'ceilings']),
    ),
    ...machinesOf(raw).flatMap(({ body, path }) => amounts(body.ceilings, [...path, 'ceilings'])),
  ];
}

function amounts(written: RawCeilings | undefined, path: Path): Finding[] {
  if (!written) return [];
  const { code, text } = EXPECTED['ceiling-amount'];
  return (['memory', 'disk'] as const).flatMap((key) => {
    const value = written[key];
    if (value === undefined || value === false || isAmount(String(value))) return [];
    const message = {
      en: `'${key}' must be ${text.en}, not '${value}'.`,
      fr: `« ${key} » doit être ${text.fr}, et non « ${value} ».`,
    };
    const remedy = { en: `Write ${text.en}.`, fr: `Écrivez ${text.fr}.` };
    return [error(code, [...path, key], message, { remedy })];
  });
}

function isAmount(text: string): boolean {
  const part = parsePercent(text);
  if (part !== undefined) return part > 0 && part <= 1 && /^\d+%$/.test(text);
  return parseSize(text) !== undefined;
}
