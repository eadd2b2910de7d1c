import { printable } from '../../../base/system/index.ts';
import type { Network, WireConfig } from '../../../incus/index.ts';
import { type ProofFinding, typed } from './finding.ts';

/** Keys that change neither who reaches whom nor what is told to whom. */
const HARMLESS = new Set([
  ...['bridge.mtu', 'bridge.hwaddr', 'bridge.driver', 'dns.domain', 'dns.search'],
  ...['ipv4.dhcp.expiry', 'ipv6.dhcp.expiry', 'ipv4.nat.order', 'ipv6.nat.order'],
]);

/** Keys of our networks that are not as anklume gives them, those that it never gives included. */
export function networkFindings(
  wanted: ReadonlyMap<string, WireConfig>,
  networks: readonly Network[],
): ProofFinding[] {
  return networks.flatMap(({ name, config }) => {
    const expected = wanted.get(name);
    if (!expected) return [];
    const keys = new Set([...Object.keys(expected), ...Object.keys(config)]);
    return [...keys].sort().flatMap((key): ProofFinding[] => {
      if (/^(user|volatile)\./.test(key) || HARMLESS.has(key)) return [];
      const [should, is] = [expected[key], config[key]];
      return should === is ? [] : [keyFinding(name, key, should, is)];
    });
  });
}

function keyFinding(
  network: string,
  key: string,
  should: string | undefined,
  is: string | undefined,
): ProofFinding {
  const [name, of] = [printable(network), printable(key)];
  // Several lines, as raw.dnsmasq has them, are shown in one.
  const shown = (value: string) => `'${printable(value.replaceAll('\n', ', ')).slice(0, 80)}'`;
  const found =
    is === undefined
      ? { en: 'is not set', fr: "n'est pas définie" }
      : { en: `is ${shown(is)}`, fr: `vaut ${shown(is)}` };
  const asked =
    should === undefined
      ? { en: 'anklume does not set it', fr: 'anklume ne la définit pas' }
      : { en: `should be ${shown(should)}`, fr: `devrait valoir ${shown(should)}` };
  return {
    code: 'network-key',
    place: network,
    text: {
      en: `${name}: ${of} ${found.en}; ${asked.en}`,
      fr: `${name} : ${of} ${found.fr} ; ${asked.fr}`,
    },
    remedy: typed(
      should === undefined ? `anklume incus -- network unset ${name} ${of}` : 'anklume up',
    ),
  };
}
