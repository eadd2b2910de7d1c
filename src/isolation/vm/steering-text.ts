import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { isHostOf6, parseCidr6, parseIpv6 } from '../../world/infra/index.ts';
import type { Firewall } from '../index.ts';
import type { Leg } from './steering.ts';
import { blockOf } from './subnets.ts';

/** With this a line of a rules text begins that says where the host hands packets over. */
const MARK = '# steer ';

/**
 * The rules with what goes with them: a comment for each leg of the firewall machine. So rules that are made in one
 * place and loaded in another carry it, and one file is all there is to fetch.
 */
export function withSteering(rules: string, firewall: Firewall | undefined): string {
  if (!firewall?.machine) return rules;
  const lines = firewall.ports.map(({ bridge, subnet, address, ipv6 }) => {
    const sixth = ipv6 ? ` ${ipv6.subnet} ${ipv6.address}` : '';
    return `${MARK}${bridge} ${subnet} ${address}${sixth}\n`;
  });
  return lines.join('') + rules;
}

/** What a rules text says about the hand-over. Throws `steering-untrusted` (exit 2) for what cannot be a leg. */
export function legsOfText(untrustedText: string): Leg[] {
  const legs: Leg[] = [];
  for (const untrustedLine of untrustedText.split('\n')) {
    if (!untrustedLine.startsWith(MARK)) continue;
    const leg = legOf(untrustedLine.slice(MARK.length));
    if (!leg || legs.some((other) => collide(leg, other))) throw untrusted(untrustedLine);
    legs.push(leg);
  }
  return legs;
}

function legOf(untrustedWords: string): Leg | undefined {
  const words = untrustedWords.split(' ');
  const [bridge = '', subnet = '', address = '', ...rest] = words;
  if (words.length < 3 || !/^[A-Za-z0-9_.-]{1,15}$/.test(bridge)) return undefined;
  const sixth = sixthOf(rest);
  if (!sixth) return undefined;
  const block = blockOf(subnet);
  const own = blockOf(`${address}/32`);
  // From a domain's smallest size to far above the usual /24.
  if (!block || !own || block.size < 4n || block.size > 2n ** 16n) return undefined;
  const place = own.start - block.start;
  if (place <= 0n || place >= block.size - 1n) return undefined;
  return { bridge, subnet, address, ...sixth };
}

/** The part of a leg that it has only with IPv6; undefined for what is neither that nor nothing. */
function sixthOf(untrustedWords: readonly string[]): Pick<Leg, 'ipv6'> | undefined {
  if (untrustedWords.length === 0) return {};
  const [subnet = '', address = ''] = untrustedWords;
  const isWritten = parseCidr6(subnet) === subnet && parseIpv6(address) === address;
  if (untrustedWords.length !== 2 || !isWritten || !isHostOf6(address, subnet)) return undefined;
  return { ipv6: { subnet, address } };
}

/** Two legs on one bridge, or in subnets that overlap; those of IPv6 are all of one size. */
function collide(a: Leg, b: Leg): boolean {
  const [first, second] = [blockOf(a.subnet), blockOf(b.subnet)];
  if (a.bridge === b.bridge || !first || !second) return true;
  if (a.ipv6 && a.ipv6.subnet === b.ipv6?.subnet) return true;
  return first.start < second.start + second.size && second.start < first.start + first.size;
}

function untrusted(untrustedLine: string): AnklumeError {
  const shown = printable(untrustedLine).slice(0, 120);
  return new AnklumeError({
    code: 'steering-untrusted',
    exit: ExitCode.usage,
    message: {
      en: `anklume would not write this route to a firewall machine: ${shown} Nothing was loaded.`,
      fr: `anklume n'écrirait pas cette route vers une machine pare-feu : ${shown} Rien n'a été chargé.`,
    },
    remedy: {
      en: "Make the rules again where anklume runs: 'anklume network rules --output'.",
      fr: 'Refaites les règles là où tourne anklume : « anklume network rules --output ».',
    },
  });
}
