import { printable, shownTime } from '../../../base/system/index.ts';
import type { MachineStatus } from '../../../engine/index.ts';
import { renderFacts } from '../../../kit/render/facts.ts';
import type { Session } from '../../../kit/session.ts';
import type { MachineFacts } from '../facts.ts';
import { address, notes, state } from './machines.ts';

/** All of one machine, a fact a line. */
export function renderMachine(
  status: MachineStatus,
  facts: MachineFacts,
  look: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const { t, paint } = look;
  const { live } = facts;
  const text = (words: readonly string[]) => words.map(printable).join(', ');
  const time = (untrustedIso: string | undefined) => {
    const shown = shownTime(untrustedIso ?? '');
    return shown === '?' ? '' : shown;
  };
  const type = status.type === 'vm' ? t({ en: 'virtual machine', fr: 'machine virtuelle' }) : '';
  return renderFacts([
    [t({ en: 'Machine', fr: 'Machine' }), paint.trust(status.trust, printable(status.machine))],
    [t({ en: 'Domain', fr: 'Domaine' }), paint.trust(status.trust, printable(status.domain))],
    [t({ en: 'Trust', fr: 'Confiance' }), status.trust ?? ''],
    [t({ en: 'About', fr: 'Description' }), printable(facts.description)],
    [t({ en: 'State', fr: 'État' }), state(status, look)],
    [t({ en: 'Address', fr: 'Adresse' }), address(status, look)],
    ['MAC', text(live?.macs ?? [])],
    [t({ en: 'Bridge', fr: 'Pont' }), printable(status.network)],
    ['Incus', `${printable(status.project)}/${printable(status.instance)}`],
    [t({ en: 'Type', fr: 'Type' }), type || t({ en: 'container', fr: 'conteneur' })],
    ['Image', printable(facts.image)],
    [t({ en: 'Roles', fr: 'Rôles' }), text(facts.roles)],
    [t({ en: 'Profiles', fr: 'Profils' }), text(facts.profiles)],
    [
      t({ en: 'Volumes', fr: 'Volumes' }),
      text(
        facts.volumes.map(({ name, path }) => (path === undefined ? name : `${name} (${path})`)),
      ),
    ],
    [
      t({ en: 'Settings', fr: 'Réglages' }),
      Object.entries(facts.config)
        .map(([key, value]) => printable(`${key}=${value}`))
        .join('\n'),
    ],
    [t({ en: 'Created', fr: 'Créée' }), time(live?.created)],
    [t({ en: 'Started', fr: 'Démarrée' }), time(live?.started)],
    [t({ en: 'Memory', fr: 'Mémoire' }), live?.memory === undefined ? '' : mebibytes(live.memory)],
    [t({ en: 'Processes', fr: 'Processus' }), live?.processes ? String(live.processes) : ''],
    [t({ en: 'Snapshots', fr: 'Instantanés' }), text(live?.snapshots ?? [])],
    [t({ en: 'Notes', fr: 'Remarques' }), notes(status, look)],
  ]);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
