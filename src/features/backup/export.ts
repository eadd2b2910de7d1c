import { randomBytes } from 'node:crypto';
import type { BackupStream, Exportable, Incus } from '../../incus/index.ts';
import { repaired } from '../../repair/index.ts';

export interface ExportOptions {
  /** Leaves the snapshots out. */
  readonly withoutSnapshots?: boolean;
  readonly optimized?: boolean;
  /** Default: the daemon's own choice. */
  readonly compression?: string;
  readonly signal?: AbortSignal;
}

/** Names of our backups on the daemon's side: no person chooses one like it. */
const OURS = /^anklume-[0-9a-f]{32}$/;

/** After this time in ms the daemon removes a backup that nobody came back for. */
const LIFETIME = 24 * 3600 * 1000;

/**
 * Lets the daemon make a backup, hands its bytes to `use`, and removes it there whatever happens. One that an
 * earlier run was killed over goes first. To be called under the lock of backups.
 */
export async function withExport<T>(
  incus: Incus,
  source: Exportable,
  { signal, ...options }: ExportOptions,
  use: (stream: BackupStream) => Promise<T>,
): Promise<T> {
  const bounded = signal ? { signal } : {};
  for (const name of await incus.backups.list(source, bounded))
    if (OURS.test(name)) await incus.backups.delete(source, name, bounded);
  const name = `anklume-${randomBytes(16).toString('hex')}`;
  try {
    const expiresAt = new Date(Date.now() + LIFETIME);
    const made = () => incus.backups.create(source, name, { ...options, ...bounded, expiresAt });
    await (source.kind === 'instance' ? repaired(incus, source, {}, made) : made());
    return await use(await incus.backups.fetch(source, name, bounded));
  } finally {
    // Also after an interruption, so without its signal; what cannot be removed now expires.
    await incus.backups.delete(source, name).catch(() => {});
  }
}
