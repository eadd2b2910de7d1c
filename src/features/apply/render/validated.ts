import { counted } from '../../../kit/render/words.ts';
import type { Session } from '../../../kit/session.ts';

/** One line: infra.yml is good, and how much it declares. */
export function renderValidated(
  {
    domains,
    machines,
    warnings,
  }: { readonly domains: number; readonly machines: number; readonly warnings: number },
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string {
  const parts = [
    t(counted(domains, { en: 'domain', fr: 'domaine' }, { en: 'domains', fr: 'domaines' })),
    t(counted(machines, { en: 'machine', fr: 'machine' }, { en: 'machines', fr: 'machines' })),
  ];
  if (warnings > 0)
    parts.push(
      paint.warn(
        t(
          counted(
            warnings,
            { en: 'warning', fr: 'avertissement' },
            { en: 'warnings', fr: 'avertissements' },
          ),
        ),
      ),
    );
  return `${paint.good('✓')} ${t({ en: 'infra.yml is valid: ', fr: 'infra.yml est valide : ' })}${parts.join(', ')}`;
}
