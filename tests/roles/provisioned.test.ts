import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aptInstall,
  aptProxy,
  aptUpdate,
  findProgram,
  productRoot,
  run,
} from '../../src/base/system/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { LINGERING } from '../integration/lingering.ts';
import { type Provisioned, write } from '../integration/provision/world.ts';

const NAME = 'provisioned';
const [ADMIN, SERVER, CLIENT] = ['anklume-instance', 'lab-server', 'lab-client'] as const;

/** The shipped example of a student, with roles: those that its README proposes, and a service of the student's own. */
const infra = (timezone: string, socket: string, proxy: string) => `project_name: student-sysadmin
global: { base_subnet: "10.100", default_os_image: "images:debian/13" }
domains:
  anklume:
    subnet_id: 0
    machines:
      ${ADMIN}:
        ip: "10.100.0.10"
        roles: [base_system, admin_bootstrap]
        base_system_apt_proxy: "${proxy}"
        devices:
          socket: { type: proxy, bind: instance, listen: "unix:/srv/incus.socket", connect: "unix:${socket}" }
          product: { type: disk, source: ${productRoot()}, path: /opt/anklume, readonly: "true" }
  lab:
    subnet_id: 1
    ephemeral: true
    machines:
${[SERVER, CLIENT]
  .map(
    (name, at) => `      ${name}:
        ip: "10.100.1.${10 * at + 10}"
        roles: [base_system, firewall_router, punctual]
        base_system_apt_proxy: "${proxy}"
        base_system_packages_extra: [tree]
        base_system_locale: fr_FR.UTF-8
        base_system_locales_extra: [en_GB.UTF-8]
        base_system_timezone: ${timezone}
`,
  )
  .join('')}`;

const PUNCTUAL = `---
- name: Install cron
  ansible.builtin.apt: { name: cron, install_recommends: false }

- name: Start it
  ansible.builtin.systemd_service: { name: cron, enabled: true, state: started }
`;

/** The playbook in the admin container, whose product stands elsewhere than this host's. */
const RUN_INSIDE = `cd /srv/project
ln -sfn /opt/anklume .anklume/product
export INCUS_SOCKET=/srv/incus.socket ANSIBLE_CONFIG=/srv/project/ansible.cfg
ansible-playbook site.yml`;

/** What two machines with the same roles have in common: packages, services, and the files of /etc but for their names. */
const STATE = `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\n'
systemctl is-active cron
readlink /etc/localtime
locale -a
cd /etc
find . -type f ! -name 'host*' ! -name machine-id ! -name '*-' | sort | xargs md5sum`;

describe('machines with real packages and services', () => {
  let home = '';
  let folder = '';
  let sandbox: Sandbox;
  /** What the first run told of the server. */
  let first: Provisioned['machines'][number] | undefined;

  const env = () => ({ ANKLUME_HOME: home, ANKLUME_LANG: 'en', NO_COLOR: '1' });
  const incus = async (...words: string[]) =>
    (await run(['incus', ...words], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
  const inside = (machine: string, ...words: string[]) =>
    incus(
      ...['exec', '--project', machine === ADMIN ? 'anklume' : 'lab', machine, '--'],
      ...[...LINGERING, ...words],
    );
  const anklume = async (...words: string[]) => {
    const argv = [join(productRoot(), 'anklume'), ...words, '--json', `--sandbox=${NAME}`];
    const { stdout } = await run(argv, { cwd: folder, env: env() });
    const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return last as { readonly provision?: Provisioned };
  };
  /** Ansible of this host, by hand in the project folder; its words on both streams and whether it succeeded. */
  const byHand = async (...words: string[]) => {
    const { code, stdout, stderr } = await run(['ansible-playbook', ...words], {
      cwd: folder,
      env: { INCUS_SOCKET: sandbox.socket, LC_ALL: 'C.UTF-8', ANSIBLE_NOCOLOR: '1' },
      accept: [2],
    });
    return { code, words: `${stdout}\n${stderr}` };
  };

  beforeAll(async () => {
    if (!(await findProgram('ansible-playbook'))) {
      await aptUpdate();
      await aptInstall(['ansible-core']);
    }
    home = await mkdtemp(join(tmpdir(), 'anklume-provisioned-'));
    folder = join(home, 'project');
    process.env.ANKLUME_HOME = home;
    sandbox = await startSandbox(NAME, { uplink: true, storage: 'btrfs', assumeYes: true });
    const proxy = (await aptProxy()) ?? '';
    await write(folder, {
      'infra.yml': infra('Europe/Paris', sandbox.socket, proxy),
      'roles_custom/punctual/tasks/main.yml': PUNCTUAL,
    });
    const { provision } = await anklume('up', '--yes');
    first = provision?.machines.find(({ machine }) => machine === SERVER);
    expect(provision).toMatchObject({ failed: 0 });
  });
  afterAll(async () => {
    await deleteSandbox(NAME);
    await rm(home, { recursive: true, force: true });
  });

  it('P03-01 P03-02 P03-05: one command later, packages are installed, the service runs, locale and time zone are there', async () => {
    for (const machine of [SERVER, CLIENT]) {
      const wanted = ['bash-completion', 'curl', 'less', 'nano', 'procps', 'tree', 'cron'];
      const status = ['dpkg-query', '-W', '-f', `\${db:Status-Status}\\n`, ...wanted];
      expect(await inside(machine, ...status)).toBe(wanted.map(() => 'installed').join('\n'));
      expect(await inside(machine, 'systemctl', 'is-active', 'cron.service')).toBe('active');
      expect(await inside(machine, 'date', '+%Z', '-d', '2024-07-14')).toBe('CEST');
      expect(await inside(machine, 'su', '-l', 'root', '-c', 'locale')).toContain(
        'LANG=fr_FR.UTF-8',
      );
    }
    expect(await inside(ADMIN, 'date', '+%Z')).toBe('UTC');
    expect(await inside(ADMIN, 'sh', '-c', 'command -v tree cron || echo none')).toBe('none');
  });

  it('P03-06: a second up changes nothing, around the machines and in them', async () => {
    const again = await anklume('up', '--yes');
    expect(again.provision).toMatchObject({ changed: 0, failed: 0 });
    expect(again).toMatchObject({ apply: { done: 0, failed: 0 }, rules: { changed: false } });
  });

  it('P02-14: the core of Debian 13 makes of a new machine what that of this host made, and neither warns', async () => {
    const host = (await run(['ansible', '--version'])).stdout;
    const core = await inside(ADMIN, 'ansible', '--version');
    expect(core).toMatch(/core 2\.(19|[2-9]\d)/);
    expect(host).not.toContain(core.split('\n')[0]);

    await incus('delete', '--force', '--project', 'lab', CLIENT);
    await anklume('apply', 'infra');
    const pushed = ['--quiet', '--recursive', '--create-dirs', '--project', 'anklume'];
    await incus('file', 'push', folder, `${ADMIN}/srv`, ...pushed);
    // What it said is told of a failure too.
    const fromAdmin = (words: string) =>
      inside(
        ...[ADMIN, 'sh', '-c'],
        `(set -e; ${RUN_INSIDE} ${words}) > /tmp/said 2>&1; code=$?
        cat /tmp/said; [ $code = 0 ] || cat /tmp/said >&2; exit $code`,
      );
    const made = await fromAdmin(`--limit ${CLIENT}`);
    expect(made).toContain(`changed=${first?.changed} `);
    const state = (machine: string) => inside(machine, 'sh', '-ec', STATE);
    expect(await state(CLIENT)).toBe(await state(SERVER));

    const both = await fromAdmin('');
    const mine = await byHand('site.yml');
    for (const words of [made, both, mine.words])
      expect(words).not.toMatch(/conditional|\[WARNING|DEPRECAT/i);
    for (const words of [both, mine.words])
      for (const machine of [ADMIN, SERVER, CLIENT])
        expect(words).toMatch(
          new RegExp(`${machine} +: ok=\\d+ +changed=0 +unreachable=0 +failed=0`),
        );
  });

  it("P03-07: the role's own check passes, and fails when one of its packages is taken away", async () => {
    // Beside the variables of the project, where Ansible looks for them.
    const shipped = join(productRoot(), 'roles/base_system/molecule/default/verify.yml');
    await copyFile(shipped, join(folder, 'verify.yml'));
    const verify = ['verify.yml', '--limit', SERVER];
    expect(await byHand(...verify)).toMatchObject({ code: 0 });
    await inside(SERVER, 'dpkg', '--remove', 'tree');
    const { code, words } = await byHand(...verify);
    expect(code).toBe(2);
    expect(words).toMatch(/failed: \[lab-server\] \(item=tree\)/);
  });

  // Matrix: PV-104
  it('P03-02: another time zone in infra.yml reaches the machines', async () => {
    const path = join(folder, 'infra.yml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('Europe/Paris', 'America/Lima'));
    const { provision } = await anklume('apply', '--sync');
    expect(provision).toMatchObject({ failed: 0 });
    for (const machine of [SERVER, CLIENT]) {
      expect(await inside(machine, 'date', '+%Z')).toBe('-05');
      expect(await inside(machine, 'timedatectl', 'show', '--property=Timezone', '--value')).toBe(
        'America/Lima',
      );
    }
  });
});
