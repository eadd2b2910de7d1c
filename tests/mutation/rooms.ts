import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What decides in a room, and the tests that are to notice when it decides otherwise. */
export interface Room {
  /** Folders and files below `src`. */
  readonly sources: readonly string[];
  /** Files of `sources` that act or only hold types, by the end of their path. */
  readonly without: readonly RegExp[];
  /** Folders and files below `src` whose tests are run. */
  readonly tests: readonly string[];
}

export const ROOMS: Readonly<Record<string, Room>> = {
  infra: {
    sources: ['infra'],
    without: [/\/(find|sources|types)\.ts$/],
    tests: ['infra'],
  },
  tree: {
    sources: ['tree'],
    without: [/\/(desired|file-access|orphans|read-described|stale|sync)\.ts$/],
    tests: ['tree'],
  },
  network: {
    sources: [
      ...['comment', 'evaluate', 'explain', 'fixed-chains', 'flows'],
      ...['guard', 'leg-guard', 'private-ranges', 'rules', 'ruleset', 'update', 'walls'],
      ...['forgeries', 'forgeries6', 'leg-forgeries', 'probes'],
    ].map((name) => `network/${name}.ts`),
    without: [],
    tests: ['network'],
  },
  plan: {
    sources: [
      ...['addresses', 'compare', 'compute-plan', 'conflicts', 'decide', 'labels', 'marks'],
      ...['ownership', 'removal', 'removal-targets', 'requirements', 'selection', 'spec', 'specs'],
      ...['orphans', 'values'],
      ...[
        'image',
        'instance',
        'instance-spec',
        'network',
        'pool',
        'profile',
        'project',
        'volume',
      ].map((kind) => `resources/${kind}`),
    ].map((name) => `engine/${name}.ts`),
    without: [],
    tests: ['engine'],
  },
};

/** Tests of processes and clocks: slow, and about what acts. */
const ACTS = /\/(readiness|stillness|guests|deploy|targets)\.test\.ts$/;

export function roomOf(name: string): Room {
  const room = ROOMS[name];
  if (room === undefined)
    throw new Error(`no room '${name}': one of ${Object.keys(ROOMS).join(', ')}`);
  return room;
}

export function sourcesOf({ sources, without }: Room): string[] {
  return below(sources).filter(
    (path) =>
      !/(\.test|\.fixture|\.test-kit|[a-z]\/index)\.ts$/.test(
        path.replace('validate/index', 'validate/all'),
      ) && !without.some((end) => end.test(path)),
  );
}

export function testsOf({ tests }: Room): string[] {
  return below(tests).filter((path) => path.endsWith('.test.ts') && !ACTS.test(path));
}

function below(paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    path.endsWith('.ts')
      ? [`src/${path}`]
      : readdirSync(join(ROOT, 'src', path), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => `src/${path}/${name}`)
          .sort(),
  );
}
