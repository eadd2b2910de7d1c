import type { Text } from '../../base/messages/index.ts';
import { runsAsHostRoot } from '../../repair/index.ts';
import { findInstance, type Observed } from '../observed.ts';
import type { Change, PlanEntry, PlanNote } from '../plan.ts';
import { instanceId } from '../resources/instance-spec.ts';
import { currentIds, idsOf, type Mapped, nextIds, overlap, sameIds, shownIds } from './ranges.ts';
import { innerSize, PLAIN_SIZE } from './sub-ids.ts';

/** A machine whose users are not, or not yet, its own. */
export interface IdmapFinding {
  readonly project: string;
  readonly instance: string;
  readonly change: Change;
  readonly note: PlanNote;
}

/**
 * Machines that run as root of the host, or as other users than they will after their next start, and machines of
 * which two run as the same.
 * `ours` says which are looked at; all of the daemon are compared with.
 */
export function idmapFindings(
  instances: readonly Mapped[],
  ours: (live: Mapped) => boolean,
): IdmapFinding[] {
  return instances.filter(ours).flatMap((live) => {
    if (runsAsHostRoot(live)) return [hostRoot(live)];
    const waiting = untilNextStart(live);
    if (waiting) return [waiting];
    const other = sharesWith(live, instances);
    return other ? [shared(live, other)] : [];
  });
}

/** A container whose root is that of the host: Incus knew no users for it when it was started. */
function hostRoot({ project, name }: Mapped): IdmapFinding {
  return {
    project,
    instance: name,
    change: { key: 'idmap', from: '0-4294967295' },
    note: {
      id: instanceId(project, name),
      code: 'idmap-host-root',
      drift: true,
      text: {
        en: `'${name}' runs as root of the host itself: Incus had no users for it when it was started.`,
        fr: `« ${name} » tourne en tant que root de l'hôte lui-même : Incus n'avait pas d'utilisateurs pour elle à son démarrage.`,
      },
      remedy: {
        en: `It gets users of its own: anklume instance restart ${name}`,
        fr: `Donnez-lui les siens : anklume instance restart ${name}`,
      },
    },
  };
}

/** A container that runs with an old map: Incus changes it at a start alone. */
function untilNextStart(live: Mapped): IdmapFinding | undefined {
  const now = currentIds(live);
  const next = nextIds(live);
  if (!isIsolated(live) || !now || !next || sameIds(now, next)) return undefined;
  const [from, to] = [shownIds(now), shownIds(next)];
  // At its next start it has no map at all: that it is privileged is told by its key.
  if (to === '') return undefined;
  return {
    project: live.project,
    instance: live.name,
    change: { key: 'idmap', from, to },
    note: {
      id: instanceId(live.project, live.name),
      code: 'idmap-at-next-start',
      drift: true,
      text: {
        en: `'${live.name}' still runs as the users ${from} of the host; its own, ${to}, are for its next start.`,
        fr: `« ${live.name} » tourne encore avec les utilisateurs ${from} de l'hôte ; les siens, ${to}, valent à partir de son prochain démarrage.`,
      },
      remedy: restart(live.name),
    },
  };
}

/**
 * The first other container that has users of this one. One without a map of its own, or that still runs without, has
 * those of all: it is told by itself, where it is ours.
 */
export function sharesWith(live: Mapped, instances: readonly Mapped[]): Mapped | undefined {
  const ids = idsOf(live);
  if (ids.length === 0 || !isIsolated(live)) return undefined;
  return instances.find(
    (other) =>
      (other.project !== live.project || other.name !== live.name) &&
      isIsolated(other) &&
      !untilNextStart(other) &&
      overlap(ids, idsOf(other)),
  );
}

function isIsolated({ type, expanded_config: config }: Mapped): boolean {
  return type === 'container' && /^(true|1|yes|on)$/i.test(config['security.idmap.isolated'] ?? '');
}

function shared(live: Mapped, other: Mapped): IdmapFinding {
  const ids = shownIds(idsOf(live));
  return {
    project: live.project,
    instance: live.name,
    change: { key: 'idmap', from: ids },
    note: {
      id: instanceId(live.project, live.name),
      code: 'idmap-shared',
      drift: true,
      text: {
        en: `'${live.name}' and '${other.project}/${other.name}' are the same users of the host (${ids}).`,
        fr: `« ${live.name} » et « ${other.project}/${other.name} » sont les mêmes utilisateurs de l'hôte (${ids}).`,
      },
      remedy: {
        en: `Have Incus choose again: anklume incus -- config set ${live.name} security.idmap.isolated=1 --project ${live.project}, then restart it.`,
        fr: `Faites choisir Incus à nouveau : anklume incus -- config set ${live.name} security.idmap.isolated=1 --project ${live.project}, puis redémarrez-la.`,
      },
    },
  };
}

/** Running machines that this plan gives another map, and does not restart. */
export function newMapNotes(entries: Iterable<PlanEntry>, observed: Observed): PlanNote[] {
  return [...entries].flatMap((entry): PlanNote[] => {
    if (entry.action !== 'update' || entry.kind !== 'instance') return [];
    const live = findInstance(observed, entry.project ?? '', entry.name);
    const changes = entry.changes.some(({ key }) => key.startsWith('config.security.idmap.'));
    if (!changes || !live || live.status === 'Stopped' || entry.body.restart) return [];
    const inside = Number(entry.body.config['security.idmap.size'] ?? Number.NaN);
    const text =
      inside > PLAIN_SIZE ? hostOfOthers(entry.name, inside) : plainContainer(entry.name);
    return [
      {
        id: entry.id,
        code: 'idmap-at-next-start',
        drift: true,
        text,
        remedy: restart(entry.name),
      },
    ];
  });
}

function plainContainer(name: string): Text {
  return {
    en: `'${name}' gets users of the host for itself alone at its next start; until then it shares those of other machines.`,
    fr: `« ${name} » aura des utilisateurs de l'hôte pour elle seule à son prochain démarrage ; d'ici là, elle partage ceux d'autres machines.`,
  };
}

/** One whose own Incus gives out users must not give out more than it has. */
function hostOfOthers(name: string, size: number): Text {
  const range = `root:1000000:${innerSize(size)}`;
  return {
    en: `'${name}' gets ${size} users of the host for itself alone at its next start; until then it shares those of other machines. Incus inside needs '${range}' or less in /etc/subuid and /etc/subgid by then.`,
    fr: `« ${name} » aura ${size} utilisateurs de l'hôte pour elle seule à son prochain démarrage ; d'ici là, elle partage ceux d'autres machines. À l'intérieur, Incus aura alors besoin de « ${range} » au plus dans /etc/subuid et /etc/subgid.`,
  };
}

function restart(name: string) {
  return {
    en: `When nobody works in it: anklume instance restart ${name}`,
    fr: `Quand personne n'y travaille : anklume instance restart ${name}`,
  };
}
