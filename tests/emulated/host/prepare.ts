import { Commands } from './commands.ts';
import { anklumeIn } from './inside.ts';
import type { Machine } from './machine.ts';
import { untilVmsWork } from './qemu-ready.ts';

/** Sets Incus up as a person would, lets the product import the images, and switches the machine off. */
export async function prepareHost(machine: Machine): Promise<void> {
  const commands = new Commands(machine.socket);
  try {
    await commands.run(['resize2fs', '/dev/vda']);
    await commands.run(['incus', 'storage', 'create', 'default', 'btrfs', 'size=24GiB']);
    // The product finds the built image in its cache, as it would after building it there.
    await commands.run(['mkdir', '-p', '/var/cache/anklume/images']);
    await commands.run(['sh', '-c', 'ln -s /share/images/* /var/cache/anklume/images/']);
    for (const words of [['probe'], ['debian/13', '--vm']])
      await anklumeIn(commands, ['image', 'build', ...words], { seconds: 1200 });
    // The first machine from an image unpacks it for all others; half a minute of an emulated processor.
    const first = ['debian/13/vm', 'first', '--vm', '--storage', 'default'];
    await untilVmsWork(commands);
    await commands.run(['incus', 'create', '--quiet', '--no-profiles', ...first]);
    await commands.run(['incus', 'delete', 'first']);
    await commands.run(['sh', '-c', 'rm /var/cache/anklume/images/debian*; sync']);
    // The machine may be gone before it answers.
    await commands.outcome(['systemctl', 'poweroff']).catch(() => {});
  } finally {
    commands.close();
  }
}
