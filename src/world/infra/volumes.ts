import type { Path } from './finding.ts';
import type { RawMachine, RawVolume } from './schema.ts';

/** The storage volumes of a machine, whichever way they are written: named entries, or a list with names. */
export function volumesOf(
  machine: RawMachine,
): readonly { readonly name: string; readonly body: RawVolume; readonly path: Path }[] {
  const written = machine.storage_volumes ?? {};
  const entries = Array.isArray(written)
    ? written.map((body, i) => ({ name: body.name ?? '', body, path: [String(i)] }))
    : Object.entries(written).map(([key, body]) => ({
        name: body.name ?? key,
        body,
        path: [key],
      }));
  return entries
    .map((entry) => ({ ...entry, path: ['storage_volumes', ...entry.path] }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
