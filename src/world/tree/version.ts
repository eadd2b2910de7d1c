import type { Place, Problem, Text } from '../../base/messages/index.ts';
import {
  compareVersions,
  isSameLine,
  parseVersion,
  printable,
  VERSION,
} from '../../base/system/index.ts';
import { cutSection } from './managed-section.ts';

/** The variable that says which version of anklume wrote a tree. */
export const VERSION_VARIABLE = 'anklume_version';

/** The version that wrote the managed section of `group_vars/all.yml`; undefined where it does not say. */
export function versionIn(bytes: Buffer): string | undefined {
  const cut = cutSection(bytes);
  if ('message' in cut) return undefined;
  return /^anklume_version: *["']?([^"'\r\n]*)["']? *\r?$/m.exec(cut.section ?? '')?.[1];
}

/**
 * What to say of a tree that another version wrote. One of a newer line (0.2 for 0.1, 2 for 1) is an error: it may
 * hold what this version would misread or drop. A tree without a marker is older than markers, and says nothing.
 *
 * @param act what is about to happen to the tree
 */
export function versionProblem(
  untrustedVersion: string | undefined,
  place: Place,
  act: 'read' | 'write',
  ours: string = VERSION,
): Problem | undefined {
  if (untrustedVersion === undefined || untrustedVersion === ours) return undefined;
  const about = { path: [VERSION_VARIABLE], place };
  const version = printable(untrustedVersion).slice(0, 40);
  if (!parseVersion(untrustedVersion))
    return { ...about, code: 'tree-version-unknown', severity: 'warning', ...unknown(version) };
  const order = compareVersions(untrustedVersion, ours) ?? 0;
  if (order > 0 && !isSameLine(untrustedVersion, ours))
    return { ...about, code: 'tree-newer', severity: 'error', ...newer(version, ours) };
  if (order > 0)
    return { ...about, code: 'tree-newer', severity: 'warning', ...aLittleNewer(version, ours) };
  return { ...about, code: 'tree-older', severity: 'warning', ...older(version, ours, act) };
}

type Words = { readonly message: Text; readonly remedy: Text };

function newer(version: string, ours: string): Words {
  return {
    message: {
      en: `This tree was written by anklume ${version}, and this is ${ours}, which may misread it.`,
      fr: `Cette arborescence a été écrite par anklume ${version} ; la version présente, ${ours}, pourrait mal la lire.`,
    },
    remedy: {
      en: `Run 'anklume upgrade'. To go back to ${ours} for good, remove the line '${VERSION_VARIABLE}' and run 'anklume sync'.`,
      fr: `Lancez « anklume upgrade ». Pour revenir définitivement à ${ours}, retirez la ligne « ${VERSION_VARIABLE} » et lancez « anklume sync ».`,
    },
  };
}

function aLittleNewer(version: string, ours: string): Words {
  return {
    message: {
      en: `This tree was written by anklume ${version}, a little newer than this one (${ours}).`,
      fr: `Cette arborescence a été écrite par anklume ${version}, un peu plus récent que celui-ci (${ours}).`,
    },
    remedy: { en: "'anklume upgrade' catches up.", fr: '« anklume upgrade » rattrape ce retard.' },
  };
}

function older(version: string, ours: string, act: 'read' | 'write'): Words {
  return act === 'write'
    ? {
        message: {
          en: `This tree was written by anklume ${version}; it is brought up to ${ours}.`,
          fr: `Cette arborescence a été écrite par anklume ${version} ; elle est mise au niveau de ${ours}.`,
        },
        remedy: {
          en: "Look at what changes with 'anklume plan'.",
          fr: 'Voyez ce qui change avec « anklume plan ».',
        },
      }
    : {
        message: {
          en: `This tree was written by anklume ${version}, older than this one (${ours}).`,
          fr: `Cette arborescence a été écrite par anklume ${version}, plus ancien que celui-ci (${ours}).`,
        },
        remedy: {
          en: "'anklume sync' brings it up to date.",
          fr: '« anklume sync » la met à jour.',
        },
      };
}

function unknown(version: string): Words {
  return {
    message: {
      en: `'${version}' is not a version of anklume, so nobody can tell whether this tree fits.`,
      fr: `« ${version} » n'est pas une version d'anklume ; nul ne peut dire si cette arborescence convient.`,
    },
    remedy: { en: "Run 'anklume sync'.", fr: 'Lancez « anklume sync ».' },
  };
}
