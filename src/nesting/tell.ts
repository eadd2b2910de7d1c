import { type Incus, isNotFound } from '../incus/index.ts';
import { CONTEXT_FOLDER, filesOf } from './marks.ts';

/** Milliseconds for all the files: what rules inside the machine may try to hold us. */
const LIMIT = 30_000;

/**
 * Writes the files for these keys into a machine: a container in any state, a virtual machine whose agent answers.
 * What stands in their place is removed first, for a machine may have put a pipe there that swallows our time.
 */
export async function tellContext(
  incus: Incus,
  { project, name }: { readonly project: string; readonly name: string },
  marks: Readonly<Record<string, string | null>>,
): Promise<void> {
  const files = filesOf(marks);
  if (files.length === 0) return;
  const signal = AbortSignal.timeout(LIMIT);
  const folder = (path: string) =>
    incus.instances.makeFolder(name, path, { project, signal, mode: 0o755 });
  try {
    await folder(CONTEXT_FOLDER);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // Images of single programs may have no /etc.
    await folder('/etc');
    await folder(CONTEXT_FOLDER);
  }
  await Promise.all(
    files.map(({ path, text }) =>
      incus.instances.writeFile(name, path, text, { project, signal, mode: 0o644 }),
    ),
  );
}
