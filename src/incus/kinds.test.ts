import { describe, expect, it } from 'vitest';
import {
  hasHostInterface,
  type IncusErrorKind,
  isAlreadyInState,
  kindOf,
  lacksSnapshotVolume,
  misplacedDisk,
} from './kinds.ts';

/** Status and words as daemons of the versions 6.0.4 and 7.0.2 give them. */
const answers: readonly [number, string, IncusErrorKind][] = [
  [404, 'Instance not found', 'not-found'],
  [412, "ETag doesn't match: a vs b", 'etag-mismatch'],
  [403, 'The "default" profile cannot be deleted', 'forbidden'],
  [409, 'Network "net-a" already exists', 'already-exists'],
  [409, 'IP address "10.0.0.2" already defined on another NIC', 'conflict'],
  [
    500,
    'Failed creating project "pro": Failed adding database record: UNIQUE constraint failed: projects.name',
    'already-exists',
  ],
  [500, 'Image with same fingerprint already exists', 'already-exists'],
  [400, 'The network is currently in use', 'in-use'],
  [400, 'The storage volume is still in use', 'in-use'],
  [500, 'Only empty projects can be removed.', 'in-use'],
  [500, 'Instance is busy running a "start" operation', 'busy'],
  [500, 'A matching non-reusable operation has now succeeded', 'busy'],
  [
    500,
    'Failed to delete bridge children interfaces: Failed to run: ip -d -j link show veth8e150e06: exit status 1 (Device "veth8e150e06" does not exist.)',
    'busy',
  ],
  [500, 'In use', 'busy'],
  [
    500,
    'Failed to setup firewall: Failed adding ICMP, DHCP and DNS access rules for network "net-a" (inet): Failed apply nftables config: Failed to run: nft -f -: exit status 1 (/dev/stdin:3:10-10: Error: syntax error, unexpected <, expecting \'{\'\nchain in.<no value> {',
    'busy',
  ],
  [
    500,
    'Failed to setup firewall: Failed apply nftables config: Failed to run: nft -f -: exit status 1 (Error: Could not process rule)',
    'failed',
  ],
  [500, 'Instance is protected', 'protected'],
  [400, 'Instance has delete protection enabled', 'protected'],
  [400, 'Failed creating instance record: Unknown configuration key: no.such', 'invalid'],
  [500, 'Invalid config: Unknown configuration key: nope.x', 'invalid'],
  [400, 'Instance is running', 'invalid'],
  [500, 'sql: database is closed', 'unknown-outcome'],
  [500, 'Failed to shutdown: context deadline exceeded', 'timeout'],
  [503, 'LXD is shutting down', 'unreachable'],
  [500, 'Failed to run: /usr/libexec/incus/incusd forkstart: exit status 1', 'failed'],
];

describe('kindOf', () => {
  it.each(answers)('%i %s is %s', (status, words, kind) => {
    expect(kindOf(status, words)).toBe(kind);
  });
});

describe('isAlreadyInState', () => {
  it.each([
    ['The instance is already running', true],
    ['The instance is already stopped', true],
    ['Instance is not running', true],
    ['Failed to run: exit status 1', false],
  ])('%s: %s', (words, expected) => {
    expect(isAlreadyInState(words)).toBe(expected);
  });
});

describe('what something killed left, in the words of Incus 6.0.4', () => {
  const [disk, link] = [
    '/var/lib/incus/storage-pools/default/containers/d1_one',
    'ank38102bdd8ca4',
  ];

  it('a snapshot without a volume', () => {
    const words =
      "Failed to write backup file: Instance snapshot record count doesn't match instance snapshot volume record count";
    expect(lacksSnapshotVolume(words)).toBe(true);
    expect(lacksSnapshotVolume('Storage volume not found')).toBe(false);
  });

  it('an interface of the host', () => {
    const words = `Failed to start device "eth0": Failed to create the veth interfaces "${link}" and "veth8ffafb44": Failed adding link: Failed to run: ip link add name ${link} mtu 1500 txqueuelen 1000 up type veth peer name veth8ffafb44 mtu 1500 address 02:38:10:2b:dd:8c txqueuelen 1000: exit status 2 (RTNETLINK answers: File exists)`;
    expect(hasHostInterface(words)).toBe(true);
    expect(hasHostInterface('mkdir: File exists')).toBe(false);
  });

  it.each([
    `Failed to rename "${disk}" to "${disk}.incustmp": rename ${disk} ${disk}.incustmp: file exists`,
    `Failed to handle idmapped storage: No such file or directory: "${disk}/rootfs"`,
    `Create instance snapshot: Failed to run: btrfs subvolume snapshot ${disk} /x/zz: exit status 1 (ERROR: Not a Btrfs subvolume: Invalid argument)`,
    `Create instance snapshot: Failed to run: btrfs subvolume snapshot ${disk} /x/zz: exit status 1 (ERROR: Could not statfs: No such file or directory)`,
  ])('a disk that was moved away: %s', (words) => expect(misplacedDisk(words)).toBe(disk));

  it('no other failure', () => {
    expect(misplacedDisk(`Failed to rename "${disk}" to "/x": file exists`)).toBeUndefined();
  });
});
