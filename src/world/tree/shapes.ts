import { ipv4Number, ipv4Range } from '../../base/system/index.ts';
import { parseCidr6, parseIpv6 } from '../infra/index.ts';
import { Mismatch, matching, type Parse, text } from './parse.ts';
import type { Value } from './value.ts';

const OBJECT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,62}$/;

/** Whether a text is what Incus takes as a project, profile or volume, cut down to what is safe in a path. */
export function isObjectName(untrustedName: string): boolean {
  return OBJECT_NAME.test(untrustedName);
}

export const objectName: Parse<string> = matching(OBJECT_NAME, {
  en: 'a name of letters, digits, `_`, `.`, `@`, `+` and `-`, at most 63 characters',
  fr: 'un nom fait de lettres, chiffres, « _ », « . », « @ », « + » et « - », 63 caractères au plus',
});

const HOST_NAME = /^(?!\d+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Whether a text is what Incus takes as an instance. */
export function isHostName(untrustedName: string): boolean {
  return HOST_NAME.test(untrustedName);
}

export const instanceName: Parse<string> = matching(HOST_NAME, {
  en: 'a name of letters, digits and hyphens, not digits alone, at most 63 characters',
  fr: "un nom fait de lettres, chiffres et traits d'union, pas de chiffres seuls, 63 caractères au plus",
});

/** Linux gives an interface 15 characters. */
export const bridgeName: Parse<string> = matching(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{2,15}$/, {
  en: 'a bridge name of 2 to 15 letters, digits, `-`, `_` and `.`',
  fr: 'un nom de pont de 2 à 15 lettres, chiffres, « - », « _ » et « . »',
});

export const absolutePath: Parse<string> = matching(/^\/[^\0]*$/, {
  en: 'an absolute path',
  fr: 'un chemin absolu',
});

/** A dotted quad without leading zeros. */
export function address(value: Value): string {
  const said = text(value);
  if (ipv4Number(said) === undefined)
    throw new Mismatch(value, {
      en: 'an IPv4 address such as 10.100.3.1',
      fr: 'une adresse IPv4 telle que 10.100.3.1',
    });
  return said;
}

/** A network whose host bits are zero: `10.100.3.0/24`. */
export function network(value: Value): string {
  const said = text(value);
  if (!rangeOf(said))
    throw new Mismatch(value, {
      en: 'a network such as 10.100.3.0/24',
      fr: 'un réseau tel que 10.100.3.0/24',
    });
  return said;
}

/** An IPv6 address, in the form that the kernel prints. */
export function address6(value: Value): string {
  const ip = parseIpv6(text(value));
  if (ip === undefined)
    throw new Mismatch(value, {
      en: 'an IPv6 address such as fd12:3456:789a:3::1',
      fr: 'une adresse IPv6 telle que fd12:3456:789a:3::1',
    });
  return ip;
}

/** An IPv6 network of 64 bits. */
export function network6(value: Value): string {
  const subnet = parseCidr6(text(value));
  if (subnet === undefined)
    throw new Mismatch(value, {
      en: 'an IPv6 network such as fd12:3456:789a:3::/64',
      fr: 'un réseau IPv6 tel que fd12:3456:789a:3::/64',
    });
  return subnet;
}

/** First and last address of a network, as numbers; undefined when the text is no network. */
export function rangeOf(
  cidr: string,
): { readonly first: number; readonly last: number } | undefined {
  const range = ipv4Range(cidr);
  if (!range || range.length < 1 || range.length > 30) return undefined;
  return range.first === ipv4Number(cidr.split('/')[0] ?? '') ? range : undefined;
}
