import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { DISPOSABLE_PORT } from '../../world/tree/index.ts';
import { clearing, FAMILIES, TABLE } from './tables.ts';

/** Longest rules text that is looked at, in characters: a thousand domains stay well below. */
export const LONGEST_RULES = 4_000_000;

/** A rules text from elsewhere that was found to be our tables and nothing else. */
export interface CheckedRules {
  readonly text: string;
  /** Every interface that it names. */
  readonly interfaces: readonly string[];
}

/**
 * Accepts only what this tool itself writes: the lines that replace the tables `anklume`, with sets,
 * maps and chains in them, made of known words. So no file is included, no variable defined, and no
 * other table, hook or command reached. Throws `rules-untrusted` (exit 2) with the line.
 */
export function checkUntrustedRules(untrustedText: string): CheckedRules {
  if (untrustedText.length > LONGEST_RULES) throw refused(0, '');
  const interfaces = new Set<string>();
  const open: Block[] = [];
  const seen: string[] = [];
  for (const [index, untrustedLine] of untrustedText.split('\n').entries()) {
    const words = wordsOf(untrustedLine);
    if (!words) throw refused(index + 1, untrustedLine);
    if (words.length === 0) continue;
    const outer = open.at(-1) ?? 'top';
    const inner = LINES[outer](words);
    if (inner === undefined) throw refused(index + 1, untrustedLine);
    if (inner === 'end') open.pop();
    else if (inner !== outer) open.push(inner);
    if (outer === 'top') seen.push(words.join(' '));
    for (const [at, word] of words.entries())
      if (word.startsWith('"i') && !isHostItself(words, at)) interfaces.add(word.slice(2));
  }
  // A table that is opened and never closed, or a text without any, is no ruleset.
  if (open.length > 0 || seen.join('\n') !== OUTLINE) throw refused(0, '');
  return { text: untrustedText, interfaces: [...interfaces].sort() };
}

/** The lines outside the tables' braces: each table is cleared, then made. */
const OUTLINE = [
  ...clearing([TABLE]),
  ...FAMILIES.map((family) => `table ${family} ${TABLE} {`),
].join('\n');

type Block = 'top' | 'table' | 'timeout' | 'collection' | 'members' | 'chain';

/** What a line within a block leads into: the same block, a deeper one, or its end; undefined when it is none of ours. */
const LINES: Readonly<Record<Block, (words: readonly string[]) => Block | 'end' | undefined>> = {
  top: (words) => {
    const line = words.join(' ');
    if (!/^(delete )?table (inet|bridge) anklume( \{)?$/.test(line)) return undefined;
    return words.at(-1) === '{' ? 'table' : 'top';
  },
  table: (words) => {
    if (isEnd(words)) return 'end';
    if (/^ct timeout patience6? \{$/.test(words.join(' '))) return 'timeout';
    const [kind = '', name = '', brace] = words;
    if (words.length !== 3 || brace !== '{' || !isName(name)) return undefined;
    if (kind === 'chain') return 'chain';
    return kind === 'set' || kind === 'map' ? 'collection' : undefined;
  },
  timeout: (words) => {
    if (isEnd(words)) return 'end';
    return PATIENCE.test(words.join(' ')) ? 'timeout' : undefined;
  },
  collection: (words) => {
    if (isEnd(words)) return 'end';
    if (words[0] === 'type' && words.slice(1).every((word) => TYPE_WORDS.has(word)))
      return 'collection';
    if (PROPERTY.test(words.join(' '))) return 'collection';
    if (words[0] === 'typeof' && words.slice(1).every((word) => isRuleWord(word, undefined)))
      return 'collection';
    if (words.slice(0, 3).join(' ') !== 'elements = {') return undefined;
    if (words.length === 3) return 'members';
    return words.at(-1) === '}' && words.slice(3, -1).every(isMember) ? 'collection' : undefined;
  },
  members: (words) => {
    if (isEnd(words)) return 'end';
    const last = words.at(-1) === '}';
    if (!(last ? words.slice(0, -1) : words).every(isMember)) return undefined;
    return last ? 'end' : 'members';
  },
  chain: (words) => {
    if (isEnd(words)) return 'end';
    if (words[0] === 'type') return HOOK.test(words.join(' ')) ? 'chain' : undefined;
    return words.every((word, index) => isRuleWord(word, words[index - 1])) ? 'chain' : undefined;
  },
};

/** nft writes priorities as we do, or from the nearest one that has a name. */
const HOOK =
  /^type (filter hook (prerouting|forward|input|output) priority (-1|-201|filter - 1)|filter hook prerouting priority -450|nat hook (postrouting|input) priority (99|srcnat - 1)) ; policy accept ;$/;

/** Sets of subnets, and those that the kernel fills while packets pass. */
const PROPERTY =
  /^(typeof (iifname \. (ip|ip6) saddr \. ct id|ct id \. (ip|ip6) saddr)|flags (interval|dynamic( , timeout)?)|size \d{1,6}|timeout \d{1,4}s)$/;

/** Hours, not seconds: what is still spoken is not to be forgotten. */
const PATIENCE =
  /^(protocol (tcp|6)|l3proto (ip|ip6)|policy = \{ established : (\d{4,6}|[1-9]\d?h(\d+m)?) \})$/;

const TYPE_WORDS = new Set([
  'ifname',
  'ipv4_addr',
  'ipv6_addr',
  'ether_addr',
  'ether_type',
  'inet_service',
  'verdict',
  '.',
  ':',
]);

const RULE_WORDS = new Set(
  [
    'iifname oifname ibrname obrname ip ip6 arp ether saddr daddr taddr tcp udp icmp icmpv6 sport dport type meta l4proto',
    'nfproto ipv4 ipv6 ct state direction original reply new established related invalid',
    'htype ptype hlen plen operation request nexthdr length frag frag-off',
    'nd-router-solicit nd-router-advert nd-neighbor-solicit nd-neighbor-advert nd-redirect',
    'mld-listener-query echo-request vmap accept drop return counter limit rate burst packets log prefix level',
    'debug info notice warn group snaplen comment . { } , / == !=',
    'reject with icmpx admin-prohibited redirect snat to update delete id protocol untracked proto-src',
    'hdrlength add count over rt nexthop oiftype timeout set &',
    'destination-unreachable packet-too-big time-exceeded parameter-problem code ipv6-icmp',
    'net-unreachable host-unreachable frag-needed net-prohibited host-prohibited no-route addr-unreachable',
  ].flatMap((line) => line.split(' ')),
);

function isEnd(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === '}';
}

/** What asks for packets from anywhere but the host itself, or accepts the host's own by a map, names no card. */
function isHostItself(words: readonly string[], at: number): boolean {
  const isAccepted = words.slice(at, at + 3).join(' ') === '"ilo : accept';
  return isAccepted || words.slice(at - 2, at + 1).join(' ') === 'iifname != "ilo';
}

/** Strings are marked by `wordsOf`: `"i` an interface, `"c` other words. */
function isMember(word: string): boolean {
  return /^"i/.test(word) || isNumber(word) || isName(word) || /^[.,:]$|^(jump|goto)$/.test(word);
}

function isRuleWord(word: string, before: string | undefined): boolean {
  if (before === 'jump' || before === 'goto') return isName(word);
  if (word === 'jump' || word === 'goto') return true;
  if (before !== undefined && BEFORE_TEXT.has(before)) return word.startsWith('"');
  if (word.startsWith('@')) return isName(word.slice(1));
  if (/^\d+\/(second|minute|hour)$/.test(word)) return true;
  return RULE_WORDS.has(word) || isNumber(word) || word.startsWith('"i');
}

/** What stands in quotes behind these names no interface. */
const BEFORE_TEXT = new Set(['comment', 'prefix', 'set']);

/** Words at which the reader of nft leaves what is being read, wherever they stand. */
const COMMANDS = /^(include|define|redefine|undefine|flush|reset|import|export|destroy)$/;

/** Names of sets, maps and chains; those for one bridge have it behind a slash. */
function isName(word: string): boolean {
  return /^[a-z][a-z0-9_]*(\/[A-Za-z0-9_.-]+)*$/.test(word) && !COMMANDS.test(word);
}

/** A port, an address, a subnet, a MAC address, or a count; bits that nft has no word for are written with 0x. */
function isNumber(word: string): boolean {
  return /^[0-9][0-9a-f.:/-]*$|^0x[0-9a-f]{1,32}$|^[0-9a-f]*:[0-9a-f:]+(\/[0-9]+)?$/.test(word);
}

const WORD =
  /\s+|"([^"\\]*)"|([A-Za-z0-9@_][A-Za-z0-9_./:-]*|::|==|!=|-450|-201|-1|[{}.,:;=/&-])/uy;

/** A name, or the beginning of the names that cards of disposable machines have: of no other ones. */
const INTERFACE = new RegExp(`^([A-Za-z0-9_.-]{1,15}|${DISPOSABLE_PORT}\\*)$`);

/** The words of a line, strings marked by what they are; undefined when something else is in it. */
function wordsOf(untrustedLine: string): string[] | undefined {
  if (/^\s*#[^\u0000-\u001f]*$/.test(untrustedLine)) return [];
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < untrustedLine.length) {
    const found = WORD.exec(untrustedLine);
    if (!found) return undefined;
    const [, string, word] = found;
    if (word !== undefined) words.push(word);
    if (string === undefined) continue;
    const isText = BEFORE_TEXT.has(words.at(-1) ?? '');
    const good = isText ? /^[^\p{C}]{0,128}$/u : INTERFACE;
    if (!good.test(string)) return undefined;
    words.push(`${isText ? '"c' : '"i'}${string}`);
  }
  return words;
}

function refused(line: number, untrustedLine: string): AnklumeError {
  const shown = printable(untrustedLine.trim()).slice(0, 120);
  return new AnklumeError({
    code: 'rules-untrusted',
    exit: ExitCode.usage,
    message:
      line === 0
        ? {
            en: 'These are not isolation rules as anklume writes them: whole tables called anklume are expected, and nothing else. Nothing was loaded.',
            fr: "Ce ne sont pas des règles d'isolation telles qu'anklume les écrit : des tables anklume entières sont attendues, et rien d'autre. Rien n'a été chargé.",
          }
        : {
            en: `anklume does not write line ${line} into its isolation rules: ${shown} Nothing was loaded.`,
            fr: `anklume n'écrit pas la ligne ${line} dans ses règles d'isolation : ${shown} Rien n'a été chargé.`,
          },
    remedy: {
      en: "Make the rules again where anklume runs: 'anklume network rules --output'.",
      fr: 'Refaites les règles là où tourne anklume : « anklume network rules --output ».',
    },
  });
}
