import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot, run } from '../../src/base/system/index.ts';
import { placeAptFiles, waitUntilUp } from '../../src/features/dev/roles/set-up-machine.ts';
import { debianWith } from '../integration/nesting/host-image.ts';
import { Bed } from './bed.ts';

/** A Debian 13 on which somebody has cloned anklume, and nothing else. */
const HOST = { name: 'bare', project: 'default' };

const INFRA = `project_name: home
global: { base_subnet: "10.232", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, machines: { red-one: { ip: 10.232.1.1 }, red-two: { ip: 10.232.1.2 } } }
  blue: { subnet_id: 2, machines: { blue-one: { ip: 10.232.2.1 } } }
`;
const ANSWERS = 'infra: /root/infra.yml\nproject: /srv/home\nmode: dev\n';

let bed: Bed;
let before = '';
beforeAll(async () => {
  bed = await Bed.make();
  const { metadata, rootfs } = await debianWith('fresh-host', ['nodejs', 'nftables']);
  await bed.incus('image', 'import', metadata, rootfs, '--alias', 'fresh', '--quiet');
  await bed.incus('network', 'create', 'bare0', 'ipv4.address=10.208.7.1/24', 'ipv6.address=none');
  await bed.incus(
    ...['launch', 'fresh', HOST.name, '--quiet', '--storage', 'default', '--network', 'bare0'],
    ...['--config', 'security.nesting=true'],
  );
  const door = { incus: bed.door };
  await waitUntilUp(door, HOST);
  await placeAptFiles(door, HOST);
  await carry();
  // A container has no range of numbers for the users of the containers inside it, but what it was given itself.
  await sh(`printf 'root:1000000:250000000\\n' | tee /etc/subuid > /etc/subgid
    apt-get -q update
    printf '%s' ${quoted(INFRA)} > /root/infra.yml
    printf '%s' ${quoted(ANSWERS)} > /root/answers.yml`);
  await push('tests/nested/host-inventory.sh', '/opt/host-inventory.sh');
  before = await inventory();
});
afterAll(() => bed.remove());

/** The client of Incus keeps files of its own in a home; that is the test's, not the host's. */
const sh = (script: string) =>
  bed.sh(HOST.name, HOST.project, `incus() { HOME=/tmp command incus "$@"; }\n${script}`);
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const inventory = () => sh('bash /opt/host-inventory.sh');
/** What a command prints, and its exit status as the last line. */
const tool = (words: string) =>
  sh(`status=0; /opt/anklume/anklume ${words} 2>&1 || status=$?; echo "exit $status"`);
const BOOTSTRAP = 'host bootstrap --yes --answers /root/answers.yml';
const WAIT = { timeout: 300_000, interval: 500 };

/** The built program alone: what a package of it would bring. */
async function carry(): Promise<void> {
  await run([join(productRoot(), 'anklume'), '--version']);
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-bare-'));
  try {
    const tree = join(scratch, 'tree.tar');
    const without = ['./.git', './tests'].map((path) => `--exclude=${path}`);
    await run(['tar', '-C', productRoot(), ...without, '-cf', tree, '.']);
    await bed.incus('file', 'push', tree, `${HOST.name}/srv/tree.tar`, '--quiet');
    await sh('mkdir /opt/anklume && tar -C /opt/anklume -xf /srv/tree.tar --no-same-owner');
    await sh('rm /srv/tree.tar');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function push(from: string, to: string): Promise<void> {
  await bed.incus('file', 'push', join(productRoot(), from), `${HOST.name}${to}`, '--quiet');
}

it('P23-01: a dry run tells every change and makes none', async () => {
  const plan = await tool(`${BOOTSTRAP} --dry-run`);
  for (const one of ['incus-base', '60-anklume.conf', 'incus.socket', 'incusbr0', '/srv/home'])
    expect(plan).toContain(one);
  expect(plan).toMatch(/exit 0$/);
  expect(await inventory()).toBe(before);
});

it('P23-03, P23-07, P23-21: a bare Debian becomes a host with its world, proved', async () => {
  expect(await tool(BOOTSTRAP)).toMatch(/This host is ready[\s\S]*exit 0$/);
  expect(await sh('incus storage list --format csv --columns nD')).toBe('default,dir');
  expect(await sh('incus profile show default')).toContain('network: incusbr0');
  expect(await sh('anklume prove -C /srv/home')).toContain('The isolation is as declared');
  expect(await sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('1');
});

it('P23-08: a second run finds nothing to do', async () => {
  const rules = await sh('nft --stateless list ruleset');
  expect(await tool(BOOTSTRAP)).toMatch(/Nothing to do[\s\S]*exit 0$/);
  expect(await sh('nft --stateless list ruleset')).toBe(rules);
});

it('P23-23: a change of infra.yml needs no other step', async () => {
  await sh("sed -i 's/blue-one: {/blue-two: {}, blue-one: {/' /srv/home/infra.yml");
  expect(await tool('up --yes -C /srv/home')).toMatch(/exit 0$/);
  expect(await sh('incus list --all-projects --format csv --columns n')).toContain('blue-two');
});

it('B09-01: status looks at each change anew', async () => {
  expect(await tool('host status --exit-code')).toMatch(/All as it was left[\s\S]*exit 0$/);
  await sh('echo "# mine" >> /etc/sysctl.d/60-anklume.conf');
  expect(await tool('host status --exit-code')).toMatch(/changed since[\s\S]*exit 3$/);
  await sh("sed -i '/mine/d' /etc/sysctl.d/60-anklume.conf");
});

it('P23-21: after a reboot the machines run, isolated', async () => {
  await bed.incus('restart', HOST.name);
  await expect
    .poll(() => sh('systemctl is-system-running || true'), WAIT)
    .toMatch(/running|degraded/);
  const running = 'incus list --all-projects --format csv --columns s | sort | uniq -c';
  await expect.poll(() => sh(running), WAIT).toMatch(/^4 RUNNING$/);
  expect(await sh('anklume prove -C /srv/home')).toContain('The isolation is as declared');
});

it('B09-01: without a purge, machines stay with all that they need', async () => {
  expect(await tool('host uninstall --yes')).toMatch(/Not taken back[\s\S]*exit 1$/);
  expect(await sh('incus list --all-projects --format csv --columns s | sort -u')).toBe('RUNNING');
  expect(await sh('systemctl is-enabled anklume-network')).toBe('enabled');
  expect(await tool('host uninstall --purge other --yes')).toMatch(/exit 2$/);
});

it('B09-01: with the typed name, the host is what it was, object by object', async () => {
  // What somebody else puts on the host after bootstrap is theirs: a service that runs, a folder that is still empty.
  await sh(`printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/theirs.service
    mkdir /var/lib/theirs && systemctl daemon-reload && systemctl start theirs`);
  expect(await tool(`host uninstall --purge ${HOST.name} --yes`)).toMatch(
    /Everything that bootstrap changed[\s\S]*exit 0$/,
  );
  expect(await sh('systemctl is-active theirs && ls -d /var/lib/theirs')).toBe(
    'active\n/var/lib/theirs',
  );
  await sh(`systemctl stop theirs && rm /etc/systemd/system/theirs.service
    rmdir /var/lib/theirs && systemctl daemon-reload`);
  expect(await inventory()).toBe(before);
});

it('P23-13, B09-01: killed thirty times, it converges, and the way back is the same', async () => {
  // Each run is killed with all that it started, a little later than the one before it.
  await sh(`for at in $(seq 1 30); do
    setsid /opt/anklume/anklume ${BOOTSTRAP} > /dev/null 2>&1 & pid=$!
    sleep "$(echo "$at" | awk '{ print 0.4 + $1 * 0.35 }')"
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done`);
  expect(await tool(BOOTSTRAP)).toMatch(/exit 0$/);
  expect(await sh('anklume prove -C /srv/home')).toContain('The isolation is as declared');
  expect(await tool(`host uninstall --purge ${HOST.name} --yes`)).toMatch(/exit 0$/);
  expect(await inventory()).toBe(before);
});
