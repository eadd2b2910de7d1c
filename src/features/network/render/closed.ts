import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { ClosedThing } from '../../../isolation/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';

type Shown = Omit<ClosedThing, 'holds'> & Partial<Pick<ClosedThing, 'holds'>>;

/** What is closed because nothing declares it or no rules know it: one line each, then what to do. */
export function closedLines(
  closed: readonly Shown[],
  { t, paint }: Pick<Voice, 't' | 'paint'>,
): string[] {
  if (closed.length === 0) return [];
  const lines = closed.map((one) => {
    const holds = one.holds ?? true;
    const machines = one.kind === 'bridge' ? one.machines.map(printable).join(', ') : '';
    const list = machines === '' ? '' : ` (${machines})`;
    const mark = holds ? paint.warn('!') : paint.bad('✗');
    return `${mark} ${printable(one.name)}${list}: ${t(words(one, holds))}`;
  });
  const undeclared = closed.filter(({ reason }) => reason === 'undeclared');
  const locked = [...new Set(undeclared.flatMap((one) => one.locked))];
  const remedies = [
    ...(closed.some(({ holds }) => holds === false) ? [deploy] : []),
    ...(locked.length > 0 ? [unlock(locked)] : []),
    ...(undeclared.some(({ kind, locked: own }) => kind === 'bridge' || own.length === 0)
      ? [prune]
      : []),
  ];
  return [...lines, ...remedies.map((remedy) => `  ${paint.accent('→')} ${t(remedy)}`)];
}

function words({ reason, infrastructure }: Shown, holds: boolean): Text {
  const owner = printable(infrastructure);
  if (reason === 'undeclared')
    return holds
      ? {
          en: 'no longer declared, closed until it is deleted',
          fr: "n'est plus déclaré, fermé jusqu'à sa suppression",
        }
      : { en: 'no longer declared, and not closed', fr: "n'est plus déclaré, et n'est pas fermé" };
  return holds
    ? {
        en: `of the infrastructure '${owner}', which has no rules loaded for it: closed`,
        fr: `de l'infrastructure « ${owner} », qui n'a pas de règles chargées pour lui : fermé`,
      }
    : {
        en: `of the infrastructure '${owner}', without any isolation rules`,
        fr: `de l'infrastructure « ${owner} », sans aucune règle d'isolation`,
      };
}

const deploy: Text = {
  en: "'anklume network deploy' closes what is open.",
  fr: '« anklume network deploy » ferme ce qui est ouvert.',
};

/** What --prune passes over. */
function unlock(names: readonly string[]): Text {
  const shown = names.map(printable);
  const line = `anklume instance delete ${shown.join(' ')} --force`;
  return {
    en: `Protected, and not deleted by --prune: ${shown.join(', ')}. To delete: '${line}'.`,
    fr: `Protégé, et non supprimé par --prune : ${shown.join(', ')}. Pour supprimer : « ${line} ».`,
  };
}

const prune: Text = {
  en: "'anklume apply --prune' deletes what is no longer declared. If another folder declares it, one of the two needs another project_name.",
  fr: "« anklume apply --prune » supprime ce qui n'est plus déclaré. Si un autre dossier le déclare, l'un des deux doit changer de project_name.",
};
