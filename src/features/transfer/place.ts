import { resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import {
  ALL,
  type Desired,
  type DesiredDomain,
  type DesiredMachine,
  findMachine,
} from '../../world/tree/index.ts';

/** Where files are: on the host, or in a machine. */
export type Place =
  | { readonly kind: 'host'; readonly path: string }
  | {
      readonly kind: 'machine';
      /** Name in infra.yml. */
      readonly machine: string;
      readonly domain: string;
      /** Name and project in Incus. */
      readonly instance: string;
      readonly project: string;
      /** Absolute. */
      readonly path: string;
    };

/**
 * The places that a word means: `pro-dev:/root/x` or `pro/pro-dev:/root/x` is one, `pro:/root/x` one in each machine of
 * the domain, `all:...` one in every machine; several names stand with commas between them. Anything else is a path of
 * the host. Throws `unknown-machine` or `bad-place` (exit 2).
 */
export function parsePlaces(untrustedWord: string, desired: Desired, cwd: string): Place[] {
  const [, names, path] = IN_MACHINES.exec(untrustedWord) ?? [];
  if (names === undefined || path === undefined) {
    if (untrustedWord === '' || untrustedWord.includes('\0')) throw badPlace(untrustedWord);
    const ending = untrustedWord.endsWith('/') && untrustedWord !== '/' ? '/' : '';
    return [{ kind: 'host', path: `${resolve(cwd, untrustedWord)}${ending}` }];
  }
  if (!path.startsWith('/') || path.includes('\0')) throw badPlace(untrustedWord);
  const found = names.split(',').flatMap((name) => machinesOf(name, desired, path));
  return [...new Map(found.map((place) => [shown(place), place])).values()];
}

/** `NAME:...` or `PLACE/NAME:...`, several with commas; behind the second form nothing but an absolute path. */
const NAME = '[A-Za-z0-9][A-Za-z0-9-]*';
const IN_MACHINES = new RegExp(
  `^(${NAME}(?:,${NAME})*|${NAME}(?:/${NAME})?(?:,${NAME}(?:/${NAME})?)*(?=:/)):(.*)$`,
  's',
);

function machinesOf(name: string, { domains }: Desired, path: string): Place[] {
  const one = findMachine<DesiredMachine, DesiredDomain>(domains, name);
  const meant = one
    ? [one]
    : domains
        .filter((domain) => name === ALL || domain.name === name)
        .flatMap((domain) => domain.machines.map((machine) => ({ domain, machine })));
  if (meant.length === 0) throw unknownMachine(name);
  return meant.map(({ domain, machine }) => ({
    kind: 'machine',
    machine: machine.name,
    domain: domain.name,
    instance: machine.instance,
    project: domain.project,
    path,
  }));
}

/** The place as a person writes it. */
export function shown(place: Place): string {
  return printable(place.kind === 'host' ? place.path : `${place.machine}:${place.path}`);
}

function badPlace(untrustedWord: string): AnklumeError {
  const word = printable(untrustedWord);
  return new AnklumeError({
    code: 'bad-place',
    exit: ExitCode.usage,
    message: {
      en: `'${word}' names no file: MACHINE:/ABSOLUTE/PATH, or a path of the host.`,
      fr: `« ${word} » ne désigne aucun fichier : MACHINE:/CHEMIN/ABSOLU, ou un chemin de l'hôte.`,
    },
  });
}

function unknownMachine(name: string): AnklumeError {
  return new AnklumeError({
    code: 'unknown-machine',
    exit: ExitCode.usage,
    message: {
      en: `There is no machine or domain '${name}' with machines in this infrastructure.`,
      fr: `Il n'y a ni machine ni domaine « ${name} » pourvu de machines dans cette infrastructure.`,
    },
    remedy: {
      en: `For a file of the host with a colon in its name, write './${name}:...'.`,
      fr: `Pour un fichier de l'hôte dont le nom contient deux-points, écrivez « ./${name}:... ».`,
    },
  });
}
