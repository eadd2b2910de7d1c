import type { Emit, Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Plan } from '../../engine/index.ts';
import { fewOf } from '../../site/index.ts';
import type { CleanReport, OrphanFile } from '../../world/tree/index.ts';

/** Says which files are there of what infra.yml no longer names, and how they go. */
export function tellOrphanFiles(
  orphans: readonly OrphanFile[],
  { removed, kept }: CleanReport,
  emit: Emit,
): void {
  const tell = (code: string, text: Text, remedy?: Text) =>
    emit({ type: 'note', level: 'warning', code, text, ...(remedy && { remedy }) });
  if (removed.length > 0)
    tell('orphan-files-removed', {
      en: `Files of what is no longer declared were removed: ${fewOf(removed)}.`,
      fr: `Fichiers supprimés de ce qui n'est plus déclaré : ${fewOf(removed)}.`,
    });
  const gone = new Set(removed);
  const left = orphans.filter(({ path }) => !gone.has(path));
  if (left.length === 0) return;
  const names = fewOf(left.map(({ path }) => path));
  tell(
    'orphan-files',
    {
      en: `No longer declared, and still in the tree: ${names}.`,
      fr: `Plus déclarés, et encore dans l'arborescence : ${names}.`,
    },
    kept.length > 0 ? STAYS : PRUNES,
  );
}

/** Names the machines that nothing declares any more and that stay. */
export function tellLeftovers({ orphans, entries }: Plan, emit: Emit): void {
  const going = new Set(entries.flatMap(({ id, action }) => (action === 'delete' ? [id] : [])));
  const left = orphans.filter(({ id, kind }) => kind === 'instance' && !going.has(id));
  if (left.length === 0) return;
  const nameOf = (id: string) => id.slice('instance:'.length);
  const names = fewOf(
    left.map((one) => `${nameOf(one.id)}${one.protected ? ' (ephemeral: false)' : ''}`),
  );
  const [guarded] = left.filter((one) => one.protected);
  emit({
    type: 'note',
    level: 'warning',
    code: 'machines-undeclared',
    text: {
      en: `Machines that nothing declares any more, and that stay: ${names}.`,
      fr: `Machines que plus rien ne déclare, et qui restent : ${names}.`,
    },
    remedy: guarded && left.every((one) => one.protected) ? byForce(nameOf(guarded.id)) : PRUNES,
  });
}

function byForce(machine: string): Text {
  const name = printable(machine);
  return {
    en: `They are protected. To give one up: 'anklume instance delete ${name} --force'.`,
    fr: `Elles sont protégées. Pour renoncer à l'une : « anklume instance delete ${name} --force ».`,
  };
}

const PRUNES: Text = {
  en: "'anklume up --prune' removes files and machines after a question; what is protected stays.",
  fr: '« anklume up --prune » supprime fichiers et machines après une question ; ce qui est protégé reste.',
};

const STAYS: Text = {
  en: "What is protected or holds lines of yours stays: 'anklume sync --delete-orphans' says why of each, and deletes it once its machines are deleted.",
  fr: 'Ce qui est protégé ou contient des lignes à vous reste : « anklume sync --delete-orphans » dit pourquoi, et le supprime une fois ses machines disparues.',
};
