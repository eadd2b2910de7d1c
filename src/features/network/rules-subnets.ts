import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Network } from '../../incus/index.ts';
import { type HostNetwork, overlaps } from '../../isolation/index.ts';
import { blockOf } from '../../isolation/vm/index.ts';
import { isHostOf6 } from '../../world/infra/index.ts';

/** Of both families what no server on the internet has: RFC 1918, RFC 4193. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/;
/** As domains have them. */
const LENGTHS = { 4: 24, 6: 64 } as const;

/**
 * What comes from outside in the name of a domain is dropped, so rules that were made elsewhere must not call the
 * networks of others domains: theirs are those of Incus's bridges, or private ones that the host does not use.
 * Throws `rules-foreign-subnets` (exit 2).
 */
export function checkSubnets(
  untrustedText: string,
  networks: readonly Network[],
  host: readonly HostNetwork[],
): void {
  const bridges = networks.filter(({ managed, type }) => managed && type === 'bridge');
  const names = new Set(bridges.map(({ name }) => name));
  const foreign = host.filter(({ device }) => !names.has(device));
  const isOfBridge = (subnet: string): boolean =>
    bridges.some(({ config }) => {
      const [key, same] = subnet.includes(':')
        ? (['ipv6.address', isHostOf6] as const)
        : (['ipv4.address', overlaps] as const);
      const [address = '', length = ''] = config[key]?.split('/') ?? [];
      return subnet.endsWith(`/${length}`) && same(address, subnet);
    });
  const isFree = (subnet: string): boolean =>
    PRIVATE.test(subnet) &&
    hasUsualSize(subnet) &&
    (subnet.includes(':') || !foreign.some((one) => overlaps(one.subnet, subnet)));
  const wrong = claimedSubnets(untrustedText).filter(
    (subnet) => !isOfBridge(subnet) && !isFree(subnet),
  );
  if (wrong.length > 0) throw foreignSubnets(wrong);
}

/** Members of the sets by which rules know their domains' networks. */
function claimedSubnets(untrustedText: string): string[] {
  const sets = untrustedText.matchAll(/^\s*set subnets6? \{([^{}]*)(?:\{([^{}]*)\})?/gm);
  return [...sets].flatMap(([, , members = '']) =>
    members.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()])),
  );
}

function hasUsualSize(subnet: string): boolean {
  const length = Number(subnet.split('/')[1]);
  if (subnet.includes(':')) return length === LENGTHS[6];
  return length === LENGTHS[4] && blockOf(subnet) !== undefined;
}

function foreignSubnets(untrustedSubnets: readonly string[]): AnklumeError {
  const shown = untrustedSubnets.slice(0, 10).map(printable).join(', ');
  return new AnklumeError({
    code: 'rules-foreign-subnets',
    exit: ExitCode.usage,
    message: {
      en: `These rules treat networks as domains that are not domains: ${shown}. Nothing was loaded.`,
      fr: `Ces règles prennent pour des domaines des réseaux qui n'en sont pas : ${shown}. Rien n'a été chargé.`,
    },
    remedy: {
      en: "Make the networks first: 'anklume apply infra' where the rules were made.",
      fr: "Créez d'abord les réseaux : « anklume apply infra » là où les règles ont été produites.",
    },
  });
}
