import type { Text } from '../../../base/messages/index.ts';
import type { Path } from '../finding.ts';
import type { NicSurroundings } from '../nics.ts';
import type { HostFiles, MachineType } from '../types.ts';

type Values = Readonly<Record<string, string | number | boolean>>;

/** One place that gives a machine settings: a profile, or the machine itself. Later layers win. */
export interface Layer {
  readonly path: Path;
  readonly profile?: string;
  readonly config: Values;
  readonly devices: Readonly<Record<string, Values>>;
}

/** What a setting is judged by beside itself. */
export interface DangerSurroundings {
  readonly type: MachineType;
  /** False: nothing may lead out of the machine's domain. */
  readonly internet: boolean;
  /** Its roles, among which one may be for administering Incus. */
  readonly roles: readonly string[];
  readonly nics: NicSurroundings;
  /** What addresses of domains begin with: `10.100.`. */
  readonly walled: readonly string[];
  /** Bridges of other domains that a policy opens as a whole, both ways. */
  readonly opened?: ReadonlySet<string>;
  /** What a look at this host's files says of paths that are declared; absent for those that are not there. */
  readonly files?: HostFiles;
}

/** A setting that opens the machine, or the host to the machine. */
export interface Danger {
  /** What the key `allow` of the machine says to permit it: `raw.lxc`, `disk:/etc`, `nic:macvlan`. */
  readonly word: string;
  readonly path: Path;
  /** The profile that brings it. */
  readonly profile?: string;
  /** `error`: as good as `security.privileged`, or a way around the isolation rules. */
  readonly weight: 'error' | 'warning';
  /** What it gives away: a clause without its full stop. */
  readonly gives: Text;
}

/** What a judge of one setting finds, before anyone knows where it stands. */
export type Found = Pick<Danger, 'word' | 'weight' | 'gives'>;

/** Values of a device as texts, without the spaces that Incus would refuse or take for part of a name. */
export type Device = Readonly<Record<string, string>>;

/** Whether a word of `allow` permits a danger: itself, or the family of keys that it is the beginning of. */
export function permits(allow: readonly string[], word: string): boolean {
  return allow.some(
    (one) => one === word || (/^[a-z_]+(\.[a-z_]+)+$/.test(one) && word.startsWith(`${one}.`)),
  );
}

export function error(word: string, en: string, fr: string): Found {
  return { word, weight: 'error', gives: { en, fr } };
}

export function warning(word: string, en: string, fr: string): Found {
  return { word, weight: 'warning', gives: { en, fr } };
}
