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

/** Some of the files of a room, and all of its tests. */
function some(room: string, ...names: readonly string[]): Room {
  return { sources: names.map((name) => `${room}/${name}.ts`), without: [], tests: [room] };
}

export const ROOMS: Readonly<Record<string, Room>> = {
  admin: some('admin', 'devices', 'idmap', 'service'),
  backup: some(
    'backup',
    ...['choose', 'choose-restore', 'form', 'identity', 'manifest', 'names', 'note', 'retention'],
  ),
  cli: some(
    'cli',
    ...['argv', 'flags', 'parser-texts', 'seconds', 'typography', 'unknown-command'].map(
      (name) => `frame/${name}`,
    ),
    ...['frame/whole-number', 'completion/typed'],
    ...['aligned', 'drop-reasons', 'formats', 'matrix', 'table', 'wrap'].map(
      (name) => `render/${name}`,
    ),
  ),
  dev: some(
    'dev',
    ...['linters', 'results', 'matrix/coverage', 'matrix/read', 'matrix/scan'],
    ...['roles/apt-files', 'roles/inventory', 'roles/scenario'],
    ...['runner/inner-event', 'runner/inner-result', 'runner/kind', 'runner/place', 'runner/unit'],
  ),
  disposables: some('disposables', 'address', 'body', 'find', 'home', 'name', 'pool', 'tag'),
  engine: some(
    'engine',
    ...['addressing', 'aside-origin', 'ceilings', 'flush', 'held-at-boot', 'listens'],
    ...['machine-defaults', 'moves', 'own-marks', 'renames', 'shrinks', 'unguarded-notes'],
    ...['defaults', 'notes', 'ranges', 'refuse', 'shared-volumes', 'sub-ids', 'unshift'].map(
      (name) => `idmap/${name}`,
    ),
    ...['reality/dangers', 'reality/notes', 'reality/refuse', 'resources/dnsmasq'],
    'perform/merge',
  ),
  plan: some(
    'engine',
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
  ),
  firewall: some('firewall', 'attach', 'router-rules', 'steering', 'steering-text', 'subnets'),
  generations: some(
    'generations',
    ...['choose', 'concerned', 'data', 'reached', 'record', 'retention'],
  ),
  golden: some(
    'golden',
    ...['candidates', 'identity', 'inventory', 'kept', 'recipe', 'share', 'words'],
  ),
  images: some(
    'images',
    ...['architecture', 'missing', 'reference', 'tar', 'store/manifest'],
    ...['debian/recipe', 'debian/ubuntu', 'debian-vm/boot', 'debian-vm/recipe'],
  ),
  import: { sources: ['import'], without: [], tests: ['import'] },
  incus: some(
    'incus',
    ...['change', 'complete', 'endpoint', 'errors', 'guest', 'kinds', 'locate', 'power'],
    ...['unreachable', 'words', 'exec/held', 'exec/written', 'sftp/wire'],
  ),
  infra: {
    sources: ['infra'],
    without: [/\/(find|sources|types)\.ts$/],
    tests: ['infra'],
  },
  instances: some('instances', 'find', 'lines', 'power', 'usage', 'watch'),
  messages: some('messages', 'error', 'events', 'language', 'problem', 'text'),
  nesting: some('nesting', 'context', 'detect', 'marks', 'templates'),
  network: some(
    'network',
    ...['comment', 'evaluate', 'explain', 'fixed-chains', 'flows'],
    ...['guard', 'guard6', 'leg-guard', 'leg-guard6', 'private-ranges', 'rules', 'ruleset'],
    ...['update', 'walls', 'forgeries', 'forgeries6', 'leg-forgeries', 'leg-forgeries6', 'probes'],
  ),
  walls: some(
    'network',
    ...['boot-guard', 'checked', 'closed', 'closed-rules', 'dhcp-clients', 'firewall', 'forgery'],
    ...['guarded', 'icmp-errors', 'limits', 'link-local', 'marked', 'policy-chains', 'proof'],
    ...['proof-scope', 'related-forgeries', 'rule-parts', 'rule-text', 'spaces', 'tables'],
    'through-firewall',
  ),
  deployment: {
    ...some(
      'network',
      ...['batches', 'boot-files', 'boot-text', 'counters', 'host-networks', 'rules-diff'].map(
        (name) => `deployment/${name}`,
      ),
      ...['other-tables', 'trace', 'untrusted-rules'].map((name) => `deployment/${name}`),
    ),
    tests: ['network/deployment'],
  },
  foreign: {
    ...some(
      'network',
      ...['chains', 'judge', 'owners', 'passages', 'read-nft', 'read-tests', 'sample', 'walk'].map(
        (name) => `foreign/${name}`,
      ),
    ),
    tests: ['network/foreign'],
  },
  reality: {
    ...some(
      'network',
      ...['addresses', 'finding', 'foreign', 'incus-rules', 'links', 'machines', 'networks'].map(
        (name) => `reality/${name}`,
      ),
      ...['proxies', 'strays'].map((name) => `reality/${name}`),
    ),
    tests: ['network/reality'],
  },
  provision: some('provision', 'events', 'machines', 'report', 'roles', 'steps'),
  repair: some(
    'repair',
    'interfaces',
    'repaired',
    'restore',
    'snapshots',
    'unfinished',
    'without-volume',
  ),
  sandbox: some('sandbox', 'link-addresses', 'places', 'resolver', 'state'),
  scenarios: some('scenarios', 'catalogue', 'collector', 'envelopes', 'features'),
  snapshots: some('snapshots', 'act', 'decide', 'list', 'look', 'names', 'outcome', 'targets'),
  system: some('system', 'apt-sources', 'filter', 'first-free', 'host-facts', 'version'),
  templates: some('templates', 'properties', 'survey'),
  transfer: some('transfer', 'declared', 'entry', 'many', 'place', 'policy', 'scan'),
  tree: {
    sources: ['tree'],
    without: [/\/(desired|file-access|orphans|read-described|stale|sync)\.ts$/],
    tests: ['tree'],
  },
  up: some(
    'up',
    ...['collisions', 'data-folders', 'provision-sampled', 'runs-here', 'shared-images'],
  ),
  upgrade: some('upgrade', 'obstacles', 'plan', 'swap'),
};

/** Tests of processes and clocks: slow, and about what acts. */
const ACTS =
  /\/(engine\/readiness|perform\/stillness|network\/(guests|deploy|targets)|upgrade\/swap)\.test\.ts$/;

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
