import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { MARK, ownInstances } from '../../engine/index.ts';
import type { Instance } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import { assignHosts, FIREWALL_HOST, GATEWAY_HOST } from '../../world/infra/index.ts';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { type Applying, applyWorld } from '../apply/index.ts';
import { makeDerived } from './derive.ts';
import { type DeclaredMachine, declaredMachine, type FoundTemplate, findTemplate } from './find.ts';
import { originOf } from './survey.ts';

export interface DeriveChoices {
  readonly template: string;
  /** Name of the new machine: a declared one that does not exist yet, or one of its own. */
  readonly name: string;
  /** For a machine that is not declared. Default: the template's domain. */
  readonly domain?: string | undefined;
  /** Default true. */
  readonly start?: boolean;
}

/** What a derivation made. Plain JSON. */
export interface Derivation {
  readonly machine: string;
  readonly domain: string;
  readonly project: string;
  readonly instance: string;
  readonly ip: string;
  readonly template: string;
  readonly version: string;
  /** False: infra.yml does not know it. */
  readonly declared: boolean;
  /** False where it was there already, from this very state. */
  readonly made: boolean;
  readonly seconds: number;
}

/** The kinds of objects that a machine stands on, and itself; no rules, for those follow from infra.yml alone. */
const OBJECTS = ['networks', 'projects', 'profiles', 'volumes', 'images', 'instances'];

/**
 * Makes a machine from the state of a template. One that is declared gets everything that is declared; any other is
 * like the template, in its domain, with an address of its own. To be called within `alone`.
 */
export async function deriveMachine(
  world: World,
  daemon: Daemon,
  { template: word, name, domain: domainName, start = true }: DeriveChoices,
  listening: Applying,
): Promise<Derivation> {
  const began = performance.now();
  const { incus, host } = daemon;
  const repairs = { host, emit: listening.emit };
  const instances = ownInstances(await incus.instances.list());
  const template = await findTemplate(world, daemon, word, instances);
  const declared = declaredMachine(world, name);
  const { domain, machine } = declared ?? newMachine(world, template, name, domainName, instances);
  if (declared && domainName !== undefined && domainName !== domain.name)
    throw otherDomain(name, domain.name);
  if (machine.type === 'vm') throw isVm(name);
  const version = template.pristine.created_at;
  const report = (made: boolean): Derivation => ({
    machine: machine.name,
    domain: domain.name,
    project: domain.project,
    instance: machine.instance,
    ip: machine.ip,
    template: template.live.config[MARK.machine] ?? template.live.name,
    version,
    declared: declared !== undefined,
    made,
    seconds: (performance.now() - began) / 1000,
  });
  const live = instances.find(
    (one) => one.project === domain.project && one.name === machine.instance,
  );
  // One that was cut short is made again by what the plan says.
  if (live && live.config[MARK.pending] === undefined) {
    const { from, version: since } = originOf(live) ?? {};
    if (from !== `${template.live.project}/${template.live.name}` || since !== version)
      throw exists(name);
    if (start) await startMachine(incus, live, repairs);
    return report(false);
  }
  warnOfTrust(world, template, domain, listening);
  const { place } = template;
  const make = async (entry: Parameters<typeof makeDerived>[3]) => {
    await makeDerived(incus, place, version, entry, start, repairs);
  };
  const wanted = declared ? world : withMachine(world, domain, machine);
  const choices = { limit: machine.name, tags: OBJECTS, make };
  const { report: done } = await applyWorld(wanted, daemon, choices, listening);
  const failed = done.outcomes.find(({ result }) => result !== 'done');
  if (failed) throw notDerived(name, failed);
  return report(true);
}

/** A machine that infra.yml does not know: like the template, but for what is one machine's alone. */
function newMachine(
  world: World,
  { live }: FoundTemplate,
  name: string,
  domainName = live.config[MARK.domain] ?? '',
  instances: readonly Instance[],
): DeclaredMachine {
  const domain = world.desired.domains.find((one) => one.name === domainName);
  if (!domain) throw noDomain(domainName);
  const word = live.config[MARK.machine] ?? live.name;
  const own = declaredMachine(world, word);
  const alike = own?.domain.name === domain.name ? own.machine : undefined;
  const prefix = live.name.endsWith(word) ? live.name.slice(0, -word.length) : '';
  const network = domain.network.gateway.split('.').slice(0, 3).join('.');
  const host = freeHost(domain, name, network, instances);
  const machine: DesiredMachine = {
    name,
    instance: `${prefix}${name}`,
    domain: domain.name,
    description: `Derived from ${word}`,
    type: 'lxc',
    ip: `${network}.${host}`,
    ephemeral: alike?.ephemeral ?? domain.ephemeral,
    image: own?.machine.image ?? live.config[MARK.image] ?? world.desired.defaultImage,
    gpu: false,
    profiles: alike?.profiles ?? ['default'],
    config: alike?.config ?? {},
    // Ports, disks and cards belong to one machine.
    devices: {},
    volumes: [],
    roles: [],
  };
  return { domain, machine };
}

/** The last part of the address: the one that infra.yml would choose for this name, if nobody has it. */
function freeHost(
  domain: DesiredDomain,
  name: string,
  network: string,
  instances: readonly Instance[],
): number {
  const used = [
    ...domain.machines.map(({ ip }) => ip),
    // One of this name that is there, or only half, has the address that it is to have.
    ...instances
      .filter((one) => one.project !== domain.project || one.config[MARK.machine] !== name)
      .flatMap(({ expanded_devices: devices }) =>
        Object.values(devices).flatMap((device) => device['ipv4.address'] ?? []),
      ),
  ].filter((ip) => ip.startsWith(`${network}.`));
  const taken = new Set(used.map((ip) => Number(ip.split('.').at(-1))));
  const host = assignHosts([name], new Set([...taken, GATEWAY_HOST, FIREWALL_HOST])).get(name);
  if (host !== undefined) return host;
  throw new AnklumeError({
    code: 'no-address-left',
    exit: ExitCode.usage,
    message: {
      en: `There is no address left in the domain '${domain.name}' for '${name}'.`,
      fr: `Il ne reste aucune adresse dans le domaine « ${domain.name} » pour « ${name} ».`,
    },
  });
}

function withMachine(world: World, domain: DesiredDomain, machine: DesiredMachine): World {
  const domains = world.desired.domains.map((one) =>
    one.name === domain.name ? { ...one, machines: [...one.machines, machine] } : one,
  );
  return { ...world, desired: { ...world.desired, domains } };
}

/** Most trusted first; a domain without a level is not compared. */
const LEVELS = ['admin', 'trusted', 'semi-trusted', 'untrusted', 'disposable'];

/** What ran in a less trusted domain decides what is in the machine. It was asked for, so it is told. */
function warnOfTrust(
  { desired }: World,
  { live }: FoundTemplate,
  to: DesiredDomain,
  { emit }: Listening,
): void {
  const from = desired.domains.find(({ name }) => name === live.config[MARK.domain]);
  const rank = (level: string | undefined) => LEVELS.indexOf(level ?? '');
  if (rank(to.trustLevel) < 0 || rank(from?.trustLevel) <= rank(to.trustLevel)) return;
  emit({
    type: 'note',
    level: 'warning',
    code: 'less-trusted-template',
    text: {
      en: `The template's domain '${from?.name}' (${from?.trustLevel}) is less trusted than '${to.name}' (${to.trustLevel}).`,
      fr: `Le domaine du modèle, « ${from?.name} » (${from?.trustLevel}), est moins sûr que « ${to.name} » (${to.trustLevel}).`,
    },
  });
}

function exists(name: string): AnklumeError {
  return new AnklumeError({
    code: 'derive-exists',
    message: {
      en: `The machine '${name}' exists already; nothing was changed in it.`,
      fr: `La machine « ${name} » existe déjà ; rien n'y a été modifié.`,
    },
    remedy: {
      en: `Choose another name, or remove it first: anklume instance delete ${name}`,
      fr: `Choisissez un autre nom, ou supprimez-la d'abord : anklume instance delete ${name}`,
    },
  });
}

function noDomain(name: string): AnklumeError {
  return new AnklumeError({
    code: 'unknown-domain',
    exit: ExitCode.usage,
    message: {
      en: `infra.yml declares no domain '${name}'.`,
      fr: `infra.yml ne déclare pas de domaine « ${name} ».`,
    },
  });
}

function otherDomain(name: string, domain: string): AnklumeError {
  return new AnklumeError({
    code: 'derive-domain',
    exit: ExitCode.usage,
    message: {
      en: `infra.yml declares '${name}' in the domain '${domain}'.`,
      fr: `infra.yml déclare « ${name} » dans le domaine « ${domain} ».`,
    },
    remedy: { en: 'Leave --domain out.', fr: 'Retirez --domain.' },
  });
}

function isVm(name: string): AnklumeError {
  return new AnklumeError({
    code: 'template-vm',
    exit: ExitCode.usage,
    message: {
      en: `'${name}' is declared as a virtual machine, and templates are containers.`,
      fr: `« ${name} » est déclarée comme machine virtuelle, et les modèles sont des conteneurs.`,
    },
  });
}

function notDerived(name: string, { message, remedy }: { message?: Text; remedy?: Text }) {
  return new AnklumeError({
    code: 'not-derived',
    message: {
      en: `'${name}' could not be made${message ? `: ${message.en}` : '.'}`,
      fr: `« ${name} » n'a pas pu être créée${message ? ` : ${message.fr}` : '.'}`,
    },
    ...(remedy && { remedy }),
  });
}
