import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aptMirrors, productRoot, run } from '../../src/base/system/index.ts';
import { placeAptFiles, waitUntilUp } from '../../src/features/dev/roles/set-up-machine.ts';
import { cachedFiles } from '../../src/images/index.ts';
import { hostImage } from '../integration/nesting/host-image.ts';
import { Bed } from './bed.ts';

/** A host with the other line of Incus that gets long support. */
const HOST = { name: 'lts', project: 'default' };

/**
 * Everything but what needs more of its host than a container can be: loop devices for btrfs (`faults/round-trips`,
 * `sandbox`), a second systemd machine in namespaces (`deployment`, `nesting`), a Node that is one file (`admin`, `snapshots/self`).
 */
const TESTS =
  process.env.ANKLUME_LTS_TESTS ??
  [
    ...['incus', 'engine', 'network', 'firewall', 'import', 'backup', 'cli', 'rows'],
    ...['snapshots/snapshots', 'snapshots/rollback'],
    ...['provision', 'golden', 'templates', 'disposables', 'images', 'upgrade', 'dev', 'scenarios'],
    ...['docs', 'faults/tool-killed', 'faults/daemon-killed', 'faults/data-killed'],
  ].join(' ');

const PACKAGES = [
  ...[
    'tini',
    'btrfs-progs',
    'busybox-static',
    'mmdebstrap',
    'nftables',
    'ansible-core',
    'git',
    'rsync',
  ],
  ...['make', 'gpg', 'zstd', 'xz-utils', 'iputils-ping', 'procps'],
];

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.make();
  const { metadata, rootfs } = await hostImage();
  await bed.incus('image', 'import', metadata, rootfs, '--alias', 'host', '--quiet');
  await bed.incus('network', 'create', 'lts0', 'ipv4.address=10.208.9.1/24', 'ipv6.address=none');
  await bed.incus(
    ...['launch', 'host', HOST.name, '--quiet', '--storage', 'default', '--network', 'lts0'],
    ...['--config', 'security.nesting=true'],
  );
  const door = { incus: bed.door };
  await waitUntilUp(door, HOST);
  await placeAptFiles(door, HOST);
  const { main } = await aptMirrors();
  const install = 'DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends';
  await sh(`
    printf 'root:1000000:250000000\\n' | tee /etc/subuid > /etc/subgid
    echo 'deb ${main} trixie-backports main' >> /etc/apt/sources.list
    apt-get -q update
    ${install} -t trixie-backports incus-base incus-client
    ${install} ${PACKAGES.join(' ')}
    mkdir -p /opt/anklume /root/.cache/anklume/images`);
  await carry();
});
afterAll(() => bed.remove());

const sh = (script: string) => bed.sh(HOST.name, HOST.project, script);

/** The working tree with its dependencies, and the image that machines are made from. */
async function carry(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-lts-'));
  try {
    const tree = join(scratch, 'tree.tar');
    await run(['tar', '-C', productRoot(), '--exclude=./.git', '-cf', tree, '.']);
    await bed.incus('file', 'push', tree, `${HOST.name}/srv/tree.tar`, '--quiet');
    await sh('tar -C /opt/anklume -xf /srv/tree.tar --no-same-owner && rm /srv/tree.tar');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  for (const file of await cachedFiles('images:debian/13')) {
    const path = `${HOST.name}/root/.cache/anklume/images/${basename(file)}`;
    await bed.incus('file', 'push', file, path, '--quiet');
  }
}

it('the integration tests pass against Incus 7.0', async () => {
  expect(await sh('/usr/libexec/incus/incusd --version')).toMatch(/^7\.0\./);
  const files = TESTS.split(' ').map((part) =>
    part.startsWith('faults') ? `tests/${part}` : `tests/integration/${part}`,
  );
  const report = await sh(`cd /opt/anklume
    if node_modules/.bin/vitest run --project integration --project faults --reporter=json \\
      --outputFile=/srv/report.json ${files.join(' ')} > /srv/log 2>&1
    then :; else tail -c 4000 /srv/log >&2; fi
    cat /srv/report.json`);
  const { numPassedTests, testResults } = JSON.parse(report) as {
    numPassedTests: number;
    testResults: {
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
    }[];
  };
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join().slice(0, 600)}`);
  expect(failed).toEqual([]);
  expect(numPassedTests).toBeGreaterThan(0);
});
