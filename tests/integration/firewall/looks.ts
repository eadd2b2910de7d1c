import { incusQuery, inSandbox } from '../support.ts';
import { BASE6, type Cell, inside, type Proof } from './world.ts';

/** What `up` says of a world with a firewall machine. */
export interface Up {
  readonly good: boolean;
  readonly firewall?: { readonly changed: boolean; readonly failure?: { readonly code: string } };
  readonly apply: { readonly done: number };
  readonly proof: Proof;
}

/** A TCP connection that somebody answers, if only to refuse it. */
export const reaches = async (
  domain: string,
  machine: string,
  address: string,
): Promise<boolean> => {
  const { text } = await inside(domain, machine, 'nc', '-w', '1', address, '443');
  return text.includes('refused');
};

export const pings = async (domain: string, target: string): Promise<boolean> =>
  (await inside(domain, `${domain}-1`, 'busybox', 'ping6', '-c', '2', '-W', '1', target)).ok;

/** Where a neighbour does not answer, Linux takes the next best way, which is the right one: here it has to try. */
export const knowLeg6 = async (adm: string, zeta: string): Promise<void> => {
  const legs = Object.values(await devicesOf(adm));
  const mac = legs.find(({ network }) => network === `net-${zeta}`)?.hwaddr ?? '';
  const { pid } = await incusQuery<{ pid: number }>(
    `/1.0/instances/${zeta}-1/state?project=${zeta}`,
  );
  const neighbour = ['ip', '-6', 'neighbour', 'replace', `${BASE6}:1::253`, 'dev', 'eth0'];
  const stays = ['lladdr', mac, 'nud', 'permanent'];
  await inSandbox('nsenter', '-t', String(pid), '-n', ...neighbour, ...stays);
};

/** Deletes the rules with these codes from a chain; each has to be there. */
export const withoutRules = async (
  chain: string,
  codes: readonly string[],
  family: 'bridge' | 'inet' = 'bridge',
): Promise<void> => {
  const listed = await inSandbox('nft', '-a', 'list', 'chain', family, 'anklume', chain);
  const lines = listed.split('\n');
  for (const code of codes) {
    const gone = lines.filter((line) => line.includes(`comment "${code}: `));
    if (gone.length === 0) throw new Error(`no rule "${code}" in ${chain}`);
    for (const line of gone) {
      const handle = line.match(/# handle (\d+)/)?.[1] ?? 'none';
      await inSandbox('nft', 'delete', 'rule', family, 'anklume', chain, 'handle', handle);
    }
  }
};

/** The cards of the firewall machine, as its profile has them. */
export const devicesOf = async (adm: string): Promise<Record<string, Record<string, string>>> =>
  (
    await incusQuery<{ devices: Record<string, Record<string, string>> }>(
      `/1.0/profiles/sys-firewall?project=${adm}`,
    )
  ).devices;

export function isAbout({ from, to }: Cell, name: string): boolean {
  return from === name || to === name;
}

export function betweenMachines({ from, to }: Cell): boolean {
  return ![from, to].some(
    (end) => end === 'host' || end.startsWith('gateway:') || end === 'sys-firewall',
  );
}

/** A world in which a domain no longer declares IPv6. */
export const withoutIpv6 = (text: string, domain: string): string =>
  text.replace(new RegExp(`(  ${domain}:\\n    subnet_id: \\d+\\n)    ipv6: true\\n`), '$1');

export const bridges = (...domains: string[]) => domains.map((name) => `net-${name}`).sort();

export const failures = ({ mismatches }: Proof) => mismatches.map(({ text }) => text.en);

export const CLAIM = 'neighbour-address';

export const LENGTH = 'neighbour-length';

export const BEHIND = 'neighbour-headers';
