import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Folders of programs for root that a person's PATH may lack. */
const ALWAYS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** The path of an installed program, looked for in `more`, the PATH and the folders for root; undefined when there is none. */
export async function findProgram(
  name: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const folders = [...more, ...(env.PATH ?? '').split(delimiter).filter(Boolean), ...ALWAYS];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
