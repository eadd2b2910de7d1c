import { AnklumeError, ExitCode } from '../messages/index.ts';
import type { Firewall } from '../network/index.ts';
import { printable } from '../system/index.ts';
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
  const lines = firewall.ports.map(
    ({ bridge, subnet, address }) => `${MARK}${bridge} ${subnet} ${address}\n`,
  );
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
  const [bridge = '', subnet = '', address = ''] = words;
  if (words.length !== 3 || !/^[A-Za-z0-9_.-]{1,15}$/.test(bridge)) return undefined;
  const block = blockOf(subnet);
  const own = blockOf(`${address}/32`);
  // From a domain's smallest size to far above the usual /24.
  if (!block || !own || block.size < 4 || block.size > 2 ** 16) return undefined;
  const place = own.start - block.start;
  return place > 0 && place < block.size - 1 ? { bridge, subnet, address } : undefined;
}

/** Two legs on one bridge, or in subnets that overlap. */
function collide(a: Leg, b: Leg): boolean {
  const [first, second] = [blockOf(a.subnet), blockOf(b.subnet)];
  if (a.bridge === b.bridge || !first || !second) return true;
  return first.start < second.start + second.size && second.start < first.start + first.size;
}

function untrusted(untrustedLine: string): AnklumeError {
  const shown = printable(untrustedLine).slice(0, 120);
  return new AnklumeError({
    code: 'steering-untrusted',
    exit: ExitCode.usage,
    message: {
      en: `This is no way to a firewall machine that anklume would write: ${shown} Nothing was loaded.`,
      fr: `Ce n'est pas un chemin vers une machine pare-feu qu'anklume écrirait : ${shown} Rien n'a été chargé.`,
    },
    remedy: {
      en: "Make the rules again where anklume runs: 'anklume network rules --output'.",
      fr: 'Refaites les règles là où tourne anklume : « anklume network rules --output ».',
    },
  });
}
