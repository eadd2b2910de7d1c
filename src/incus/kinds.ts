/** What went wrong, in the terms a caller decides by. */
export type IncusErrorKind =
  | 'not-found'
  | 'already-exists'
  /** Somebody else holds it: an address, a MAC, a name on a network. */
  | 'conflict'
  /** Changed by somebody else since it was read: read again, decide again. */
  | 'etag-mismatch'
  /** Another operation works on the same instance, or was in the way for a moment. */
  | 'busy'
  | 'in-use'
  | 'protected'
  | 'forbidden'
  | 'invalid'
  /** The daemon gave up waiting (a clean stop): the thing may still happen a little later. */
  | 'timeout'
  /** It may have happened or not: only a fresh look tells. */
  | 'unknown-outcome'
  /** Nothing happened: no daemon heard the call. */
  | 'unreachable'
  | 'failed';

/**
 * The only place where the daemon's words are matched: Incus answers 500 (sometimes 400) for most of these.
 * The first match wins; each pattern has its test with the words of a real daemon.
 */
const patterns: readonly (readonly [RegExp, IncusErrorKind])[] = [
  [/UNIQUE constraint failed|already exists|already trusted/i, 'already-exists'],
  [/\bis busy running\b|matching non-reusable operation/i, 'busy'],
  [/^Instance is busy/i, 'busy'],
  // Something has the disk mounted for a moment: a start that ends, somebody who asks how full it is.
  [/(?:^|: )In use$/, 'busy'],
  // A card of some container went while the daemon looked at all of them for a bridge.
  [/bridge children interfaces\b.*\bDevice "[^"]*" does not exist/s, 'busy'],
  // Rules for two bridges at once: one text was written while the other's was, and lacks its values.
  [/Failed apply nftables config\b.*<no value>/s, 'busy'],
  [/\bis protected\b|security\.protection\.delete|delete protection enabled/i, 'protected'],
  [
    /\b(?:currently|still|already) (?:in use|used)\b|\bis in use\b|Only empty projects|still (?:has|referenced)/i,
    'in-use',
  ],
  [/^Invalid (?:config|devices?)\b|Unknown configuration key/i, 'invalid'],
  [/context deadline exceeded/i, 'timeout'],
  [/database is closed|shutting down|context canceled/i, 'unknown-outcome'],
  [/\bforbidden\b|not authorized|\brestricted\b|isn't allowed|not allowed/i, 'forbidden'],
];

const byStatus: Readonly<Record<number, IncusErrorKind>> = {
  400: 'invalid',
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'etag-mismatch',
  503: 'unreachable',
};

/** The kind of an error answer, from its status and, where the status says too little, its words. */
export function kindOf(status: number, untrustedWords: string): IncusErrorKind {
  const certain = byStatus[status];
  if (certain && status !== 400 && status !== 409) return certain;
  for (const [pattern, kind] of patterns) if (pattern.test(untrustedWords)) return kind;
  return certain ?? 'failed';
}

/** True of the daemon's refusal to start what runs or to stop what is stopped. */
export function isAlreadyInState(untrustedWords: string): boolean {
  return /\balready (?:running|stopped|frozen)\b|\bnot (?:running|frozen)\b/i.test(untrustedWords);
}

/** True where a snapshot has a record and no volume: nothing else can be done to the instance until it is deleted. */
export function lacksSnapshotVolume(untrustedWords: string): boolean {
  return /snapshot record count doesn't match/i.test(untrustedWords);
}

/** True where the host has an interface of the name that a NIC wants. */
export function hasHostInterface(untrustedWords: string): boolean {
  return /Failed to create the (?:veth|tap) interface.*File exists/s.test(untrustedWords);
}

/**
 * The place of a disk that the driver btrfs cannot work with: it may be that a restore was cut off, which moves it away
 * (to `PATH.incustmp`) and makes a new one.
 */
export function misplacedDisk(untrustedWords: string): string | undefined {
  const found = [
    /Failed to rename "([^"]+)" to "\1\.incustmp"/,
    /No such file or directory: "([^"]+)\/rootfs"/,
    /btrfs subvolume snapshot (?:-r )?(\S+) \S+: .*(?:Not a Btrfs subvolume|Could not statfs)/s,
  ].map((words) => words.exec(untrustedWords)?.[1]);
  return found.find((path) => path !== undefined);
}

/**
 * True where the daemon lost sight of a command that it had started: Incus 6.0.4 does so with every fourth command in a
 * container whose system calls it intercepts. The command runs all the same, with nothing on its standard input and nobody at its output.
 */
export function isLostSight(untrustedWords: string): boolean {
  return /^Failed to retrieve PID of executing child process/i.test(untrustedWords);
}
