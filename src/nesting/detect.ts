import { AnklumeError, type Text, verbatim } from '../base/messages/index.ts';
import { printable, run } from '../base/system/index.ts';

/** Whether this host is a virtual machine, and who says so. */
export interface Detection {
  readonly isVm: boolean;
  readonly why: Text;
}

/** What `systemd-detect-virt` calls containers; any other word but `none` is a virtual machine. */
const CONTAINERS: readonly string[] = [
  ...['openvz', 'lxc', 'lxc-libvirt', 'systemd-nspawn', 'docker', 'podman', 'rkt', 'wsl', 'proot'],
  ...['pouch', 'container-other'],
];

/** From the word of `systemd-detect-virt`; undefined when it could not be asked. */
export function detectionOf(untrustedWord: string | undefined): Detection {
  if (untrustedWord === undefined) return { isVm: false, why: notAsked };
  const word = printable(untrustedWord.trim()).slice(0, 40);
  const isVm = /^[a-z0-9-]+$/.test(word) && word !== 'none' && !CONTAINERS.includes(word);
  return { isVm, why: verbatim(`systemd-detect-virt: ${word}`) };
}

let detection: Promise<Detection> | undefined;

/** Asks once: a machine does not change its kind while a program runs. */
export function detectVm(): Promise<Detection> {
  detection ??= ask(['systemd-detect-virt']).then(detectionOf);
  return detection;
}

/** The first line of what it answers; exit status 1 comes with `none`. */
async function ask(argv: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(argv, { accept: [0, 1], timeout: 5000 })).stdout;
  } catch (error) {
    if (error instanceof AnklumeError) return undefined;
    throw error;
  }
}

const notAsked: Text = {
  en: 'systemd-detect-virt is not there to tell, so this counts as no virtual machine',
  fr: "systemd-detect-virt n'est pas là pour le dire ; cet hôte ne compte donc pas comme machine virtuelle",
};
