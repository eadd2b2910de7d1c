import { Commands } from './commands.ts';
import { anklumeIn } from './inside.ts';
import type { Machine } from './machine.ts';

/** Sets Incus up as a person would, lets the product import the image of the containers, and switches the machine off. */
export async function prepareHost(machine: Machine): Promise<void> {
  const commands = new Commands(machine.socket);
  try {
    await commands.run(['resize2fs', '/dev/vda']);
    await commands.run(['incus', 'storage', 'create', 'default', 'btrfs', 'size=2GiB']);
    await anklumeIn(commands, ['image', 'build', 'probe'], { seconds: 1200 });
    await commands.run(['sync']);
    // The machine may be gone before it answers.
    await commands.outcome(['systemctl', 'poweroff']).catch(() => {});
  } finally {
    commands.close();
  }
}
