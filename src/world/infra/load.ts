import { errorsOf, type Problem } from '../../base/messages/index.ts';
import { withDataFolders } from './data-folders.ts';
import { withoutEchoes } from './echoes.ts';
import { type Finding, locate, type Path, type Placer } from './finding.ts';
import { lookAtFiles } from './host-files.ts';
import { mergeSources } from './merge.ts';
import { normalise } from './normalise.ts';
import { repeat } from './repeat.ts';
import { resolve } from './resolve.ts';
import { checkRoles, listedRoles } from './roles/check.ts';
import type { DescribeRoles } from './roles/describe.ts';
import { checkShape } from './shape.ts';
import { readSources, type SourceText } from './sources.ts';
import type { Infra, LoadResult, ResolveContext } from './types.ts';
import { unknownKeys } from './unknown-keys.ts';
import { validate } from './validate/index.ts';

/** Findings told at once; behind these, the rest waits for the next run. */
const MOST_PROBLEMS = 200;

/** Reads infra.yml or a folder infra/, checks everything, and resolves it. Nothing the files hold makes it throw. */
export async function loadInfra(
  path: string,
  context: ResolveContext,
  describeRoles?: DescribeRoles,
): Promise<LoadResult> {
  const { texts, problems } = await readSources(path);
  if (texts.length === 0) return { problems };
  const merged = mergeSources(texts);
  const files = await lookAtFiles(merged.value);
  const result = loadMerged(merged, { ...context, files });
  const { infra, place } = result;
  const roles = infra && listedRoles(infra);
  const found =
    describeRoles && roles && roles.size > 0
      ? place(checkRoles(infra, await describeRoles(roles), context.strict))
      : [];
  return resultOf(infra, [...problems, ...result.problems, ...found]);
}

/** The same from texts already read, without a look at roles: pure. */
export function loadTexts(texts: readonly SourceText[], context: ResolveContext): LoadResult {
  const { infra, problems } = loadMerged(mergeSources(texts), context);
  return resultOf(infra, problems);
}

interface Placed extends LoadResult {
  readonly place: (findings: readonly Finding[]) => Problem[];
}

function loadMerged(merged: ReturnType<typeof mergeSources>, context: ResolveContext): Placed {
  if (merged.value === undefined) return { problems: merged.problems, place: () => [] };
  const normal = normalise(merged.value);
  const repeated = repeat(normal.value);
  const shape = checkShape(repeated.value);
  const folders = withDataFolders(shape.raw);
  const place = placing(merged.placer, (path) => repeated.origin(folders.origin(path)));
  const found = [
    ...normal.findings,
    ...repeated.findings,
    ...unknownKeys(repeated.value, context.strict === true),
    ...shape.findings,
    ...withoutEchoes(shape.cut, [...folders.findings, ...validate(folders.raw, context)]),
  ];
  const problems = [...merged.problems, ...place(found)];
  if (errorsOf(problems).length > 0) return { problems, place };
  const { infra, findings } = resolve(folders.raw, context);
  return { infra, problems: [...problems, ...place(findings)], place };
}

/** A world only where nothing in it is an error. */
function resultOf(infra: Infra | undefined, found: readonly Problem[]): LoadResult {
  const problems = inOrder(found);
  return errorsOf(problems).length > 0 || !infra ? { problems } : { infra, problems };
}

/** What is wrong with an entry that stands for many is told once, of the first. */
function placing(
  placer: Placer,
  origin: (path: Path) => Path,
): (findings: readonly Finding[]) => Problem[] {
  return (all) => {
    const told = new Set<string>();
    const findings = all.flatMap((finding) => {
      const path = origin(finding.path);
      const key = [finding.code, ...path].join('\0');
      const isCopy = path.join('\0') !== finding.path.join('\0');
      if (isCopy && told.has(key)) return [];
      told.add(key);
      const { relatedPath } = finding;
      return [{ ...finding, path, ...(relatedPath && { relatedPath: origin(relatedPath) }) }];
    });
    const errorsFirst = findings.sort((a, b) => rank(a.severity) - rank(b.severity));
    return errorsFirst.slice(0, MOST_PROBLEMS).map((finding) => locate(finding, placer));
  };
}

function rank(severity: Problem['severity']): number {
  return severity === 'error' ? 0 : 1;
}

/** As a reader meets them: by file, line and column. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const key = ({ place }: Problem) =>
    [place?.file ?? '', place?.line ?? 0, place?.column ?? 0] as const;
  return [...problems]
    .sort((a, b) => {
      const [fileA, lineA, columnA] = key(a);
      const [fileB, lineB, columnB] = key(b);
      if (fileA !== fileB) return fileA < fileB ? -1 : 1;
      return lineA - lineB || columnA - columnB;
    })
    .slice(0, MOST_PROBLEMS);
}
