import { type DangerSurroundings, type Device, error, type Found } from './danger.ts';
import { placesOf } from './host-paths.ts';

/** Character devices that give a machine nothing of other machines or of the host, by the name of their file. */
const HARMLESS =
  /^\/dev\/(null|zero|full|random|urandom|tty|ptmx|fuse|cuse|kvm|ppp|net\/tun|vsock|vhost-(net|vsock)|udmabuf|kfd|dri\/[^/]+|accel\/[^/]+|nvidia[^/]*|nvidia-caps\/[^/]+|dma_heap\/[^/]+|snd\/[^/]+|video\d+|media\d+|v4l[^/]*\/[^/]+|dvb\/.+|tty(USB|ACM)\d+|serial\/by-(id|path)\/[^/]+|usb\/lp\d+|lp\d+|i2c-\d+|gpiochip\d+|spidev[\d.]+|rtc\d*|pps\d+|ptp\d+)$/;

/** The same by number, `major` or `major:minor`: a name says nothing where numbers are given. */
const HARMLESS_NUMBERS = new Set([
  '1:3',
  '1:5',
  '1:7',
  '1:8',
  '1:9',
  '5:0',
  '5:2',
  '10:200',
  '10:229',
  '10:232',
  '10:238',
  '10:241',
  '81',
  '108',
  '116',
  '166',
  '180',
  '188',
  '195',
  '226',
]);

/** Judges a character or block device of the host. */
export function judgeUnix(device: Device, { files }: DangerSurroundings): Found | undefined {
  const { type = '', source = '', path = '', major = '', minor = '' } = device;
  const file = source === '' ? path : source;
  const word = `${type}:${file === '' ? `${major}:${minor}` : file}`;
  if (type === 'unix-block')
    return error(
      word,
      'it is a disk of the host, below every file permission',
      "c'est un disque de l'hôte, sous toute permission de fichier",
    );
  const numbered = major !== '' || minor !== '';
  const numbersFit = [major, `${major}:${minor}`].some((one) => HARMLESS_NUMBERS.has(one));
  const filesFit = placesOf(file, files).every((place) => HARMLESS.test(place));
  if (numbered ? numbersFit && (source === '' || filesFit) : filesFit) return undefined;
  return error(
    word,
    'it is none of the devices that are known to be harmless: behind it may be the memory, the disks or the keyboard of the host',
    "il ne fait pas partie des périphériques connus pour être sans danger : il peut mener à la mémoire, aux disques ou au clavier de l'hôte",
  );
}

/** Devices that appear while the machine runs, whichever they are. */
export function judgeHotplug({ vendorid = '', productid = '' }: Device): Found {
  return error(
    vendorid === ''
      ? 'unix-hotplug'
      : `unix-hotplug:${[vendorid, productid].filter(Boolean).join(':')}`,
    'whatever is plugged into the host, disks and keyboards included, may go to the machine',
    "tout ce qui est branché à l'hôte, disques et claviers compris, peut aller à la machine",
  );
}

/** A USB device that is named is one thing; every one of the host is another. */
export function judgeUsb(device: Device): Found | undefined {
  const names = ['vendorid', 'productid', 'serial', 'busnum', 'devnum'];
  if (names.some((key) => (device[key] ?? '') !== '')) return undefined;
  return error(
    'usb',
    'without vendorid or serial it is every USB device of the host: disks, keyboards, security keys',
    "sans vendorid ni serial, ce sont tous les périphériques USB de l'hôte : disques, claviers, clés de sécurité",
  );
}

export function judgePci({ address = '' }: Device): Found {
  return error(
    `pci:${address}`,
    'a device on the bus reads and writes memory by itself, and may be a disk of the host',
    "un périphérique du bus lit et écrit la mémoire par lui-même, et peut être un disque de l'hôte",
  );
}
