import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { incusQuery, inSandbox } from '../integration/support.ts';

/** A machine as an attacker sees it: who it is, and where its network is entered. */
export interface Somebody {
  readonly name: string;
  readonly space: string;
  readonly mac: string;
  readonly ip: string;
  readonly ip6: string;
}

interface Instance {
  readonly expanded_devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface State {
  readonly pid: number;
  readonly network: Record<
    string,
    { hwaddr: string; addresses: { family: string; address: string; scope: string }[] }
  >;
}

/**
 * Asks the daemon, not the product, who a running machine is. The probe image has no client for DHCP over IPv6: it takes
 * the address that it would be given.
 */
export async function somebody(project: string, name: string): Promise<Somebody> {
  const { expanded_devices: devices } = await incusQuery<Instance>(
    `/1.0/instances/${name}?project=${project}`,
  );
  const ip6 = devices.eth0?.['ipv6.address'] ?? '';
  for (;;) {
    const { pid, network } = await incusQuery<State>(
      `/1.0/instances/${name}/state?project=${project}`,
    );
    const eth0 = network?.eth0;
    const ip = eth0?.addresses.find(({ family }) => family === 'inet')?.address ?? '';
    if (eth0 && ip !== '') {
      if (ip6 !== '') {
        const address = [`${ip6}/64`, 'dev', 'eth0', 'nodad'];
        const take = ['ip', '-6', 'address', 'replace', ...address];
        await inSandbox('nsenter', '-t', String(pid), '-n', '--', ...take);
      }
      return { name, space: `${inject('proc')}/${pid}/ns/net`, mac: eth0.hwaddr, ip, ip6 };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Those whom a test has met. */
export class People {
  readonly #known = new Map<string, Somebody>();

  async meet(domain: string, ...names: string[]): Promise<void> {
    for (const name of names) this.#known.set(name, await somebody(domain, name));
  }

  /** Another name for one of them. */
  call(name: string, other: string): void {
    this.#known.set(other, this.who(name));
  }

  who(name: string): Somebody {
    const found = this.#known.get(name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  }
}

/** The host's end of a bridge: what machines know as their gateway. */
export async function gatewayOf(bridge: string): Promise<Omit<Somebody, 'space'>> {
  const [{ address: mac = '', addr_info: addresses = [] } = {}] = JSON.parse(
    await inSandbox('ip', '-j', 'addr', 'show', 'dev', bridge),
  ) as { address?: string; addr_info?: { family: string; local: string; scope: string }[] }[];
  const find = (family: string) =>
    addresses.find((one) => one.family === family && one.scope === 'global')?.local ?? '';
  return { name: bridge, mac, ip: find('inet'), ip6: find('inet6') };
}

export interface Spray {
  readonly own: Somebody;
  /** In the attacker's own domain: may hear it, but nobody else in its name. The attacker itself where it has none. */
  readonly peer: Somebody;
  /** The attacker's own gateway first. */
  readonly gateways: readonly Omit<Somebody, 'space'>[];
  /** Whom nothing may reach. */
  readonly victims: readonly Somebody[];
  /** What a policy opens from the attacker: address, protocol number, port. */
  readonly open?: readonly (readonly [string, number, number])[];
  /** Known by nobody: what it says in the name of nobody known, its neighbour may hear. */
  readonly unknown?: boolean;
  /** Whom of the internet it claims to be, in place of those whom machines ask. */
  readonly outsiders?: readonly string[];
  /** Bridges of the victims: nothing may be on its way there either. */
  readonly bridges: readonly string[];
  readonly frames: number;
  readonly seed: number;
}

/** What arrived where it should not, in words. */
export async function spray(job: Spray): Promise<string[]> {
  const host = `${inject('proc')}/1/ns/net`;
  // Of this attack alone: what is left of the one before, in queues and in pieces, does not count.
  const mark = randomBytes(4).toString('hex');
  const heard = await listening(
    [
      mark,
      ...[job.peer, ...job.victims]
        .filter((one) => one !== job.own)
        .map(({ name, space }) => `${name}=${space}`),
      `host=${host}=${job.bridges.join(',')}`,
    ],
    () => attack(job, mark),
  );
  const { sent, forged, taken, open, words } = heard.done;
  if (sent < job.frames * 0.9) throw new Error(`only ${sent} of ${job.frames} frames were sent`);
  const mayPass = new Set(open);
  const isForged = new Set(job.unknown ? taken : forged);
  const trespasses = Object.entries(heard.seen).flatMap(([name, numbers]) =>
    numbers
      .filter((one) => isForged.has(one) || (name !== job.peer.name && !mayPass.has(one)))
      .map((one) => `${name} saw: ${words[one] ?? 'a frame that nobody sent'}`),
  );
  // Enough to see what kind they are.
  const more = trespasses.length - MOST;
  return more > 0 ? [...trespasses.slice(0, MOST), `and ${more} more`] : trespasses;
}

const MOST = 15;

interface Attacked {
  readonly sent: number;
  readonly forged: readonly number[];
  readonly taken: readonly number[];
  readonly open: readonly number[];
  readonly words: Readonly<Record<number, string>>;
}

async function attack(
  { own, victims, peer, gateways, frames, seed, open = [], outsiders = [] }: Spray,
  mark: string,
) {
  const common = { own, peer, gateways, victims, frames, seed, open, outsiders };
  const job = { mark, space: own.space, ...common };
  return JSON.parse(await python('attack.py', [], `${JSON.stringify(job)}\n`)) as Attacked;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function python(name: string, words: readonly string[], input: string): Promise<string> {
  const child = spawn('python3', ['-I', script(name), ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return output;
}

/** Listens while `work` runs. */
async function listening<T>(ears: readonly string[], work: () => Promise<T>) {
  const child = spawn('python3', ['-I', script('watch.py'), ...ears], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (value !== 'ready') throw new Error('the listener did not start');
  let done: T;
  try {
    done = await work();
  } finally {
    child.stdin.end('\n');
  }
  const last = await lines.next();
  return { done, seen: JSON.parse(String(last.value)) as Record<string, number[]> };
}
