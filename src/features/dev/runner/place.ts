import { type Ipv4Range, ipv4Overlap, ipv4Range } from '../../../base/system/index.ts';
import type { WireConfig } from '../../../incus/index.ts';

/** Where the runner stands: a project and a bridge of its own, so that it shares nothing with other machines. */
export const RUNNER = {
  project: 'anklume-test-runner',
  instance: 'test-runner',
  network: 'anklume-runner',
  profile: 'nesting',
} as const;

/** On everything that we made for the runner; what lacks it is somebody else's and is left alone. */
export const MARK = 'user.anklume.test-runner';

/** What a container needs to be a host of containers. */
export const NESTING: WireConfig = {
  'security.idmap.isolated': 'true',
  // What its own Incus gives out, as the role writes it into /etc/subuid, and a million below that.
  'security.idmap.size': '251000000',
  'security.nesting': 'true',
  'security.syscalls.intercept.mknod': 'true',
  'security.syscalls.intercept.setxattr': 'true',
};

/** Of a runner that is a virtual machine: the tests build images and install some hundred packages. */
export const VM_LIMITS: WireConfig = { 'limits.cpu': '2', 'limits.memory': '4GiB' };

/** The second part of the address range that is looked through, after 10. */
const SECOND = 209;

/**
 * An address with its prefix length for the runner's bridge that overlaps none of `taken`, ranges such as `10.0.0.0/8`
 * or addresses; what is neither is passed over. Undefined where all 254 are taken.
 */
export function freeGateway(taken: readonly string[]): string | undefined {
  const ranges = taken.flatMap((text) => rangeOf(text) ?? []);
  for (let third = 1; third < 255; third++) {
    const wanted = rangeOf(`10.${SECOND}.${third}.0/24`);
    if (wanted && !ranges.some((range) => ipv4Overlap(range, wanted)))
      return `10.${SECOND}.${third}.1/24`;
  }
  return undefined;
}

/** The addresses of `10.1.2.3/24` as numbers; of all of IPv4, the default route's, nothing. */
function rangeOf(text: string): Ipv4Range | undefined {
  const range = ipv4Range(text);
  return range?.length === 0 ? undefined : range;
}
