import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { renderSize } from '../../../kit/render/size.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { Created } from '../create.ts';
import type { Backup } from '../folders.ts';
import type { Restored } from '../restore.ts';
import type { Verdict } from '../verify.ts';

type View = Pick<Session, 't' | 'width'>;

export function renderCreated(
  { folder, manifest, missing }: Created,
  removed: readonly string[],
  { t }: View,
): string {
  const machines = manifest.archives.filter(({ kind }) => kind === 'instance').length;
  const volumes = manifest.archives.filter(({ kind }) => kind === 'volume').length;
  const size = renderSize(bytesOf(manifest.archives));
  const lines = [
    printable(folder),
    t({
      en: `${count(machines, 'machine', 'machines')}, ${count(volumes, 'volume', 'volumes')}, ${size}`,
      fr: `${count(machines, 'machine', 'machines')}, ${count(volumes, 'volume', 'volumes')}, ${size}`,
    }),
  ];
  if (missing.length > 0)
    lines.push(
      t({
        en: `Not on the daemon, so not in the backup: ${missing.join(', ')}`,
        fr: `Absentes du démon, donc de la sauvegarde : ${missing.join(', ')}`,
      }),
    );
  if (removed.length > 0)
    lines.push(
      t({
        en: `Older ones removed: ${removed.length}`,
        fr: `Plus anciennes supprimées : ${removed.length}`,
      }),
    );
  return lines.join('\n');
}

export function renderBackups(folder: string, backups: readonly Backup[], view: View): string {
  const { t } = view;
  if (backups.length === 0)
    return t({
      en: `No backup in ${printable(folder)}.`,
      fr: `Aucune sauvegarde dans ${printable(folder)}.`,
    });
  const head = [
    t({ en: 'Backup', fr: 'Sauvegarde' }),
    t({ en: 'Of', fr: 'De' }),
    'Machines',
    'Volumes',
    t({ en: 'Size', fr: 'Taille' }),
    t({ en: 'Encrypted', fr: 'Chiffrée' }),
  ];
  const rows = backups.map(({ folder: path, manifest }) => [
    printable(path.split('/').at(-1) ?? ''),
    printable(manifest.scope ?? t({ en: 'everything', fr: 'tout' })),
    String(manifest.archives.filter(({ kind }) => kind === 'instance').length),
    String(manifest.archives.filter(({ kind }) => kind === 'volume').length),
    renderSize(bytesOf(manifest.archives)),
    t(PROTECTIONS[manifest.protection]),
  ]);
  return renderTable(head, rows, view.width);
}

const PROTECTIONS: Readonly<Record<Backup['manifest']['protection'], Text>> = {
  none: { en: 'no', fr: 'non' },
  recipient: { en: 'for a key', fr: 'pour une clé' },
  passphrase: { en: 'passphrase', fr: 'phrase secrète' },
};

export function renderRestored({ instances, volumes, kept }: Restored, { t }: View): string {
  const lines = instances.map(({ name, project }) => `✓ ${project}/${name}`);
  lines.push(...volumes.map((name) => `✓ ${t({ en: 'volume', fr: 'volume' })} ${name}`));
  if (kept.length > 0)
    lines.push(
      t({
        en: `There already and left as they are: ${kept.join(', ')}`,
        fr: `Déjà présents et laissés tels quels : ${kept.join(', ')}`,
      }),
    );
  return lines.join('\n');
}

export function renderVerdicts(verdicts: readonly Verdict[], { t }: View): string {
  const lines = verdicts.map(
    ({ file, state, bytes }) =>
      `${SIGNS[state]} ${file}  ${t(STATES[state])}  ${renderSize(bytes)}`,
  );
  return lines.join('\n');
}

const SIGNS = { sound: '✓', damaged: '✗', missing: '✗' } as const;

const STATES: Readonly<Record<Verdict['state'], Text>> = {
  sound: { en: 'sound', fr: 'saine' },
  damaged: { en: 'DAMAGED', fr: 'ABÎMÉE' },
  missing: { en: 'MISSING', fr: 'ABSENTE' },
};

function bytesOf(archives: readonly { readonly bytes: number }[]): number {
  return archives.reduce((total, { bytes }) => total + bytes, 0);
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
