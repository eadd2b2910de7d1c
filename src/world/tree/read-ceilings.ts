import type { Ceilings } from '../infra/index.ts';
import { field, fields, matching, type Parse, wholeNumber } from './parse.ts';
import type { Value } from './value.ts';

/** Ceilings as the tree states them; `false` lifts one. */
export function readCeilings(value: Value): Ceilings {
  const parts = fields(value);
  const processes = field(parts, 'processes', orOff(count), undefined);
  const memory = field(parts, 'memory', orOff(amount), undefined);
  const disk = field(parts, 'disk', orOff(amount), undefined);
  const inotify = field(parts, 'inotify', orOff(count), undefined);
  return {
    ...(processes !== undefined && { processes }),
    ...(memory !== undefined && { memory }),
    ...(disk !== undefined && { disk }),
    ...(inotify !== undefined && { inotify }),
  };
}

const count = wholeNumber(16, 2_147_483_647);

const amount = matching(/^[1-9]\d*([kMGTPE]?B|[KMGTPE]iB|%)?$/, {
  en: 'a size such as 20GiB, or a part such as 50%',
  fr: 'une taille comme 20GiB, ou une part comme 50%',
});

function orOff<T>(parse: Parse<T>): Parse<T | false> {
  return (value) => (value.scalar()?.value === false ? false : parse(value));
}
