import { buildDebian } from '../../../src/images/debian/build.ts';
import type { SplitImage } from '../../../src/images/debian/cache.ts';
import { debianBase } from '../../../src/images/debian/recipe.ts';

/** A Debian with packages on top, kept in the cache. Its metadata has no templates: what is told is told by files. */
export function debianWith(
  name: string,
  more: readonly string[],
  version: '12' | '13' = '13',
): Promise<SplitImage> {
  const base = debianBase(`debian/${version}`);
  if (!base) throw new Error('no recipe');
  const packages = [...base.packages, ...more];
  return buildDebian({ ...base, alias: `${name}/${version}`, packages });
}

/** A Debian that is a host itself, with Incus and Node. */
export function hostImage(): Promise<SplitImage> {
  const host = ['incus-base', 'incus-client', 'nodejs', 'dnsmasq-base', 'attr', 'squashfs-tools'];
  return debianWith('nesting-host', [...host, 'uidmap']);
}
