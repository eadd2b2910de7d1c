import type { Text } from '../../../base/messages/index.ts';
import { printable, shownTime } from '../../../base/system/index.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import type { WallStatus } from '../walls.ts';
import { closedLines } from './closed.ts';
import { dropLines } from './drop-reasons.ts';

/** Whether the host's rules are the wanted ones, and which domains they cover. */
export function renderNetworkStatus(
  status: WallStatus,
  session: Pick<Session, 't' | 'paint' | 'width'>,
  stale = false,
): string {
  const { t, paint, width } = session;
  const states = {
    current: status.closed.some(({ holds }) => !holds)
      ? paint.bad(
          t({
            en: 'The rules in force are those of the tree, but what is marked ✗ above is open.',
            fr: "Les règles en vigueur sont celles de l'arborescence, mais ce qui est marqué ✗ plus haut est ouvert.",
          }),
        )
      : status.faults.length > 0
        ? paint.bad(
            t({
              en: 'The rules in force are the wanted ones, but what is marked ! above does not work.',
              fr: 'Les règles en vigueur sont bien celles attendues, mais ce qui est marqué ! plus haut ne fonctionne pas.',
            }),
          )
        : status.foreign.length > 0
          ? paint.warn(
              t({
                en: 'The rules in force are the wanted ones, but they do not cover what is marked ! above.',
                fr: 'Les règles en vigueur sont bien celles attendues, mais elles ne couvrent pas ce qui est marqué ! plus haut.',
              }),
            )
          : stale
            ? paint.warn(t(OF_LAST_SYNC))
            : paint.good(
                t({
                  en: 'The rules in force are the wanted ones.',
                  fr: 'Les règles en vigueur sont bien celles attendues.',
                }),
              ),
    stale: paint.warn(
      t(
        status.outdated
          ? OUTDATED
          : {
              en: "The rules in force differ from the wanted ones. Run 'anklume network deploy'.",
              fr: 'Les règles en vigueur diffèrent de celles attendues. Lancez « anklume network deploy ».',
            },
      ),
    ),
    absent: status.domains.some(({ made }) => made)
      ? paint.bad(
          t({
            en: "No isolation rules are loaded, so nothing is isolated. Run 'anklume network deploy'.",
            fr: "Aucune règle d'isolation n'est chargée, donc rien n'est isolé. Lancez « anklume network deploy ».",
          }),
        )
      : t({
          en: "Nothing exists yet, so there is nothing to isolate. 'anklume up' creates everything and loads the isolation rules.",
          fr: "Rien n'existe encore, il n'y a donc rien à isoler. « anklume up » crée tout et charge les règles d'isolation.",
        }),
  };
  const rows = status.domains.map(({ name, bridge, made, covered, closed }) => [
    printable(name),
    printable(bridge),
    covered
      ? paint.good(t({ en: 'active', fr: 'active' }))
      : closed
        ? paint.warn(t({ en: 'closed', fr: 'fermée' }))
        : made
          ? paint.bad(t({ en: 'none: open', fr: 'aucune : ouvert' }))
          : paint.dim(t({ en: 'not created yet', fr: 'pas encore créé' })),
  ]);
  const head = [
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'Bridge', fr: 'Pont' }),
    t({ en: 'Isolation', fr: 'Isolation' }),
  ];
  const leftOver = status.leftOver.map(
    (bridge) =>
      `${paint.dim('?')} ${printable(bridge)}: ${t({ en: 'in the rules, in no domain', fr: 'dans les règles, dans aucun domaine' })}`,
  );
  return [
    renderTable(head, rows, width),
    ...leftOver,
    ...closedLines(status.closed, session),
    ...otherLines(status, session),
    ...dropLines(status, session),
    ...faultLines(status.foreign, session),
    ...faultLines(status.faults, session),
    states[status.state],
    ...(status.steering ? [t(STEERING[status.steering])] : []),
    ...pendingLines(status, session),
    ...(status.boot ? [t(BOOT[status.boot])] : []),
  ].join('\n');
}

const OF_LAST_SYNC: Text = {
  en: 'The rules in force are those of the tree of the last sync, not of infra.yml as it is now.',
  fr: "Les règles en vigueur sont celles de l'arborescence de la dernière synchronisation, et non d'infra.yml tel qu'il est.",
};

/** Other infrastructures with rules of their own on this host. */
function otherLines({ others }: WallStatus, { t, paint }: Pick<Session, 't' | 'paint'>): string[] {
  return others.map(({ infrastructure, table }) => {
    const name = printable(infrastructure) || '?';
    return paint.dim(
      t({
        en: `Also on this host: the infrastructure '${name}', tables ${printable(table)}.`,
        fr: `Aussi sur cet hôte : l'infrastructure « ${name} », tables ${printable(table)}.`,
      }),
    );
  });
}

/** Each with what repairs it below. */
function faultLines(
  faults: readonly { readonly text: Text; readonly remedy: Text }[],
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string[] {
  return faults.flatMap(({ text, remedy }) => [
    `${paint.warn('!')} ${printable(t(text))}`,
    `  ${paint.accent('→')} ${printable(t(remedy))}`,
  ]);
}

/** Whoever reads their comments finds no codes. */
const OUTDATED: Text = {
  en: "The rules in force are out of date: they have no codes, as those of an earlier version. Run 'anklume network deploy'.",
  fr: "Les règles en vigueur sont dépassées : elles sont sans codes, comme celles d'une version antérieure. Lancez « anklume network deploy ».",
};

const STEERING: Readonly<Record<NonNullable<WallStatus['steering']>, Text>> = {
  current: {
    en: 'The host routes packets between domains to the firewall machine (policy routing).',
    fr: "L'hôte route les paquets entre domaines vers la machine pare-feu (policy routing).",
  },
  stale: {
    en: "The host's routes to the firewall machine are not the wanted ones. Run 'anklume network deploy'.",
    fr: "Les routes de l'hôte vers la machine pare-feu ne sont pas celles attendues. Lancez « anklume network deploy ».",
  },
  absent: {
    en: "The host has no routes to the firewall machine, so domains do not reach each other: 'anklume network deploy'.",
    fr: "L'hôte n'a pas de routes vers la machine pare-feu ; les domaines ne se joignent donc pas : « anklume network deploy ».",
  },
};

const BOOT: Readonly<Record<NonNullable<WallStatus['boot']>, Text>> = {
  off: {
    en: "At boot: not loaded ('anklume network boot on').",
    fr: 'Au démarrage : non chargées (« anklume network boot on »).',
  },
  current: { en: 'At boot: loaded.', fr: 'Au démarrage : chargées.' },
  stale: {
    en: "At boot: older rules are loaded ('anklume network boot on').",
    fr: 'Au démarrage : des règles plus anciennes sont chargées (« anklume network boot on »).',
  },
  partial: {
    en: "At boot: not loaded, as files are missing or the service is off ('anklume network boot on').",
    fr: 'Au démarrage : non chargées, car des fichiers manquent ou le service est éteint (« anklume network boot on »).',
  },
  foreign: {
    en: 'At boot: files of that name were not written by anklume, or were edited.',
    fr: "Au démarrage : des fichiers de ce nom n'ont pas été écrits par anklume, ou ont été modifiés.",
  },
};

function pendingLines(
  { pending }: WallStatus,
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string[] {
  if (!pending) return [];
  const line = pending.watched
    ? {
        en: `Not confirmed yet: the previous rules are restored at ${shownTime(pending.until)} unless you run 'anklume network confirm'.`,
        fr: `Pas encore confirmées : les règles précédentes sont restaurées à ${shownTime(pending.until)}, sauf avec « anklume network confirm ».`,
      }
    : {
        en: "Not confirmed, and nothing will restore the previous rules by itself. Run 'anklume network confirm' or 'anklume network restore'.",
        fr: 'Non confirmées, et rien ne restaurera de soi-même les précédentes. Lancez « anklume network confirm » ou « anklume network restore ».',
      };
  return [paint.warn(t(line))];
}
