import type { Desired } from '../../../world/tree/index.ts';

/** The trust level of each domain, by its name. */
export function trustLevels({
  domains,
}: Pick<Desired, 'domains'>): (domain: string) => string | undefined {
  const levels = new Map(domains.map(({ name, trustLevel }) => [name, trustLevel]));
  return (domain) => levels.get(domain);
}
