import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { printable, readWhole, run } from '../../base/system/index.ts';
import type { Network } from '../../incus/index.ts';
import {
  type CheckedRules,
  checkInKernel,
  checkUntrustedRules,
  type Declared,
  LONGEST_RULES,
  readHostNetworks,
} from '../../isolation/index.ts';
import { type Block, blockOf, type Leg, legsOfText } from '../../isolation/vm/index.ts';
import type { Daemon } from '../../site/index.ts';
import { declaredBy, hostOf, openDeclared, rulesOf } from '../../site/index.ts';
import { isHostOf6, parseIpv6 } from '../../world/infra/index.ts';
import { checkSubnets } from './rules-subnets.ts';

/** Where the rules to load come from; nothing named means the project's own tree. */
export interface RulesChoice {
  readonly cwd: string;
  readonly infra?: string | undefined;
  /** A file of this machine. */
  readonly from?: string | undefined;
  /** `[PROJECT/]INSTANCE:PATH`: a file inside a machine, through the daemon. */
  readonly machine?: string | undefined;
}

export interface RulesSource {
  readonly text: string;
  /** True for a text that was made elsewhere: found well-formed, but not derived from a tree here. */
  readonly foreign: boolean;
  /** What the tree declares; absent for a text that was made elsewhere. */
  readonly declared?: Declared;
  /** Why the tree that it comes from may not be what infra.yml says by now. */
  readonly stale?: Text;
  /** Where the host is to hand over packets between domains; nowhere when it filters itself. */
  readonly legs: readonly Leg[];
}

/** The rules to load. A text from elsewhere is checked by word, by kernel, and by the cards that it names. */
export async function readRulesSource(choice: RulesChoice, daemon: Daemon): Promise<RulesSource> {
  if (choice.from !== undefined && choice.machine !== undefined) throw twoSources();
  if (choice.from === undefined && choice.machine === undefined) {
    const { world, stale } = await openDeclared(choice);
    const { desired } = world;
    const text = rulesOf(desired);
    return {
      text,
      foreign: false,
      legs: legsOfText(text),
      declared: declaredBy(desired),
      ...(stale && { stale }),
    };
  }
  const untrustedText =
    choice.machine === undefined
      ? await readLocal(resolve(choice.cwd, choice.from ?? ''))
      : await readInside(choice.machine, daemon);
  const checked = checkUntrustedRules(untrustedText);
  await checkInKernel(checked.text, hostOf(daemon));
  const legs = legsOfText(checked.text);
  const networks = await daemon.incus.networks.list();
  await checkCards(checked, networks, daemon);
  checkSubnets(checked.text, networks, await readHostNetworks(hostOf(daemon)));
  checkLegs(legs, networks);
  return { text: checked.text, foreign: true, legs };
}

async function readLocal(path: string): Promise<string> {
  const facts = await stat(path).catch(() => undefined);
  // Nothing but a plain file: reading a device or a pipe may never end.
  if (!facts?.isFile() || facts.size > LONGEST_RULES) throw unreadable(path);
  return (await readWhole(path, LONGEST_RULES)).toString('utf8');
}

async function readInside(words: string, { incus }: Daemon): Promise<string> {
  const [, project, name = '', path = ''] = /^(?:([^/:]+)\/)?([^/:]+):(\/.+)$/.exec(words) ?? [];
  if (name === '') throw badMachine(words);
  const all = await incus.instances.listFull();
  const found = all.filter(
    (one) => one.name === name && (project === undefined || one.project === project),
  );
  const [only] = found;
  if (found.length !== 1 || !only) throw badMachine(words);
  const options = { project: only.project, longest: LONGEST_RULES };
  return (await incus.instances.readFile(name, path, options)).toString('utf8');
}

/**
 * Rules made in a machine may speak of the bridges of Incus and of the cards on them, and of what is
 * not there yet. They must not cut off the host's own cards.
 */
async function checkCards(
  { interfaces }: CheckedRules,
  networks: readonly Network[],
  daemon: Daemon,
): Promise<void> {
  const bridges = new Set(
    networks.filter(({ managed, type }) => managed && type === 'bridge').map(({ name }) => name),
  );
  const { stdout } = await run([...hostOf(daemon).enter, 'ip', '-j', 'link', 'show']);
  const links = JSON.parse(stdout) as { ifname: string; master?: string }[];
  const foreign = new Set(
    links
      .filter(({ ifname, master }) => !bridges.has(ifname) && !bridges.has(master ?? ''))
      .map(({ ifname }) => ifname),
  );
  const named = interfaces.filter((name) => foreign.has(name));
  if (named.length > 0) throw foreignCards(named);
}

/**
 * Packets are handed over only between bridges of Incus, within their own subnets and never to a gateway: what was
 * made elsewhere cannot lead away what is meant for the internet, or for the host.
 */
function checkLegs(legs: readonly Leg[], networks: readonly Network[]): void {
  for (const { bridge, subnet, address, ipv6 } of legs) {
    const network = networks.find(
      ({ name, managed, type }) => name === bridge && managed && type === 'bridge',
    );
    const [gateway = '', length = ''] = network?.config['ipv4.address']?.split('/') ?? [];
    const block = blockOf(subnet);
    const isSame = subnet.endsWith(`/${length}`) && block !== undefined && holds(block, gateway);
    if (!isSame || gateway === address) throw foreignLeg(bridge, subnet, address);
    if (!ipv6) continue;
    const [gateway6 = '', length6] = network?.config['ipv6.address']?.split('/') ?? [];
    const isSame6 = length6 === '64' && isHostOf6(gateway6, ipv6.subnet);
    if (!isSame6 || parseIpv6(gateway6) === ipv6.address)
      throw foreignLeg(bridge, ipv6.subnet, ipv6.address);
  }
}

function holds({ start, size }: Block, address: string): boolean {
  const own = blockOf(`${address}/32`);
  return own !== undefined && own.start >= start && own.start < start + size;
}

function foreignLeg(bridge: string, subnet: string, address: string): AnklumeError {
  return new AnklumeError({
    code: 'steering-foreign',
    exit: ExitCode.usage,
    message: {
      en: `These rules route the packets of ${subnet} on ${bridge} to ${address}, but Incus has no such bridge with that subnet. Nothing was loaded.`,
      fr: `Ces règles routent les paquets de ${subnet} sur ${bridge} vers ${address}, mais Incus n'a pas de tel pont avec ce sous-réseau. Rien n'a été chargé.`,
    },
    remedy: {
      en: "Make the networks first: 'anklume apply infra' where the rules were made.",
      fr: "Créez d'abord les réseaux : « anklume apply infra » là où les règles ont été produites.",
    },
  });
}

function twoSources(): AnklumeError {
  return new AnklumeError({
    code: 'two-sources',
    exit: ExitCode.usage,
    message: {
      en: '--from and --machine name different rules.',
      fr: '--from et --machine désignent des règles différentes.',
    },
    remedy: { en: 'Give one of them.', fr: "N'en donnez qu'un." },
  });
}

function unreadable(path: string): AnklumeError {
  const shown = printable(path);
  return new AnklumeError({
    code: 'rules-unreadable',
    exit: ExitCode.usage,
    message: {
      en: `${shown} is not a rules file.`,
      fr: `${shown} n'est pas un fichier de règles.`,
    },
    remedy: {
      en: "Make one: 'anklume network rules --output FILE'.",
      fr: 'Créez-en un : « anklume network rules --output FICHIER ».',
    },
  });
}

function badMachine(words: string): AnklumeError {
  const shown = printable(words).slice(0, 120);
  return new AnklumeError({
    code: 'rules-machine-unknown',
    exit: ExitCode.usage,
    message: {
      en: `'${shown}' does not name a file in exactly one machine.`,
      fr: `« ${shown} » ne désigne pas un fichier dans une seule machine.`,
    },
    remedy: {
      en: 'Write MACHINE:/PATH, or PROJECT/MACHINE:/PATH where several have that name.',
      fr: 'Écrivez MACHINE:/CHEMIN, ou PROJET/MACHINE:/CHEMIN si plusieurs portent ce nom.',
    },
  });
}

function foreignCards(names: readonly string[]): AnklumeError {
  const shown = names.slice(0, 10).join(', ');
  return new AnklumeError({
    code: 'rules-foreign-cards',
    exit: ExitCode.usage,
    message: {
      en: `These rules name host interfaces that do not belong to Incus: ${shown}. Nothing was loaded.`,
      fr: `Ces règles nomment des interfaces de l'hôte qui ne sont pas à Incus : ${shown}. Rien n'a été chargé.`,
    },
  });
}
