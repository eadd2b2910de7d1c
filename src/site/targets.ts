import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { MARK, ownInstances, scopeOf } from '../engine/index.ts';
import { type Incus, whoAmI } from '../incus/index.ts';
import { ALL, type Desired } from '../world/tree/index.ts';

/** Words that stand for machines without naming one. A machine or domain that is called `self` wins. */
export const WORDS = { all: ALL, self: 'self' } as const;

/** One machine whose snapshots are meant. */
export interface MachinePlace {
  readonly domain: string;
  /** Name in infra.yml. */
  readonly machine: string;
  /** Name in Incus. */
  readonly instance: string;
  readonly project: string;
}

/** The machines that words mean; without any, all of them. Throws `unknown-limit` (exit 2). */
export function placesOf(desired: Desired, target: string = WORDS.all): MachinePlace[] {
  return scopeOf(desired, target).domains.flatMap((domain) =>
    domain.machines.map((machine) => ({
      domain: domain.name,
      machine: machine.name,
      instance: machine.instance,
      project: domain.project,
    })),
  );
}

/** Whether a name is that of a domain or a machine. */
export function isDeclared(desired: Desired, name: string): boolean {
  return desired.domains.some(
    (domain) => domain.name === name || domain.machines.some((machine) => machine.name === name),
  );
}

/** The machine that this process runs in, as the daemon knows it. Throws `not-in-a-machine` (exit 4). */
export async function ownPlace(incus: Incus, guestSocket?: string): Promise<MachinePlace> {
  const me = await whoAmI(guestSocket);
  if (!me) throw notInAMachine();
  const found = ownInstances(await incus.instances.list()).find(
    ({ name, config }) => name === me.name && config['volatile.cloud-init.instance-id'] === me.id,
  );
  if (!found) throw unknownHere(me.name, incus.where);
  return {
    domain: found.config[MARK.domain] ?? found.project,
    machine: found.config[MARK.machine] ?? found.name,
    instance: found.name,
    project: found.project,
  };
}

/** `self` needs the daemon that this machine runs on: its socket has to be in the machine. */
export function needsAdminSocket(cause: AnklumeError): AnklumeError {
  return new AnklumeError({
    code: 'self-without-daemon',
    exit: ExitCode.environment,
    message: {
      en: `'self' needs the Incus daemon that this machine runs on: ${cause.text.en}`,
      fr: `« self » a besoin du démon Incus qui fait tourner cette machine : ${cause.text.fr}`,
    },
    remedy: {
      en: "Work from the host or the admin machine, naming the machine; or give this machine the daemon's socket with a proxy device, which gives it power over the whole host.",
      fr: "Travaillez depuis l'hôte ou la machine d'administration, en nommant la machine ; ou donnez à celle-ci le socket du démon par un périphérique proxy, ce qui lui donne tout pouvoir sur l'hôte.",
    },
    cause,
  });
}

function notInAMachine(): AnklumeError {
  return new AnklumeError({
    code: 'not-in-a-machine',
    exit: ExitCode.environment,
    message: {
      en: "'self' stands for the machine that the command runs in, and this is not an Incus machine (no /dev/incus/sock).",
      fr: "« self » désigne la machine où tourne la commande, et celle-ci n'en est pas une d'Incus (pas de /dev/incus/sock).",
    },
    remedy: {
      en: 'Name a machine, a domain, or all.',
      fr: 'Nommez une machine, un domaine, ou all.',
    },
  });
}

function unknownHere(name: string, where: string): AnklumeError {
  return new AnklumeError({
    code: 'self-unknown',
    message: {
      en: `The daemon at ${where} is not the one that this machine ('${name}') runs on.`,
      fr: `Le démon à ${where} n'est pas celui qui fait tourner cette machine (« ${name} »).`,
    },
    remedy: {
      en: "Name that daemon's socket with --socket.",
      fr: 'Indiquez le socket du bon démon avec --socket.',
    },
  });
}
