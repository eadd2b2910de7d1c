import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { SandboxStatus } from '../../../sandbox/index.ts';

/** The sandboxes of this home folder, with the INCUS_DIR to hand to the incus command. */
export function renderSandboxes(
  sandboxes: readonly SandboxStatus[],
  { t, paint, width }: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  if (sandboxes.length === 0)
    return t({
      en: "No sandbox. 'anklume sandbox start' makes one.",
      fr: 'Aucun bac à sable. « anklume sandbox start » en crée un.',
    });
  const head = [
    t({ en: 'Name', fr: 'Nom' }),
    t({ en: 'State', fr: 'État' }),
    t({ en: 'Storage', fr: 'Stockage' }),
    t({ en: 'Uplink', fr: 'Accès extérieur' }),
    'INCUS_DIR',
  ];
  const rows = sandboxes.map((sandbox) => [
    sandbox.name,
    sandbox.running
      ? paint.good(t({ en: 'running', fr: 'en marche' }))
      : paint.dim(t({ en: 'stopped', fr: 'arrêté' })),
    sandbox.storage,
    sandbox.uplink ? t({ en: 'yes', fr: 'oui' }) : t({ en: 'no', fr: 'non' }),
    sandbox.incusDir,
  ]);
  return renderTable(head, rows, width);
}
