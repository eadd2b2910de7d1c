import { printable, shownTime } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { renderTable } from '../../../kit/render/table.ts';
import type { Session } from '../../../kit/session.ts';
import { renderProvision } from '../../apply/render/provision.ts';
import type { Derivation } from '../derive-machine.ts';
import type { TemplateMade } from '../make.ts';
import type { TemplatePublished, TemplateSurvey } from '../survey-of-project.ts';

type Look = Voice & Pick<Session, 'width'>;

/** The templates, then what began as one. */
export function renderTemplates(templates: readonly TemplateSurvey[], look: Look): string {
  const { t, paint, width } = look;
  if (templates.length === 0)
    return t({
      en: "No template. 'anklume golden create' makes one of a machine of infra.yml.",
      fr: "Pas de modèle. « anklume golden create » en fait un d'une machine d'infra.yml.",
    });
  const stale = (outdated: boolean) =>
    outdated
      ? paint.warn(t({ en: 'outdated', fr: 'périmée' }))
      : paint.good(t({ en: 'current', fr: 'à jour' }));
  const head = [
    t({ en: 'Template', fr: 'Modèle' }),
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'State kept', fr: 'État conservé' }),
    t({ en: 'Images', fr: 'Images' }),
    t({ en: 'Machines', fr: 'Machines' }),
  ];
  const rows = templates.map(({ machine, domain, version, state, images, machines }) => [
    `${printable(machine)}${state === 'Stopped' ? '' : ` (${printable(state).toLowerCase()})`}`,
    printable(domain),
    version === undefined ? paint.bad(t({ en: 'none', fr: 'aucun' })) : shownTime(version),
    images
      .map(({ aliases, outdated }) => {
        const names = aliases.map((alias) => printable(alias)).join(', ') || '-';
        return outdated ? `${names} ${stale(true)}` : names;
      })
      .join('\n'),
    String(machines.length),
  ]);
  const derived = templates.flatMap(({ machine: template, machines }) =>
    machines.map(({ machine, domain, by, version, outdated }) => [
      printable(machine),
      printable(domain),
      `${printable(template)}${by === 'image' ? t({ en: ' (image)', fr: ' (image)' }) : ''}`,
      shownTime(version),
      stale(outdated),
    ]),
  );
  const table = renderTable(head, rows, width);
  if (derived.length === 0) return table;
  const machineHead = [
    t({ en: 'Machine', fr: 'Machine' }),
    t({ en: 'Domain', fr: 'Domaine' }),
    t({ en: 'From', fr: 'Issue de' }),
    t({ en: 'As of', fr: 'État du' }),
    '',
  ];
  return `${table}\n${renderTable(machineHead, derived, width)}`;
}

/** What creating or updating a template came to. */
export function renderTemplateMade(made: TemplateMade, look: Look): string {
  const { t, paint } = look;
  const { machine, version, provision } = made;
  const words = made.made
    ? {
        en: `${machine} is a template, as of ${shownTime(version)}`,
        fr: `${machine} est un modèle, dans son état du ${shownTime(version)}`,
      }
    : {
        en: `${machine} is a template already, as of ${shownTime(version)}; nothing has changed`,
        fr: `${machine} est déjà un modèle, dans son état du ${shownTime(version)} ; rien n'a changé`,
      };
  return [
    ...(provision ? [renderProvision(provision, look)] : []),
    `${made.made ? paint.good('✓') : paint.dim('=')} ${printable(t(words))}`,
  ].join('\n');
}

/** The new machine, and what to write into infra.yml where that does not know it. */
export function renderDerivation(made: Derivation, { t, paint }: Look): string {
  const { machine, domain, ip, template } = made;
  const words = made.made
    ? {
        en: `${machine} (${domain}, ${ip}) made from ${template}`,
        fr: `${machine} (${domain}, ${ip}) créée depuis ${template}`,
      }
    : {
        en: `${machine} (${domain}, ${ip}) was made from this state of ${template} before`,
        fr: `${machine} (${domain}, ${ip}) avait déjà été créée depuis cet état de ${template}`,
      };
  const line = `${made.made ? paint.good('✓') : paint.dim('=')} ${printable(t(words))}`;
  if (made.declared) return line;
  const note = {
    en: `infra.yml does not declare it: the isolation rules keep it apart, and 'apply --prune' would remove it. To keep it, write under ${domain}:`,
    fr: `infra.yml ne la déclare pas : les règles d'isolation la tiennent à l'écart, et « apply --prune » la supprimerait. Pour la garder, écrivez sous ${domain} :`,
  };
  return [
    line,
    `  ${paint.accent('→')} ${printable(t(note))}`,
    '    machines:',
    `      ${printable(machine)}: { ip: ${ip} }`,
  ].join('\n');
}

/** The image, and how machines are made from it. */
export function renderPublication(made: TemplatePublished, { t, paint }: Look): string {
  const { template, alias, fingerprint } = made;
  const short = fingerprint.slice(0, 12);
  const words = made.made
    ? {
        en: `${template} published as ${alias} (${short}). In infra.yml: os_image: local:${alias}`,
        fr: `${template} publié sous le nom ${alias} (${short}). Dans infra.yml : os_image: local:${alias}`,
      }
    : {
        en: `${alias} (${short}) is this state of ${template} already`,
        fr: `${alias} (${short}) est déjà cet état de ${template}`,
      };
  return `${made.made ? paint.good('✓') : paint.dim('=')} ${printable(t(words))}`;
}
