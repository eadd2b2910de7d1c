import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, snippets } from '../../../scripts/doc-checks.ts';
import { productRoot } from '../../../src/base/system/index.ts';

/** A line of a page that a reader is told to type. */
export interface Line {
  readonly page: string;
  readonly number: number;
  /** Without its comment. */
  readonly text: string;
}

/** The lines of all `sh` blocks of a page, in its order. */
export function linesOf(page: string): Line[] {
  return snippets(page, readFileSync(join(ROOT, page), 'utf8'))
    .filter(({ label }) => label === 'sh')
    .flatMap(({ line, text }) =>
      text.split('\n').map((one, at) => ({
        page,
        number: line + 1 + at,
        text: one.replace(/\s+#\s.*$/, '').trim(),
      })),
    )
    .filter(({ text }) => text !== '');
}

/**
 * Lines that another test runs, for what they need is not to be had in this world: a host of one's own, a graphics
 * card, a second release, roles with packages. `PAGE: LINE`, that test, and what it says there.
 */
export const ELSEWHERE: readonly (readonly [RegExp, string, string])[] = [
  [/^docs\/admin-container/, 'tests/integration/admin/admin-container.test.ts', "'admin', 'on'"],
  [
    /: anklume network (rules|deploy) .*--(output|machine)/,
    'tests/integration/deployment/two-steps.test.ts',
    "'--machine'",
  ],
  [/^docs\/bootstrap/, 'tests/nested/bootstrap.test.ts', 'host bootstrap'],
  [/^docs\/firewall-vm/, 'tests/vms/machines.test.ts', 'sys-firewall'],
  [/^docs\/golden-templates/, 'tests/integration/templates/copies.test.ts', "'derive'"],
  [/^docs\/gpu-advanced/, 'tests/emulated/gpu.test.ts', 'P10-05'],
  [/^docs\/images/, 'tests/integration/images/export.test.ts', "'export'"],
  [/^docs\/incus-in-incus/, 'tests/nested/runner.test.ts', 'test-runner-create'],
  [/^docs\/scenario-testing/, 'tests/integration/scenarios/runner.test.ts', 'run'],
  [/^docs\/upgrade/, 'tests/integration/upgrade/upgrade.test.ts', "'upgrade'"],
  [/: anklume dev test-role/, 'tests/roles/harness.ts', "'test-role'"],
  [/: ansible/, 'tests/roles/provisioned.test.ts', "'ansible-playbook'"],
  [/: make /, 'scripts/makefile.test.ts', 'make'],
  [/: npm run mutation/, 'tests/mutation/main.ts', 'npm run mutation'],
  [/: \.\/anklume dev test/, '.ci/run', './anklume dev test'],
  [/: npx vitest run/, '.ci/run', './anklume dev test'],
  [/: anklume (apply|up) --(no-)?rename/, 'tests/integration/cli/rename.test.ts', '--rename'],
];

export function isElsewhere({ page, text }: Line): boolean {
  return ELSEWHERE.some(([words]) => words.test(`${page}: ${text}`));
}

/** A page whose commands are run, from top to bottom. */
export interface Page {
  readonly name: string;
  /** In an empty folder, with a home of its own; else in a project with the machines of infra.yml, applied. */
  readonly fresh?: boolean;
  /** What a reader has done before, as shell lines. */
  readonly before?: string;
  /** What the reader puts in the place of the page's words. */
  readonly reads: readonly (readonly [RegExp, string])[];
  /** What shows that the lines did what the page says. */
  readonly after?: string;
}

/** The question that a reader answers on a terminal. */
const YES: readonly [RegExp, string] = [/$/, ' --yes'];

const PRODUCT = join(productRoot(), 'anklume');

/** `infra.yml` as `init` writes it, with the image that is made at once. */
const SMALL = "sed -i 's|images:debian/13|probe|' infra.yml";

export const PAGES: readonly Page[] = [
  {
    name: 'README.md',
    fresh: true,
    reads: [
      // The first run may build an image and the second has nothing to do: both end well.
      [
        /^\.\/anklume demo$/,
        `${PRODUCT} demo; ${PRODUCT} demo --json | tail -1; ${PRODUCT} demo --delete --yes`,
      ],
      [/^cd my-infra$/, `cd my-infra; ${SMALL}`],
    ],
    after: 'anklume status --sandbox | grep pro-dev; anklume sandbox delete --yes',
  },
  {
    name: 'docs/quickstart.md',
    fresh: true,
    reads: [
      [/^\.\/anklume demo$/, ''],
      [/\/usr\/local\/bin\/anklume/, '"$HOME/linked"'],
      [/^cd my-infra$/, `cd my-infra; ${SMALL}`],
      [
        /^anklume sync$/,
        "sed -i '0,/^    machines:/s//&\\n      more: {}/' infra.yml; anklume sync",
      ],
      [/^anklume sandbox delete$/, 'anklume sandbox delete --yes'],
    ],
  },
  {
    name: 'docs/apply.md',
    reads: [[/^anklume (apply|up|instance delete|rollback)\b.*/, '$& --yes']],
    after: 'anklume status | grep -q vault',
  },
  {
    name: 'docs/backup.md',
    before: `echo words > secret.txt; export ANKLUME_BACKUP_PASSPHRASE=words
      made() { ls -d "$ANKLUME_HOME"/backups/$1-2*Z | tail -1; }
      archive() { ls "$(made home)"/pro-dev-*.tar.gz* | head -1; }`,
    reads: [
      // Another daemon: tests/integration/backup/copy.test.ts has one.
      [/^anklume backup copy.*/, ''],
      [/\/mnt\/usb/, '"$HOME/mnt"'],
      [/ --recipient .*/, ' --passphrase-file secret.txt'],
      [/^(anklume backup verify) .*/, '$1 "$(made home)"'],
      // All that is in a backup comes back where none of it is left.
      [
        /^(anklume backup restore) home-\S+$/,
        'anklume flush --force --yes; anklume apply --tags networks,projects,profiles --yes; $1 "$(made home)"',
      ],
      [
        /^(anklume backup restore) home-\S+ --project-to \S+/,
        '$1 "$(made home)" --project-to restored --replace --force --yes',
      ],
      [/^(anklume backup restore) pro-dev-\S+/, '$1 "$(archive)"'],
      [/^(.*--start)$/, 'incus delete -f pro-dev --project pro; $1 --yes'],
      [/--replace$/, '--replace --yes --force'],
    ],
    after: 'test -f restored/infra.yml; incus delete -f pro-old --project pro',
  },
  { name: 'docs/behavior-matrix.md', reads: [] },
  { name: 'docs/cli.md', before: 'anklume network deploy --yes', reads: [] },
  {
    name: 'docs/day-to-day.md',
    before: 'anklume network deploy --yes',
    reads: [
      // A reader looks at what comes, then presses Ctrl-C.
      [
        /^(anklume .*--watch)$/,
        'rm -f told; $1 >told & until [ -s told ]; do sleep 0.2; done; kill -INT $$! || true; wait $$!',
      ],
      [/^anklume shell .*/, 'echo exit | $&'],
    ],
  },
  {
    name: 'docs/disposables.md',
    before: 'echo one two > letter.txt',
    reads: [[/--console$/, '-- true']],
    after: 'grep -q 2 words.txt; ! incus list --all-projects --format csv | grep disp-',
  },
  {
    name: 'docs/file-transfer.md',
    before: `echo e > exercise.pdf
      incus exec perso-box --project perso -- sh -c 'mkdir -p /root/photos; echo p > /root/photos/one'
      incus exec pro-dev --project pro -- sh -c 'mkdir -p /srv/in; echo r > /root/report.pdf'`,
    // The class of the page is a domain of its own: tests of src/features/transfer and the working day have one.
    reads: [[/^anklume file copy .*class:.*/, '']],
    after: `grep r report.pdf; incus exec pro-dev --project pro -- cat /srv/in/photos/one`,
  },
  { name: 'docs/golden-cache.md', reads: [YES] },
  {
    name: 'docs/import.md',
    before: 'mkdir imported; cd imported',
    // Other tests have their worlds on this daemon.
    reads: [[/^anklume import/, '$& --project-name home']],
    after: 'anklume plan --exit-code',
  },
  {
    name: 'docs/network-isolation.md',
    before: 'anklume network deploy --yes',
    reads: [[/^anklume network deploy$/, '$& --yes']],
    after:
      'for n in pro; do incus network unset net-$n security.acls; incus network acl delete wall-$n; done',
  },
  { name: 'docs/provision.md', reads: [[/web_server/, 'networks']] },
  {
    name: 'docs/sandbox.md',
    fresh: true,
    before: 'anklume sandbox start',
    reads: [
      [/^anklume sandbox shell$/, "echo 'incus list' | anklume sandbox shell"],
      [/ --uplink/, ''],
      [/^anklume sandbox delete.*/, '$& --yes; anklume sandbox delete --yes'],
    ],
  },
  {
    name: 'docs/snapshots.md',
    before: `newest() { anklume history --json | node -e '
      const last = JSON.parse(require("fs").readFileSync(0, "utf8").trim().split("\\n").at(-1));
      console.log(last.generations.findLast(({ state }) => state === "done").number)'; }`,
    reads: [
      // Names come from the time, in seconds; a reader needs longer for a line.
      [/^anklume snapshot create( pro)?$/, 'sleep 1; $&'],
      [/^anklume (snapshot (restore|delete)|rollback|history delete)\b.*/, '$& --yes'],
      [/^(anklume rollback) (4|'2026[^']*')/, '$1 "$(newest)"'],
    ],
  },
];
