/** Names of backups and archives: sortable by time, safe in a shell, and readable by a person. */

/** `20261122T030405Z` */
export function stampOf(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** `homelab-pro-20261122T030405Z`: the infrastructure, what was asked for, the time. */
export function folderName(
  infrastructure: string,
  scope: string | undefined,
  stamp: string,
): string {
  const parts = scope === undefined ? [infrastructure, stamp] : [infrastructure, scope, stamp];
  return parts.map(plain).join('-');
}

export type Content =
  | { readonly kind: 'instance'; readonly name: string }
  | {
      readonly kind: 'volume';
      readonly name: string;
      readonly pool: string;
      readonly project: string;
    }
  | { readonly kind: 'files' };

/**
 * `pro-dev-20261122T030405Z.tar.gz`. Dots keep volumes and files apart from every instance,
 * whose names have none.
 */
export function archiveName(
  content: Content,
  stamp: string,
  { compression, encrypted }: { readonly compression: string; readonly encrypted: boolean },
): string {
  const stem =
    content.kind === 'instance'
      ? content.name
      : content.kind === 'volume'
        ? `volume.${content.project}.${content.pool}.${content.name}`
        : 'project.files';
  return `${plain(stem)}-${stamp}.tar${endingOf(compression)}${encrypted ? '.gpg' : ''}`;
}

/** What the common programs leave at the end of a name; gzip is what the daemon takes by itself. */
const ENDINGS: Readonly<Record<string, string>> = {
  gzip: '.gz',
  pigz: '.gz',
  zstd: '.zst',
  bzip2: '.bz2',
  none: '',
};

/** Of a program, perhaps with its options. */
function endingOf(compression: string): string {
  const [program = ''] = compression.split(' ');
  return ENDINGS[program] ?? `.${plain(program)}`;
}

/** Whether the name is that of an encrypted archive. */
export function isEncrypted(file: string): boolean {
  return file.endsWith('.gpg');
}

/** The name of the instance in the name of its archive; undefined where there is none. */
export function instanceIn(file: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9-]{0,62})-\d{8}T\d{6}Z\.tar/.exec(file)?.[1];
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[._-]+/, '') || 'backup';
}
