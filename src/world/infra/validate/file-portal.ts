import { error, type Finding, type Path, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';

/** The folders of the host that a domain may reach through the portal. */
export function filePortal(raw: RawInfra): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([name, { file_portal: portal }]) => {
    if (!portal) return [];
    const path = ['domains', name, 'file_portal', 'allowed_paths'];
    const { allowed_paths: paths } = portal;
    if (paths === undefined || paths.length === 0)
      return [
        warning(
          'portal-without-paths',
          path,
          {
            en: `The file portal of '${name}' names no paths, and lets nothing through.`,
            fr: `Le portail de fichiers de « ${name} » ne nomme aucun chemin et ne laisse rien passer.`,
          },
          { remedy: EXAMPLE },
        ),
      ];
    return paths.flatMap((one, i) =>
      one.startsWith('/') && !one.split('/').includes('..') && !/[\u0000-\u001f\u007f]/.test(one)
        ? []
        : [
            invalid([...path, String(i)], {
              en: `'${one}' is not an absolute path without '..'.`,
              fr: `« ${one} » n'est pas un chemin absolu sans « .. ».`,
            }),
          ],
    );
  });
}

const EXAMPLE = {
  en: 'For example: allowed_paths: ["/shared/pro"].',
  fr: 'Par exemple : allowed_paths: ["/shared/pro"].',
};

function invalid(path: Path, message: Finding['message']): Finding {
  return error('invalid-portal-path', path, message, {
    remedy: EXAMPLE,
  });
}
