import { posix } from 'node:path';
import type { HostFiles } from '../types.ts';
import { isOn } from '../units.ts';
import { type DangerSurroundings, type Device, error, type Found, warning } from './danger.ts';

/** Folders of what runs the host: who reads or writes there is as good as root, or soon will be. */
const SYSTEM = [
  '/bin',
  '/boot',
  '/dev',
  '/efi',
  '/etc',
  '/gnu',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix',
  '/ostree',
  '/proc',
  '/run',
  '/sbin',
  '/snap',
  '/sys',
  '/sysroot',
  '/usr',
  '/var/cache/apt',
  '/var/lib/apt',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/dpkg',
  '/var/lib/incus',
  '/var/lib/kubelet',
  '/var/lib/libvirt',
  '/var/lib/lxc',
  '/var/lib/lxd',
  '/var/lib/machines',
  '/var/lib/private',
  '/var/lib/snapd',
  '/var/lib/systemd',
  '/var/lock',
  '/var/log',
  '/var/run',
  '/var/snap',
  '/var/spool',
];

/** Of these, what is served by others at once, whoever may not write: devices, processes, sockets, other machines. */
const ALIVE = /^\/(dev|proc|run|sys|var\/run|var\/lib\/(?!apt$|dpkg$))/;

/** Only programs and texts that anybody may read; harmless where the machine cannot write. */
const READABLE = ['/usr/share', '/usr/src', '/usr/local/src'];

/** Names of sockets through which a daemon of the host takes orders. */
const SOCKET = /\/[^/]*[.-]sock(et)?$/;

/** What is kept in a home folder and gives its owner's rights. */
const KEYS_OF_A_PERSON =
  /^\/(root|home\/[^/]+)\/\.(ssh|gnupg|config|local|bashrc|profile|bash_profile|zshrc)(\/|$)/;

/** Judges a disk that shows a folder, a file or a device of the host. */
export function judgeDisk(device: Device, { files, type }: DangerSurroundings): Found | undefined {
  const { source = '', pool = '' } = device;
  if (device['raw.mount.options'])
    return error(
      'disk:raw.mount.options',
      'the host mounts with options that nobody checks',
      "l'hôte monte avec des options que personne ne vérifie",
    );
  // With a pool it is a volume; these schemes stand for something else than a path.
  if (source === '' || pool !== '' || /^(ceph|cephfs|agent|cloud-init|tmpfs):/.test(source))
    return undefined;
  const word = `disk:${source}`;
  const readonly = isOn(device.readonly);
  // Without a shift, root of a container is nobody there; a virtual machine reads with the rights of the host's root.
  const asNobody = readonly && type === 'lxc' && !isOn(device.shift);
  for (const path of placesOf(source, files)) {
    const found = judgePath(path, word, readonly, asNobody);
    if (found) return found;
  }
  return files?.get(source)?.socket
    ? error(
        word,
        'a daemon of the host takes orders through a socket there',
        "un démon de l'hôte reçoit des ordres par un socket qui s'y trouve",
      )
    : undefined;
}

/** A path as written, and where it leads once links are followed. */
export function placesOf(path: string, files: HostFiles | undefined): string[] {
  const plain = normalised(path);
  const real = files?.get(path)?.real;
  return real === undefined || real === plain ? [plain] : [plain, normalised(real)];
}

/** One spelling of a path: absolute, without `..`, doubled and closing slashes. The daemon stands in the root folder. */
function normalised(path: string): string {
  const plain = posix.normalize(`/${path}`).replace(/\/+$/, '');
  return plain === '' ? '/' : plain;
}

function judgePath(
  path: string,
  word: string,
  readonly: boolean,
  asNobody: boolean,
): Found | undefined {
  if (path === '/')
    return error(
      word,
      'it is the whole file system of the host',
      "c'est tout le système de fichiers de l'hôte",
    );
  if (readonly && READABLE.some((folder) => isWithin(path, folder))) return undefined;
  if (path === '/root')
    return error(
      word,
      "it is the home folder of the host's root",
      "c'est le dossier personnel du root de l'hôte",
    );
  const system = SYSTEM.find((folder) => isWithin(path, folder) || isWithin(folder, path));
  if (system !== undefined && asNobody && isWithin(path, system) && !ALIVE.test(system))
    return warning(
      word,
      `the machine reads what anybody may read of '${system}', which belongs to what runs the host`,
      `la machine lit ce que chacun peut lire de « ${system} », qui fait partie de ce qui fait fonctionner l'hôte`,
    );
  if (system !== undefined)
    return error(
      word,
      `'${system}' belongs to what runs the host`,
      `« ${system} » fait partie de ce qui fait fonctionner l'hôte`,
    );
  if (SOCKET.test(path))
    return error(
      word,
      'a daemon of the host takes orders through such a socket',
      "un démon de l'hôte reçoit des ordres par une telle socket",
    );
  if (/\/sandboxes\/[^/]+\/incus(\/|$)/.test(path) || KEYS_OF_A_PERSON.test(path))
    return error(
      word,
      'who has these files has the rights of whoever they belong to',
      'qui a ces fichiers a les droits de la personne à qui ils appartiennent',
    );
  if (/^\/home(\/[^/]+)?$/.test(path))
    return warning(
      word,
      'a whole home folder holds keys, passwords and start files of its owner',
      'un dossier personnel entier contient les clés, mots de passe et fichiers de démarrage de son propriétaire',
    );
  return undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
