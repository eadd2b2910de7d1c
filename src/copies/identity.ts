/** What tells a system which machine it is, or what happened in it. Never in an image that others are made from. */
export const IDENTITY = {
  /** Emptied, not removed: systemd makes a new id where the file is empty, and treats its absence as a first boot. */
  emptied: ['/etc/machine-id'],
  removed: [
    '/var/lib/dbus/machine-id',
    '/var/lib/systemd/random-seed',
    '/var/lib/systemd/credential.secret',
    '/root/.bash_history',
    '/root/.python_history',
    '/root/.lesshst',
    '/root/.viminfo',
  ],
  /** In a folder, the files whose name is like this. */
  removedLike: [
    { folder: '/etc/ssh', name: /^ssh_host_\w+_key(\.pub)?$/ },
    { folder: '/var/lib/dhcp', name: /\.leases?~?$/ },
    { folder: '/var/lib/NetworkManager', name: /\.lease$|^secret_key$/ },
    // The level of nesting of the machine that it comes from.
    { folder: '/etc/anklume', name: /^(absolute_level|relative_level|vm_nested|yolo)$/ },
    // Not identity, but a third of what packages take.
    { folder: '/var/cache/apt/archives', name: /\.deb$/ },
  ],
  /** Everything in these goes. */
  cleared: [
    '/tmp',
    '/var/tmp',
    '/run',
    '/var/log/journal',
    '/var/lib/cloud',
    '/var/lib/systemd/coredump',
    '/root/.ansible',
  ],
  /** The files in these become empty, as programs expect them to be there with their owner and rights. */
  silenced: ['/var/log'],
} as const;

/** Names in one folder tree beyond which a machine is not made fit to be an image. */
export const MOST_NAMES = 50_000;
