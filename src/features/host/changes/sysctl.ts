import { readFile, writeFile } from 'node:fs/promises';
import type { SysctlChange } from '../step.ts';
import type { Handler } from './handler.ts';

/** A setting of the kernel, now; the file that sets it at boot is a change of its own. */
export const sysctl: Handler<SysctlChange> = {
  async stands({ key, value }) {
    return (await readSetting(key)) === value;
  },
  async former({ key }) {
    return { value: await readSetting(key) };
  },
  async carryOut({ key, value }) {
    await writeFile(pathOf(key), value);
    return {};
  },
  async standing({ key, value }) {
    return (await readSetting(key)) === value ? 'kept' : 'changed';
  },
  async takeBack({ key, value }, former) {
    // Another value is somebody else's decision since.
    if (typeof former.value === 'string' && (await readSetting(key)) === value)
      await writeFile(pathOf(key), former.value);
    return undefined;
  },
};

async function readSetting(key: string): Promise<string> {
  return (await readFile(pathOf(key), 'utf8')).trim();
}

function pathOf(key: string): string {
  return `/proc/sys/${key.replaceAll('.', '/')}`;
}
