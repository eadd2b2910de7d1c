import type { Text } from '../../base/messages/index.ts';
import type { ManagerName } from './managers.ts';

/** One change of the host: plain data, decided before anything is touched. */
export type Step = { readonly why: Text } & Change;

/** What a change is about; the ledger keeps the same words. */
export type Change =
  | FileChange
  | LinkChange
  | PackagesChange
  | SysctlChange
  | UnitChange
  | MemberChange
  | PoolChange
  | NetworkChange
  | ProfileChange
  | ProjectChange
  | TreeChange
  | WorldChange;

export interface FileChange {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
}

export interface LinkChange {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export interface PackagesChange {
  readonly kind: 'packages';
  readonly manager: ManagerName;
  readonly names: readonly string[];
}

export interface SysctlChange {
  readonly kind: 'sysctl';
  readonly key: string;
  readonly value: string;
}

/** A unit of systemd that runs now and at every boot. */
export interface UnitChange {
  readonly kind: 'unit';
  readonly name: string;
}

export interface MemberChange {
  readonly kind: 'member';
  readonly user: string;
  readonly group: string;
}

export interface PoolChange {
  readonly kind: 'pool';
  readonly name: string;
  readonly driver: string;
  readonly config: Readonly<Record<string, string>>;
}

export interface NetworkChange {
  readonly kind: 'network';
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The profile `default` gets a disk from the pool and a NIC on the network. */
export interface ProfileChange {
  readonly kind: 'profile';
  readonly name: string;
  readonly pool: string;
  readonly network: string;
}

/** A project folder, with an infra.yml unless it has one. */
export interface ProjectChange {
  readonly kind: 'project';
  readonly folder: string;
  readonly infra: string;
}

/** A folder that bootstrap.sh unpacked. */
export interface TreeChange {
  readonly kind: 'tree';
  readonly path: string;
}

/** The machines of a project folder, made by `anklume up`. */
export interface WorldChange {
  readonly kind: 'world';
  readonly folder: string;
}

/** The one name of what a change is about: two changes with the same name are the same. */
export function nameOf(change: Change): string {
  switch (change.kind) {
    case 'file':
    case 'link':
    case 'tree':
      return `${change.kind}:${change.path}`;
    case 'packages':
      return `packages:${change.names[0] ?? ''}`;
    case 'sysctl':
      return `sysctl:${change.key}`;
    case 'member':
      return `member:${change.user}/${change.group}`;
    case 'project':
    case 'world':
      return `${change.kind}:${change.folder}`;
    default:
      return `${change.kind}:${change.name}`;
  }
}
