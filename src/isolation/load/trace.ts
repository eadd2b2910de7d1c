import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { type Host, printable } from '../../base/system/index.ts';
import type { Protocol } from '../model/flows.ts';
import { CODES, type RuleCode } from '../rules/codes.ts';
import { codeAt } from '../rules/rule-comments.ts';
import { BOOT_TABLE, isOurs } from './tables.ts';

/** One thing that the kernel did with the probe, in its order. */
export interface TraceStep {
  /** `inet anklume between` */
  readonly chain: string;
  /** The rule as nft writes it; absent for the policy at the end of a chain. */
  readonly rule?: string;
  /** Of a rule of ours, with its meaning. */
  readonly code?: RuleCode;
  readonly meaning?: Text;
  /** Such as `drop`, `accept`, `goto between`. */
  readonly verdict: string;
}

/** The packet to be followed. */
export interface TracedPacket {
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly protocol: Protocol;
  readonly port?: number;
}

/** Milliseconds until both programs must be at work, and after which the last line of a trace has come. */
const READY_LIMIT = 5000;
const QUIET = 300;

/** Where this process is killed, nobody ends the monitor: it sees nothing any more and goes by itself. */
const MONITOR_SECONDS = 30;

/**
 * Follows the packets that `send` sends through all rules of the host. For that there is a table of our
 * own that marks this one packet. It belongs to a process that ends when its input does, and the kernel
 * takes it away with that process, however this one ends. Throws `trace-unavailable` (exit 4).
 */
export async function traced(
  host: Host,
  packet: TracedPacket,
  send: () => Promise<void>,
): Promise<TraceStep[]> {
  const table = `anklume_trace_${randomBytes(4).toString('hex')}`;
  const watch = ['timeout', String(MONITOR_SECONDS), 'nft', 'monitor'];
  const monitor = started(host, watch, ['ignore', 'pipe', 'ignore']);
  const owner = started(host, ['nft', '-i'], ['pipe', 'ignore', 'pipe']);
  let heard = '';
  let complaint = '';
  monitor.stdout?.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  owner.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  try {
    owner.stdin?.write(tableText(table, packet));
    await untilHeard(
      () => heard.includes(`${table} beat`),
      (count) => owner.stdin?.write(`add chain inet ${table} beat${count}\n`),
      () => complaint,
    );
    await send();
    let length = -1;
    while (length !== heard.length) {
      length = heard.length;
      await sleep(QUIET);
    }
    return stepsOf(heard, table);
  } finally {
    // The monitor ends when it cannot tell of the tables' end any more.
    monitor.stdout?.destroy();
    owner.stdin?.end(`delete table inet ${table}\ndelete table bridge ${table}\n`);
    await Promise.all([ended(owner), ended(monitor)]);
  }
}

function started(host: Host, argv: readonly string[], stdio: ('pipe' | 'ignore')[]): ChildProcess {
  const [file = '', ...args] = [...host.enter, ...argv];
  const child = spawn(file, args, { stdio });
  // A program that is missing is told by the time limit; an input that is closed, by its end.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  return child;
}

async function untilHeard(
  isHeard: () => boolean,
  beat: (count: number) => void,
  complaint: () => string,
): Promise<void> {
  const start = performance.now();
  // The monitor tells what happens from when it listens: so something happens until it tells.
  for (let count = 0; !isHeard(); count++) {
    if (performance.now() - start > READY_LIMIT) throw unavailable(complaint());
    beat(count);
    await sleep(50);
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
}

/** Before all other rules: on the bridge, at the entry of the host, and at its exit. */
function tableText(table: string, packet: TracedPacket): string {
  const match = `${matchText(packet)} meta nftrace set 1`;
  const chain = (family: string, name: string, hook: string) => [
    `add chain ${family} ${table} ${name} { type filter hook ${hook} priority -450; policy accept; }`,
    `add rule ${family} ${table} ${name} ${match}`,
  ];
  return [
    `add table inet ${table} { flags owner; }`,
    ...chain('inet', 'entry', 'prerouting'),
    ...chain('inet', 'exit', 'output'),
    `add table bridge ${table} { flags owner; }`,
    ...chain('bridge', 'entry', 'prerouting'),
    '',
  ].join('\n');
}

function matchText({ fromAddress, toAddress, protocol, port }: TracedPacket): string {
  const [ip, icmp] = fromAddress.includes(':') ? ['ip6', 'icmpv6'] : ['ip', 'icmp'];
  const ping = `${icmp} type echo-request`;
  const what = protocol === 'icmp' ? ping : `${protocol} dport ${port ?? 0}`;
  return `${ip} saddr ${fromAddress} ${ip} daddr ${toAddress} ${what}`;
}

/**
 * What happened to the first packet. The kernel gives it another number when it passes from a bridge to
 * the host, so packets are told apart by their entry: the same entry again is the next one's.
 */
export function stepsOf(untrustedLines: string, ownTable: string): TraceStep[] {
  const steps: TraceStep[] = [];
  let entry: string | undefined;
  for (const line of untrustedLines.split('\n')) {
    const [, family = '', table = '', chain = '', rest = ''] = LINE.exec(line) ?? [];
    if (table === ownTable) {
      if (!rest.startsWith('packet:')) continue;
      const here = `${family} ${chain}`;
      if (here === entry) break;
      entry ??= here;
    } else {
      const step = stepOf({ family, table, chain }, rest);
      if (step) steps.push(step);
    }
  }
  return steps;
}

const LINE = /^trace id [0-9a-f]+ (\S+) (\S+) (\S+) (.*)$/;

interface Place {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

function stepOf(place: Place, rest: string): TraceStep | undefined {
  const chain = `${place.family} ${place.table} ${place.chain}`;
  const [, rule, ruleVerdict] = /^(?:unknown )?rule (.*) \(verdict ([^()]+)\)\s*$/.exec(rest) ?? [];
  if (rule !== undefined && ruleVerdict !== undefined) {
    const code = codeOf(place, rule);
    return {
      chain,
      rule: withoutCount(printable(rule)),
      ...(code && { code, meaning: CODES[code].text }),
      verdict: printable(ruleVerdict),
    };
  }
  const [, verdict] = /^(?:policy|verdict) (.*?)\s*$/.exec(rest) ?? [];
  return verdict === undefined || verdict === 'continue'
    ? undefined
    : { chain, verdict: printable(verdict) };
}

function codeOf({ family, table, chain }: Place, rule: string): RuleCode | undefined {
  const comment = / comment "([^"]*)"$/.exec(rule)?.[1];
  if (comment === undefined || !isOurs(table)) return undefined;
  if (table === BOOT_TABLE) return codeAt('boot', chain, comment);
  return family === 'inet' || family === 'bridge' ? codeAt(family, chain, comment) : undefined;
}

/** The monitor tells what the counter was when it began to listen. */
function withoutCount(rule: string): string {
  return rule.replace(/\bcounter packets \d+ bytes \d+/, 'counter');
}

function unavailable(complaint: string): AnklumeError {
  const words = printable(complaint.trim()).slice(0, 400);
  return new AnklumeError({
    code: 'trace-unavailable',
    exit: ExitCode.environment,
    message: {
      en: `The kernel of this host cannot be asked to follow a packet. ${words}`,
      fr: `On ne peut pas demander au noyau de cet hôte de suivre un paquet. ${words}`,
    },
    remedy: {
      en: 'It takes root, nft 1.0 and Linux 5.12 or newer.',
      fr: 'Il faut les droits root, nft 1.0 et Linux 5.12 ou plus récent.',
    },
  });
}
