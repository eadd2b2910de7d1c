import type { Host } from '../../../base/system/index.ts';
import type { ForeignChain } from '../../foreign/chains.ts';
import { askProber } from '../prober.ts';
import type { ProbeMachine } from '../probes.ts';
import { hostSpaceOf } from '../spaces.ts';

/** An interface of the host. */
export interface KernelLink {
  readonly index: number;
  readonly name: string;
  /** `bridge`, `veth`, `tun`; absent on a piece of hardware. */
  readonly kind?: string;
  /** Index of the bridge that it is a port of. */
  readonly master?: number;
  /** Index of what it stands on or is the other end of. */
  readonly link?: number;
  /** Present where that is in another namespace. */
  readonly space?: number;
  readonly mac?: string;
  /** Number of the XDP program on it. */
  readonly xdp?: number;
}

/** An interface of a machine that leads out of it: to the host, to hardware, or to another machine's namespace. */
export interface InsideLink extends KernelLink {
  readonly leads: 'host' | 'outside' | (string & {});
}

/** A namespace beside those of the host and of declared machines. */
export interface Elsewhere {
  /** `container alpha_web`, as its control group has it, `process 123`, or the name that it has on the host. */
  readonly owner: string;
  /** Its interfaces that end at one of the host, or stand on one. */
  readonly links: readonly KernelLink[];
  /** Why they could not be read. */
  readonly unread?: string;
}

export interface KernelFilter {
  /** Index of the interface. */
  readonly link: number;
  readonly way: 'ingress' | 'egress' | 'queue';
  readonly kind: string;
  /** What it does in words of tc; `to` is where mirred sends a packet. */
  readonly actions: readonly { readonly kind: string; readonly to?: string }[];
}

/** What the kernel has on the way of packets, besides nftables. */
export interface KernelView {
  readonly links: readonly KernelLink[];
  readonly filters: readonly KernelFilter[];
  readonly programs: readonly {
    readonly link: number;
    readonly way: 'ingress' | 'egress';
    readonly program: number;
  }[];
  /** Chains of the older iptables. */
  readonly older: readonly ForeignChain[];
  /** Interfaces of its default routes. */
  readonly uplinks: readonly string[];
  /** Whether frames within a bridge pass the hooks of IP as well (br_netfilter). */
  readonly bridged: boolean;
  /** By machine. */
  readonly inside: ReadonlyMap<string, readonly InsideLink[]>;
  /** Machines that could not be looked into, with the reason. */
  readonly unread: ReadonlyMap<string, string>;
  readonly elsewhere: readonly Elsewhere[];
}

/** Reads it. Throws `prove-needs-root` (exit 4) where that is not allowed. */
export async function readKernel(
  host: Host,
  machines: readonly ProbeMachine[],
  signal?: AbortSignal,
): Promise<KernelView> {
  const spaces = [hostSpaceOf(host), ...machines.map(({ netns }) => netns)];
  const untrusted = await askProber<Told>(
    'look',
    { spaces, proc: host.proc },
    signal ? { signal } : {},
  );
  const byPath = new Map(machines.map(({ name, netns }) => [netns, name]));
  const inside = machines.map(({ name }, index): [string, readonly InsideLink[]] => [
    name,
    (untrusted.inside[index] ?? []).map((link) => ({
      ...link,
      leads: byPath.get(link.leads) ?? link.leads,
    })),
  ]);
  const unread = machines.flatMap(({ name }, index): [string, string][] => {
    const why = untrusted.unread[index];
    return why === undefined ? [] : [[name, why]];
  });
  return { ...untrusted, inside: new Map(inside), unread: new Map(unread) };
}

/** As the prober tells it: machines are numbers. */
interface Told extends Omit<KernelView, 'inside' | 'unread'> {
  readonly inside: readonly (readonly InsideLink[])[];
  readonly unread: Readonly<Record<number, string>>;
}
