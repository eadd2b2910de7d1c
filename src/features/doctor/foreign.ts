import { thisHost } from '../../base/system/index.ts';
import { foreignOnAny } from '../../isolation/index.ts';
import type { Finding } from './finding.ts';

/** Rules of other programs that stop what machines of a domain send, such as Docker's, firewalld's and ufw's. */
export async function foreign(): Promise<Finding[]> {
  const about = { id: 'foreign-rules', name: { en: 'Rules of others', fr: "Règles d'autrui" } };
  const found = await foreignOnAny(thisHost).catch(() => undefined);
  if (!found)
    return [
      {
        ...about,
        state: 'good',
        found: { en: 'not looked at: needs root', fr: 'non examinées : il faut être root' },
      },
    ];
  if (found.length === 0)
    return [
      { ...about, state: 'good', found: { en: 'none in the way', fr: 'aucune sur le chemin' } },
    ];
  return found.map(({ text, remedy }) => ({ ...about, state: 'warning', found: text, remedy }));
}
