import type { Text } from '../../base/messages/index.ts';

/** `1 machine`, `2 machines`: a number with its noun, in both languages. */
export function counted(n: number, one: Text, many: Text): Text {
  // French counts zero as one; English as many.
  return { en: `${n} ${n === 1 ? one.en : many.en}`, fr: `${n} ${n < 2 ? one.fr : many.fr}` };
}

/** Names of resource kinds, for people. */
export const KIND_NAMES: Readonly<Record<string, Text>> = {
  network: { en: 'network', fr: 'réseau' },
  project: { en: 'project', fr: 'projet' },
  profile: { en: 'profile', fr: 'profil' },
  volume: { en: 'volume', fr: 'volume' },
  image: { en: 'image', fr: 'image' },
  instance: { en: 'instance', fr: 'instance' },
};
