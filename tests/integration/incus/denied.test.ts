import { fileURLToPath } from 'node:url';
import { expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

it('a user who may not open the socket is told which group to join', async () => {
  const room = fileURLToPath(new URL('../../../src/incus/index.ts', import.meta.url));
  const script = `
    const { locateSocket } = await import(${JSON.stringify(room)});
    await locateSocket({ INCUS_SOCKET: ${JSON.stringify(inject('socket'))} }).catch((error) =>
      console.log(JSON.stringify([error.code, error.exit, error.remedy.en])));`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout } = await run([...asNobody, ...node]);
  expect(JSON.parse(stdout)).toEqual(['incus-denied', 4, expect.stringContaining('incus-admin')]);
});
