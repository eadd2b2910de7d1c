import type { Place, Problem, Severity, Text } from '../../base/messages/index.ts';

/** Keys from the top of the declared world, list positions as decimal digits. */
export type Path = readonly string[];

/** A problem before anyone looked up where it stands: rules are pure and know only paths. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly path: Path;
  /** The other end of a conflict, such as the first holder of an address. */
  readonly relatedPath?: Path;
  /** Other values that this finding takes to be right; when one of them is wrong, the finding is only its echo. */
  readonly restsOn?: readonly Path[];
  readonly message: Text;
  readonly remedy?: Text;
}

/** What a finding may add to its code, path and message. */
interface Extra {
  readonly remedy?: Text;
  readonly relatedPath?: Path;
  readonly restsOn?: readonly Path[];
}

/** A finding that forbids going on. */
export function error(code: string, path: Path, message: Text, extra: Extra = {}): Finding {
  return { code, severity: 'error', path, message, ...extra };
}

/** A finding that is told and then passed over. */
export function warning(code: string, path: Path, message: Text, extra: Extra = {}): Finding {
  return { code, severity: 'warning', path, message, ...extra };
}

/** Where a path stands in the files it came from. */
export type Placer = (path: Path) => Place | undefined;

/** The finding with its places looked up. */
export function locate(finding: Finding, placer: Placer): Problem {
  const { relatedPath, restsOn: _, ...rest } = finding;
  const place = placer(finding.path);
  const related = relatedPath && placer(relatedPath);
  return { ...rest, ...(place && { place }), ...(related && { related }) };
}
