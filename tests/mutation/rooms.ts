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

/** Some of the files of folders, as words, and all of the tests in others. */
function some(tests: readonly string[], files: Readonly<Record<string, string>>): Room {
  const sources = Object.entries(files).flatMap(([folder, names]) =>
    names.split(' ').map((name) => `${folder}/${name}.ts`),
  );
  return { sources, without: [], tests };
}

export const ROOMS: Readonly<Record<string, Room>> = {
  admin: some(['features/admin'], { 'features/admin': 'devices idmap service' }),
  backup: some(['features/backup'], {
    'features/backup': 'choose choose-restore form identity manifest names note retention',
  }),
  kit: some(['kit', 'cli', 'features/network/render'], {
    kit: 'argv flags parser-texts seconds typography unknown-command whole-number',
    'kit/completion': 'typed',
    'kit/render': 'aligned formats table wrap',
    'features/network/render': 'drop-reasons matrix',
  }),
  dev: some(['features/dev'], {
    'features/dev': 'linters results',
    'features/dev/matrix': 'coverage read scan',
    'features/dev/roles': 'apt-files inventory scenario',
    'features/dev/runner': 'inner-event inner-result kind place unit',
  }),
  disposables: some(['features/disposables'], {
    'features/disposables': 'address body home name pool tag',
    site: 'disposable-named',
  }),
  engine: some(['engine'], {
    engine:
      'addressing aside-origin ceilings flush held-at-boot listens machine-defaults moves own-marks renames shrinks unguarded-notes',
    'engine/idmap': 'defaults notes ranges refuse shared-volumes sub-ids unshift',
    'engine/reality': 'dangers notes refuse',
    'engine/resources': 'dnsmasq',
    'engine/perform': 'merge',
  }),
  plan: some(['engine'], {
    engine:
      'addresses compare compute-plan conflicts decide labels marks ownership removal removal-targets requirements selection spec specs orphans values',
    'engine/resources': 'image instance instance-spec network pool profile project volume',
  }),
  firewall: some(['isolation/vm'], {
    'isolation/vm': 'attach router-rules steering steering-text subnets',
  }),
  generations: some(['features/generations'], {
    'features/generations': 'choose concerned data reached record retention',
  }),
  copies: some(['copies'], { copies: 'copy identity scrub' }),
  golden: some(['features/golden'], {
    'features/golden': 'candidates inventory kept recipe share words',
  }),
  images: some(['images'], {
    images: 'architecture missing reference tar',
    'images/store': 'manifest',
    'images/debian': 'recipe ubuntu',
    'images/debian-vm': 'boot recipe',
  }),
  import: { sources: ['features/import'], without: [], tests: ['features/import'] },
  incus: some(['incus'], {
    incus: 'change complete endpoint errors guest kinds locate power unreachable words',
    'incus/exec': 'held written',
    'incus/sftp': 'wire',
  }),
  infra: {
    sources: ['world/infra'],
    without: [/\/(find|sources|types)\.ts$/],
    tests: ['world/infra'],
  },
  instances: some(['features/instances'], { 'features/instances': 'find lines power usage watch' }),
  messages: some(['base/messages'], { 'base/messages': 'error events language problem text' }),
  nesting: some(['nesting'], { nesting: 'context detect marks templates' }),
  network: some(['isolation'], {
    'isolation/rules':
      'comment fixed-chains guard guard6 leg-guard leg-guard6 private-ranges rules ruleset walls',
    'isolation/model': 'evaluate explain flows',
    'isolation/load': 'update',
    'isolation/proof': 'forgeries forgeries6 leg-forgeries leg-forgeries6 probes',
  }),
  walls: some(['isolation'], {
    'isolation/rules':
      'boot-guard closed-rules dhcp-clients firewall guarded icmp-errors limits link-local policy-chains rule-parts rule-text through-firewall',
    'isolation/load': 'checked closed tables',
    'isolation/proof': 'forgery proof proof-scope related-forgeries spaces',
    'isolation/model': 'marked',
  }),
  deployment: some(['isolation/load'], {
    'isolation/load':
      'batches boot-files boot-text counters host-networks rules-diff other-tables trace untrusted-rules',
  }),
  foreign: some(['isolation/foreign'], {
    'isolation/foreign': 'chains judge owners passages read-nft read-tests sample walk',
  }),
  reality: some(['isolation/proof/reality'], {
    'isolation/proof/reality':
      'addresses finding foreign incus-rules links machines networks proxies strays',
  }),
  provision: some(['provision'], { provision: 'events machines report roles steps' }),
  repair: some(['repair'], {
    repair: 'interfaces repaired restore snapshots unfinished without-volume',
  }),
  sandbox: some(['sandbox'], { sandbox: 'link-addresses places resolver state' }),
  scenarios: some(['features/scenarios'], {
    'features/scenarios': 'catalogue collector envelopes features',
  }),
  snapshots: some(['features/snapshots', 'site'], {
    'features/snapshots': 'act decide list look outcome',
    site: 'snapshot-names targets',
  }),
  system: some(['base/system'], {
    'base/system': 'apt-sources filter first-free host-facts version',
  }),
  templates: some(['features/templates'], { 'features/templates': 'properties survey' }),
  transfer: some(['features/transfer'], {
    'features/transfer': 'declared entry many place policy scan',
  }),
  tree: {
    sources: ['world/tree'],
    without: [/\/(desired|file-access|orphans|read-described|stale|sync)\.ts$/],
    tests: ['world/tree'],
  },
  site: some(['site', 'provision'], {
    site: 'collisions data-folders runs-here shared-images',
    provision: 'sampled',
  }),
  upgrade: some(['features/upgrade'], { 'features/upgrade': 'obstacles plan swap' }),
};

/** Tests of processes and clocks: slow, and about what acts. */
const ACTS =
  /\/(engine\/readiness|perform\/stillness|(proof\/(guests|targets)|load\/deploy)|upgrade\/swap)\.test\.ts$/;

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
