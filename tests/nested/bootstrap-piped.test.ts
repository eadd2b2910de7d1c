import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot, run } from '../../src/base/system/index.ts';
import { placeAptFiles, waitUntilUp } from '../../src/features/dev/roles/set-up-machine.ts';
import { debianWith } from '../integration/nesting/host-image.ts';
import { Bed } from './bed.ts';

/** Debians without anklume, and on each a web server that stands for the place where anklume is published. */
const VERSIONS = [
  { version: '13', node: 'of its own packages' },
  { version: '12', node: 'that somebody has put there' },
] as const;

const INFRA = `project_name: home
global: { base_subnet: "10.232", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, machines: { red-one: { ip: 10.232.1.1 } } }
  blue: { subnet_id: 2, machines: { blue-one: { ip: 10.232.2.1 } } }
`;
const ANSWERS = 'infra: /opt/srv/infra.yml\nproject: /srv/home\nmode: dev\n';
const WEB = 'https://localhost:8443';

let bed: Bed;
let host = { name: '', project: 'default' };
let before = '';
beforeAll(async () => {
  bed = await Bed.make();
  await bed.incus('network', 'create', 'piped0', 'ipv4.address=10.208.6.1/24', 'ipv6.address=none');
});
afterAll(() => bed.remove());

const sh = (script: string) => bed.sh(host.name, host.project, script);
const inventory = () => sh('bash /opt/srv/inventory.sh');
const push = (from: string, name: string) =>
  bed.incus('file', 'push', from, `${host.name}/opt/srv/${name}`, '--quiet');

/** What people fetch: the script, and the package as npm makes it. */
async function publish(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'anklume-piped-'));
  try {
    const pack = ['npm', 'pack', '--silent', '--pack-destination', scratch];
    const { stdout } = await run(pack, { cwd: productRoot() });
    await push(join(scratch, stdout.trim().split('\n').at(-1) ?? ''), 'anklume.tgz');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  await push(join(productRoot(), 'bootstrap.sh'), 'bootstrap.sh');
  await push(join(productRoot(), 'tests/nested/host-inventory.sh'), 'inventory.sh');
  await sh(`cd /opt/srv
    printf '%s' '${INFRA}' > infra.yml
    printf '%s' '${ANSWERS}' > answers.yml
    printf 'root:1000000:250000000\\n' | tee /etc/subuid > /etc/subgid
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \\
      -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2> /dev/null
    sha256sum anklume.tgz > anklume.tgz.sha256
    systemd-run --quiet --unit=web --working-directory=/opt/srv \\
      openssl s_server -accept 8443 -cert cert.pem -key key.pem -WWW
    apt-get -q update`);
}

/** What bash says of the script from the web, and its status as the last line. */
const piped = (words: string) =>
  sh(`export CURL_CA_BUNDLE=/opt/srv/cert.pem; cd /; status=0
    curl -fsSL ${WEB}/bootstrap.sh | bash -s -- --from ${WEB}/anklume.tgz ${words} 2>&1 || status=$?
    echo "exit $status"`);
const WHOLE = '--yes --answers /opt/srv/answers.yml';

describe.each(VERSIONS)('Debian $version, with a Node.js $node', ({ version }) => {
  beforeAll(async () => {
    const packages = ['curl', 'ca-certificates', 'openssl', 'nftables'];
    const { metadata, rootfs } = await debianWith('piped-host', packages, version);
    host = { name: `piped-${version}`, project: 'default' };
    await bed.incus('image', 'import', metadata, rootfs, '--alias', host.name, '--quiet');
    await bed.incus(
      ...['launch', host.name, host.name, '--quiet', '--storage', 'default'],
      ...['--network', 'piped0', '--config', 'security.nesting=true'],
    );
    const door = { incus: bed.door };
    await waitUntilUp(door, host);
    await placeAptFiles(door, host);
    await sh('mkdir /opt/srv');
    // The one of Debian 12 is too old, and its makers are out of reach here: this machine's own is one file.
    if (version === '12') {
      const target = `${host.name}/usr/local/bin/node`;
      await bed.incus('file', 'push', process.execPath, target, '--mode', '755', '--quiet');
    }
    await publish();
    before = await inventory();
  });
  afterAll(() => bed.incus('delete', '--force', host.name));

  it('P23-13: another checksum leaves the host as it is', async () => {
    expect(await piped(`--sha256 ${'0'.repeat(64)} ${WHOLE}`)).toMatch(/was not used\.\nexit 1$/);
    expect(await inventory()).toBe(before);
  });

  it('P23-14, P23-21: piped from the web, it ends with the world running', async () => {
    expect(await piped(WHOLE)).toMatch(/This host is ready[\s\S]*exit 0$/);
    expect(await sh('anklume prove -C /srv/home')).toContain('The isolation is as declared');
    expect(await piped(WHOLE)).toMatch(/Nothing to do[\s\S]*exit 0$/);
  });

  it('B09-01: the way back takes along what the script brought', async () => {
    const status = await sh('anklume host status');
    expect(status).toContain('Folder /opt/anklume');
    expect(status.includes('nodejs')).toBe(version === '13');
    expect(status.includes('anklume-backports.list')).toBe(version === '12');
    expect(await sh(`anklume host uninstall --purge ${host.name} --yes`)).toContain(
      'Everything that bootstrap changed',
    );
    expect(await inventory()).toBe(before);
  });
});
