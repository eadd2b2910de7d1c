import { existsSync } from 'node:fs';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { readIfExists, writeAtomic } from '../base/system/index.ts';
import type { Places } from './places.ts';

/** Drivers of the pool: btrfs clones an image at once, dir needs nothing of the kernel. */
export type Storage = 'btrfs' | 'dir';

/** btrfs lives in a file behind a loop device, which a container has not. */
export function usualStorage(loopControl = '/dev/loop-control'): Storage {
  return existsSync(loopControl) ? 'btrfs' : 'dir';
}

/** What a person chose when the sandbox was first started; a later start without a choice keeps it. */
export interface Choices {
  readonly storage: Storage;
  readonly uplink: boolean;
}

/** Kept between runs. The running sandbox itself is observed, never remembered; this says only how far a start had come. */
export interface State extends Choices {
  /** Start time of the holder whose namespaces are fully furnished; another holder is a start that was cut short. */
  readonly furnished?: string;
  /** Start time of the holder whose daemon once was up and had its storage pool. */
  readonly complete?: string;
}

/** The kept state, or undefined when there is none that can be read. */
export async function readState(places: Places): Promise<State | undefined> {
  const bytes = await readIfExists(places.state);
  if (!bytes) return undefined;
  try {
    return checkState(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

function checkState(value: unknown): State | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { storage, uplink, furnished, complete } = value as Record<string, unknown>;
  if (!isStorage(storage) || typeof uplink !== 'boolean') return undefined;
  return {
    storage,
    uplink,
    ...(typeof furnished === 'string' && { furnished }),
    ...(typeof complete === 'string' && { complete }),
  };
}

/** Replaces the kept state. */
export async function writeState(places: Places, state: State): Promise<void> {
  await writeAtomic(places.state, `${JSON.stringify(state)}\n`, 0o600);
}

/** Checks a word from outside. Throws `sandbox-storage-unknown`. */
export function checkStorage(untrustedWord: string): Storage {
  if (isStorage(untrustedWord)) return untrustedWord;
  throw new AnklumeError({
    code: 'sandbox-storage-unknown',
    exit: ExitCode.usage,
    message: {
      en: `A sandbox has no storage of the kind ${JSON.stringify(untrustedWord.slice(0, 40))}.`,
      fr: `Un bac à sable n'a pas de stockage du type ${JSON.stringify(untrustedWord.slice(0, 40))}.`,
    },
    remedy: {
      en: "Choose 'btrfs' (fast copies) or 'dir' (plain folders).",
      fr: 'Choisissez « btrfs » (copies rapides) ou « dir » (simples dossiers).',
    },
  });
}

function isStorage(value: unknown): value is Storage {
  return value === 'btrfs' || value === 'dir';
}
