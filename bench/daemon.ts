import { randomBytes } from 'node:crypto';
import { probeImage } from '../src/images/index.ts';
import { connect } from '../src/incus/index.ts';
import { deleteSandbox, startSandbox } from '../src/sandbox/index.ts';

/** A daemon of its own for one measurement, with the probe image already in it; gone afterwards. */
export async function probeSandbox<T>(
  work: (daemon: { readonly socket: string; readonly folder: string }) => Promise<T>,
): Promise<T> {
  const name = `bench-${randomBytes(3).toString('hex')}`;
  const sandbox = await startSandbox(name);
  try {
    const incus = await connect({ socket: sandbox.socket });
    await incus.images.importFile(await probeImage(), { aliases: ['probe'] });
    await incus.close();
    return await work({ socket: sandbox.socket, folder: sandbox.incusDir });
  } finally {
    await deleteSandbox(name);
  }
}
