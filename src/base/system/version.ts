import manifest from '../../../package.json' with { type: 'json' };

/** The version of this program: `1.2.3`. */
export const VERSION: string = manifest.version;

type Triple = readonly [number, number, number];

/** The three numbers of a version; what follows them (`-rc.1`) does not count. Undefined for anything else. */
export function parseVersion(text: string): Triple | undefined {
  const [, major, minor, patch] =
    /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][\w.+-]{1,40})?$/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Below zero when `one` is the older; undefined when one of them is no version. */
export function compareVersions(one: string, other: string): number | undefined {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  if (!a || !b) return undefined;
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether two versions write the same tree: until 1.0.0 the second number counts, from then on the first. */
export function isSameLine(one: string, other: string): boolean {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  if (!a || !b) return false;
  return a[0] === b[0] && (a[0] > 0 || a[1] === b[1]);
}
