import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { makeFolders, run } from '../base/system/index.ts';
import { insideOf } from './holder.ts';
import { chooseLink, type LinkAddresses, type Prefix, parsePrefix } from './link-addresses.ts';
import type { Places } from './places.ts';

/** Name of the inner end of the uplink. */
const INNER_LINK = 'uplink0';

/** Its existence says that forwarding was off on this machine before a sandbox needed it. Gone at boot, as the setting is. */
const FORWARD_RECORD = '/run/anklume/ip-forward-was-off';
const FORWARD_SETTING = '/proc/sys/net/ipv4/ip_forward';

/** Begins the name of every host table of ours, whatever home folder the sandbox is in. */
const TABLE_PREFIX = 'anklume_sandbox_';

/** Lets the machines of a sandbox reach whatever this machine reaches; nothing outside can begin talking to them. */
export async function ensureUplink(places: Places, holder: number): Promise<void> {
  if (hasLink(places) && (await hostTables()).includes(places.table)) return;
  await removeUplink(places);
  const link = chooseLink(places.link, await takenPrefixes());
  if (!link) throw noRoom();
  await addLink(places, holder, link);
  await nft(innerRules(), insideOf(holder).enter);
  await turnForwardingOn();
  // The host's table comes last: together with the link it says that the uplink is whole.
  await nft(hostRules(places, link));
}

/** Whether the host end of the uplink is there. */
export function hasLink(places: Places): boolean {
  return existsSync(`/sys/class/net/${places.link}`);
}

/** Removes link and table from this machine, and turns forwarding off again when we turned it on and nobody needs it. */
export async function removeUplink(places: Places): Promise<void> {
  // The link may vanish by itself meanwhile, with the namespace at its other end.
  await run(['ip', 'link', 'delete', places.link], { accept: [0, 1] });
  const tables = await hostTables();
  if (tables.includes(places.table)) await nft(`delete table inet ${places.table}\n`);
  const others = tables.filter((table) => table.startsWith(TABLE_PREFIX) && table !== places.table);
  if (others.length > 0 || !existsSync(FORWARD_RECORD)) return;
  await writeFile(FORWARD_SETTING, '0');
  await rm(FORWARD_RECORD, { force: true });
}

async function addLink(places: Places, holder: number, link: LinkAddresses): Promise<void> {
  const { enter } = insideOf(holder);
  const peer = ['peer', 'name', INNER_LINK, 'netns', String(holder)];
  await run(['ip', 'link', 'add', places.link, 'type', 'veth', ...peer]);
  await run(['ip', 'address', 'add', `${link.outer}/30`, 'dev', places.link]);
  await run(['ip', 'link', 'set', places.link, 'up']);
  await run([...enter, 'ip', 'address', 'add', `${link.inner}/30`, 'dev', INNER_LINK]);
  await run([...enter, 'ip', 'link', 'set', INNER_LINK, 'up']);
  await run([...enter, 'ip', 'route', 'replace', 'default', 'via', link.outer]);
}

function hostRules({ table, link }: Places, { inner }: LinkAddresses): string {
  return `table inet ${table} {
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "${link}" ct state established,related accept
    oifname "${link}" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${inner} oifname != "${link}" masquerade
  }
}
`;
}

function innerRules(): string {
  return `table inet anklume_uplink {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "${INNER_LINK}" masquerade
  }
}
`;
}

async function nft(rules: string, enter: readonly string[] = []): Promise<void> {
  await run([...enter, 'nft', '--file', '-'], { input: rules });
}

async function hostTables(): Promise<string[]> {
  const { stdout } = await run(['nft', 'list', 'tables', 'inet']);
  return stdout.split('\n').map((line) => line.trim().split(' ').at(-1) ?? '');
}

/** The record comes first: killed between the two, forwarding is merely set to what it was. */
async function turnForwardingOn(): Promise<void> {
  if ((await readFile(FORWARD_SETTING, 'utf8')).trim() === '1') return;
  await makeFolders(dirname(FORWARD_RECORD), 0o700);
  await writeFile(FORWARD_RECORD, '');
  await writeFile(FORWARD_SETTING, '1');
}

/** Every IPv4 destination that this machine already knows a way to. */
async function takenPrefixes(): Promise<Prefix[]> {
  const { stdout } = await run(['ip', '-4', 'route', 'show', 'table', 'all']);
  return stdout.split('\n').flatMap((line) => {
    const [first, second] = line.trim().split(' ');
    const word = /^(local|broadcast|unreachable|blackhole|prohibit|throw)$/.test(first ?? '')
      ? second
      : first;
    return parsePrefix(word ?? '') ?? [];
  });
}

function noRoom(): AnklumeError {
  return new AnklumeError({
    code: 'uplink-no-subnet',
    exit: ExitCode.environment,
    message: {
      en: 'Every subnet that the uplink could use is already routed on this machine.',
      fr: 'Tous les sous-réseaux que la liaison montante pourrait utiliser sont déjà routés sur cette machine.',
    },
    remedy: {
      en: "Start the sandbox without an uplink, or free part of 100.64.0.0/10: 'ip route show table all' lists the routes.",
      fr: 'Démarrez le bac à sable sans liaison montante, ou libérez une partie de 100.64.0.0/10 : « ip route show table all » liste les routes.',
    },
  });
}
