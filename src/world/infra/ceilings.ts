import type { RawCeilings } from './schema.ts';
import type { Ceilings } from './types.ts';

const NONE: Ceilings = { processes: false, memory: false, disk: false, inotify: false };

/** The ceilings of a domain or machine as written, with one form for "none"; nothing where nothing is said. */
export function ceilingsOf(written: RawCeilings | undefined): { readonly ceilings?: Ceilings } {
  if (written === undefined) return {};
  if (written === false) return { ceilings: NONE };
  const { processes, memory, disk, inotify } = written;
  const ceilings: Ceilings = {
    ...(processes !== undefined && { processes }),
    ...(memory !== undefined && { memory: amount(memory) }),
    ...(disk !== undefined && { disk: amount(disk) }),
    ...(inotify !== undefined && { inotify }),
  };
  return Object.keys(ceilings).length > 0 ? { ceilings } : {};
}

function amount(written: string | number | false): string | false {
  return written === false ? false : String(written);
}
