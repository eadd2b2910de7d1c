import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/base/system/index.ts';
import type { HostImage } from './build-host.ts';

export interface MachineOptions {
  readonly image: HostImage;
  /** A folder of this run: disks, socket and console log stand in it. */
  readonly folder: string;
  /** Seen read-only inside as /share. */
  readonly share: string;
  readonly disk: string;
}

/** Makes a disk that starts as the image, or as a disk prepared from it, and keeps what changes. */
export async function makeDisk(disk: string, image: HostImage, prepared?: string): Promise<void> {
  const backing = ['-b', prepared ?? image.disk, '-F', prepared ? 'qcow2' : 'raw'];
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, disk, '32G']);
}

/** A running emulated host. */
export interface Machine {
  /** Where its command server listens. */
  readonly socket: string;
  /** Ends it and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** Resolves when it switched itself off or wants to be restarted. */
  readonly off: Promise<void>;
}

/** A plain processor: each extension is one more that the kernel tries out at boot. */
const PROCESSOR = ['-accel', 'tcg,thread=multi', '-cpu', 'qemu64'];
const SIZE = ['-machine', 'q35', '-smp', '2', '-m', '2048'];

/** Starts the machine; it boots for half a minute or so, and commands sent meanwhile wait. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { image, folder, share, disk } = options;
  const socket = join(folder, 'commands.sock');
  await rm(socket, { force: true });
  const log = join(folder, 'qemu.log');
  const child = spawn(
    'setpriv',
    [
      // However the tests end, the machine ends with them.
      ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', '-nodefaults', '-no-user-config'],
      '-no-reboot',
      ...[...SIZE, ...PROCESSOR, '-kernel', image.kernel, '-initrd', image.initrd],
      ...['-append', 'root=/dev/vda rw console=ttyS0 quiet mitigations=off'],
      ...['-drive', `file=${disk},if=virtio,cache=unsafe,discard=unmap`],
      ...[
        '-device',
        'virtio-serial-pci',
        '-device',
        'virtserialport,chardev=commands,name=commands',
      ],
      ...['-chardev', `socket,id=commands,path=${socket},server=on,wait=off`],
      ...['-virtfs', `local,path=${share},mount_tag=share,readonly=on,security_model=none`],
      ...['-device', 'virtio-gpu-pci', '-device', 'virtio-rng-pci', '-nic', 'none'],
      ...['-display', 'none', '-serial', `file:${join(folder, 'console.log')}`, '-D', log],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const words = collect(child);
  const off = once(child, 'close').then(() => undefined);
  await untilListening(socket, child, words);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await off;
  };
  return { socket, off, stop };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-4000);
  });
  return () => text;
}

async function untilListening(
  socket: string,
  child: ChildProcess,
  words: () => string,
): Promise<void> {
  const sockets = () => readFile('/proc/net/unix', 'utf8');
  while (!(await sockets()).includes(socket)) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The emulated machine did not start: ${words()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
