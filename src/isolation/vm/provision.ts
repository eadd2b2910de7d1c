import { setTimeout as pause } from 'node:timers/promises';
import { type Incus, isNotFound } from '../../incus/index.ts';
import type { Firewall } from '../index.ts';
import { CARDS_PATH, type RouterFile, RULES_PATH } from './files.ts';
import { cardsMissing, commandFailed, noNft, rulesRefused } from './provision-errors.ts';
import { ROUTER_TABLE } from './router-rules.ts';

/** The instance that becomes the firewall. */
export interface RouterPlace {
  readonly project: string;
  readonly instance: string;
}

/** Where the unit puts the rules as the kernel lists them right after it loaded them. */
const LISTING = '/run/anklume-router.listing';
/** What starts with the name of a card's file and belongs to a card that is no more. */
const ADDRESS_FILE = /^05-anklume-eth\d+\.network$/;
/** Seconds that a card may take to be plugged in and get its address. */
const CARD_SECONDS = 20;

/**
 * Makes a running machine the firewall: files, rules, addresses, forwarding, in this order. A second time changes
 * nothing, and what was changed by hand inside is put right. Throws `router-without-nft`, `router-rules-refused`,
 * `router-command-failed` or `router-cards-missing`.
 */
export async function provisionRouter(
  incus: Incus,
  place: RouterPlace,
  files: readonly RouterFile[],
  ports: Firewall['ports'],
): Promise<{ readonly changed: boolean }> {
  const machine = new Inside(incus, place);
  await machine.checkRules(files.find(({ path }) => path === RULES_PATH)?.text ?? '');
  const named = files.some(({ path }) => path === CARDS_PATH);
  const written = await machine.place(files);
  const isNew = written.some((path) => path.startsWith('/etc/systemd/system/'));
  if (isNew) await machine.run('systemctl', 'daemon-reload');
  const has6 = ports.some(({ ipv6 }) => ipv6);
  const rulesStand = !isNew && !written.includes(RULES_PATH) && (await machine.isForwarding(has6));
  if (!rulesStand) {
    const units = named ? [...UNITS, 'anklume-cards.service'] : UNITS;
    await machine.run('systemctl', 'enable', '--quiet', ...units);
    await machine.run('systemctl', 'reload-or-restart', 'anklume-router.service');
    await machine.run('systemctl', 'restart', 'anklume-router-log.service');
  }
  const addressed = await machine.address(ports, written, named);
  return { changed: written.length > 0 || !rulesStand || addressed };
}

const UNITS = ['anklume-router.service', 'anklume-router-log.service'];

class Inside {
  readonly #incus: Incus;
  readonly #name: string;
  readonly #in: { readonly project: string };

  constructor(incus: Incus, { project, instance }: RouterPlace) {
    this.#incus = incus;
    this.#name = instance;
    this.#in = { project };
  }

  /** Runs a command that has to succeed; gives what it wrote. */
  async run(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#exec(command);
    if (code !== 0) throw commandFailed(this.#name, command, stderr);
    return stdout;
  }

  async checkRules(text: string): Promise<void> {
    const { code, stderr } = await this.#exec(['nft', '-c', '-f', '-'], text);
    if (code === 127) throw noNft(this.#name);
    if (code !== 0) throw rulesRefused(this.#name, stderr);
  }

  /** Paths of the files that were not there with this content, stale ones removed included. */
  async place(files: readonly RouterFile[]): Promise<string[]> {
    const written: string[] = [];
    const folders = new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
    for (const folder of folders)
      await this.#incus.instances.makeFolder(this.#name, folder, { ...this.#in, mode: 0o755 });
    for (const { path, text } of files) {
      if ((await this.#read(path)) === text) continue;
      await this.#incus.instances.writeFile(this.#name, path, text, { ...this.#in, mode: 0o644 });
      written.push(path);
    }
    const wanted = new Set(files.map(({ path }) => path));
    const folder = '/etc/systemd/network';
    for (const name of await this.#incus.instances.listFolder(this.#name, folder, this.#in)) {
      const path = `${folder}/${name}`;
      if (!ADDRESS_FILE.test(name) || wanted.has(path)) continue;
      await this.#incus.instances.deleteFile(this.#name, path, this.#in);
      written.push(path);
    }
    return written;
  }

  /** Whether the rules are as the unit loaded them, and packets are forwarded. */
  async isForwarding(has6: boolean): Promise<boolean> {
    const families = ['ipv4/ip_forward', ...(has6 ? ['ipv6/conf/all/forwarding'] : [])];
    const [now, loaded, forward] = await Promise.all([
      this.#exec(['nft', '-s', 'list', 'table', 'inet', ROUTER_TABLE]),
      this.#exec(['cat', LISTING]),
      this.#exec(['cat', ...families.map((family) => `/proc/sys/net/${family}`)]),
    ]);
    const isOn = forward.stdout.trim() === families.map(() => '1').join('\n');
    return now.code === 0 && now.stdout === loaded.stdout && isOn;
  }

  /** Sees to it that every leg has its name, where that is ours to give, and its address. True when something was to do. */
  async address(
    ports: Firewall['ports'],
    written: readonly string[],
    named: boolean,
  ): Promise<boolean> {
    const rewritten = written.some((path) => path.endsWith('.network') || path === CARDS_PATH);
    if (!rewritten && (await this.#missing(ports)).length === 0) return false;
    if (named) await this.run('systemctl', 'restart', 'anklume-cards.service');
    await this.run('networkctl', 'reload');
    const deadline = performance.now() + CARD_SECONDS * 1000;
    const told = new Set<string>();
    for (;;) {
      const missing = await this.#missing(ports);
      if (missing.length === 0) return true;
      if (performance.now() > deadline)
        throw cardsMissing(
          this.#name,
          missing.map(({ card }) => card),
        );
      // One that was there before its file keeps what it had until it is told.
      for (const { card } of missing.filter((one) => !told.has(one.card))) {
        const { code } = await this.#exec(['networkctl', 'reconfigure', card]);
        if (code === 0) told.add(card);
      }
      await pause(200);
    }
  }

  async #missing(ports: Firewall['ports']): Promise<Firewall['ports']> {
    const { network } = await this.#incus.instances.state(this.#name, this.#in);
    return ports.filter(({ card, address, ipv6 }) => {
      const held = network?.[card]?.addresses ?? [];
      const fourth = held.filter(({ family }) => family === 'inet');
      const sixth = held.filter(({ family, scope }) => family === 'inet6' && scope === 'global');
      if (fourth.length !== 1 || fourth[0]?.address !== address) return true;
      if (!ipv6) return false;
      // One that DHCP gave stands alone (/128): without a network around it, its neighbours are out of reach.
      const [one] = sixth;
      return sixth.length !== 1 || one?.address !== ipv6.address || one.netmask !== '64';
    });
  }

  async #read(path: string): Promise<string | undefined> {
    try {
      return (await this.#incus.instances.readFile(this.#name, path, this.#in)).toString('utf8');
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #exec(command: readonly string[], stdin?: string) {
    return this.#incus.instances.exec(this.#name, command, {
      ...this.#in,
      whole: true,
      ...(stdin !== undefined && { stdin }),
    });
  }
}
