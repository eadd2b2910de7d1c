import { error, type Finding, type Path } from '../finding.ts';
import type { RawInfra } from '../schema.ts';

/** The folders of the host that a domain may reach through the portal. */
export function filePortal(raw: RawInfra): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([name, { file_portal: portal }]) => {
    if (!portal) return [];
    const path = ['domains', name, 'file_portal', 'allowed_paths'];
    const { allowed_paths: paths } = portal;
    if (paths === undefined)
      return [
        invalid(path, {
          en: `The file portal of '${name}' has no list 'allowed_paths'.`,
          fr: `Le portail de fichiers de « ${name} » n'a pas de liste « allowed_paths ».`,
        }),
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

function invalid(path: Path, message: Finding['message']): Finding {
  return error('invalid-portal-path', path, message, {
    remedy: {
      en: 'For example: allowed_paths: ["/shared/pro"].',
      fr: 'Par exemple : allowed_paths: ["/shared/pro"].',
    },
  });
}
