import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed product: where package.json, examples/ and src/ assets stand. */
export function productRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  // The built program has one of its own, for Node.
  while (basename(folder) === 'dist' || !existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json not found above the program');
    folder = parent;
  }
  return folder;
}

/** `$ANKLUME_HOME`, else `~/.anklume`: history, sandbox state. Never input to a plan. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.ANKLUME_HOME || join(homedir(), '.anklume');
}

/** `$ANKLUME_CACHE`, else the XDG cache: things that can be made again, such as built images. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.ANKLUME_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'anklume');
}
