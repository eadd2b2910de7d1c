import {
  AnklumeError,
  ExitCode,
  type Place,
  type Problem,
  type Text,
} from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Group } from './read-inventory.ts';

/** The error for a project that was never synced. */
export function treeMissing(): AnklumeError {
  return new AnklumeError({
    code: 'tree-missing',
    exit: ExitCode.usage,
    message: {
      en: 'There is no inventory here: nothing says what to build.',
      fr: "Il n'y a pas d'inventaire ici : rien ne dit quoi construire.",
    },
    remedy: {
      en: 'Run `anklume sync` first: it writes the inventory from infra.yml.',
      fr: "Lancez d'abord « anklume sync » : il écrit l'inventaire à partir de infra.yml.",
    },
  });
}

/** A name that can be no Incus object, and no file. */
export function badName(untrustedName: string, place: Place): Problem {
  const name = printable(untrustedName).slice(0, 80);
  return {
    code: 'tree-bad-name',
    severity: 'error',
    path: [],
    place,
    message: {
      en: `'${name}' cannot be the name of a domain or machine.`,
      fr: `« ${name} » ne peut pas être le nom d'un domaine ou d'une machine.`,
    },
    remedy: {
      en: 'Use letters, digits and hyphens, at most 63 characters.',
      fr: "Utilisez des lettres, des chiffres et des traits d'union, 63 caractères au plus.",
    },
  };
}

/** A host of a domain that has no file in host_vars. */
export function hostWithoutVariables(name: string, place: Place): Problem {
  return {
    code: 'tree-host-without-variables',
    severity: 'error',
    path: [],
    place,
    message: {
      en: `The machine '${name}' has no host_vars/${name}.yml.`,
      fr: `La machine « ${name} » n'a pas de host_vars/${name}.yml.`,
    },
    remedy: {
      en: 'Run `anklume sync`; a host that is not a machine of anklume belongs in a group of its own.',
      fr: "Lancez « anklume sync » ; un hôte qui n'est pas une machine d'anklume va dans un groupe à part.",
    },
  };
}

/** Machines that two domains claim. */
export function hostsInTwoDomains(domains: readonly Group[]): Problem[] {
  const first = new Map<string, Place>();
  return domains.flatMap((domain) =>
    [...domain.hosts].flatMap(([name, place]): Problem[] => {
      const related = first.get(name);
      if (!related) {
        first.set(name, place);
        return [];
      }
      const shown = printable(name).slice(0, 80);
      return [
        {
          code: 'tree-machine-twice',
          severity: 'error',
          path: [],
          place,
          related,
          message: {
            en: `The machine '${shown}' is in two domains.`,
            fr: `La machine « ${shown} » est dans deux domaines.`,
          },
          remedy: LEFTOVER,
        },
      ];
    }),
  );
}

/** The commonest cause: a domain was renamed, and its old files are still there. */
export const LEFTOVER: Text = {
  en: 'If one of the two is a leftover of a removed or renamed domain, delete its files: `anklume sync` lists them, `anklume sync --delete-orphans` removes those that nothing protects.',
  fr: "Si l'un des deux est le reste d'un domaine supprimé ou renommé, supprimez ses fichiers : « anklume sync » les liste, « anklume sync --delete-orphans » enlève ceux que rien ne protège.",
};
