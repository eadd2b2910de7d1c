import type { Commands } from './commands.ts';

/** Tries before the daemon is taken to be unable. */
const TRIES = 6;

/** Incus gives QEMU a few seconds to answer when it looks for KVM; a busy emulated processor may need another try. */
export async function untilVmsWork(commands: Commands): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const info = await commands.run(['incus', 'query', '/1.0']);
    if (/"driver": "[^"]*qemu/.test(info)) return;
    await commands.run(['systemctl', 'restart', 'incus.service']);
  }
  const log = await commands.run(['tail', '-n', '5', '/var/log/incus/incus.log']);
  throw new Error(`The daemon in the emulated host runs no virtual machines: ${log}`);
}
