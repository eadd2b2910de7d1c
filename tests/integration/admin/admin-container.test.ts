import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LINGERING } from '../lingering.ts';
import { incusCli, uniqueName } from '../support.ts';
import { NestedHost, PROJECT, until } from './nested-host.ts';
import { revertedProduct } from './reverted.ts';

const SERVICE = '/etc/systemd/system/anklume-admin.service';
const ADMIN = ['--project', 'anklume', 'anklume-instance'];
const DEV = '10.140.1.10';

/** The admin container declares the person's number: a host inside a container cannot shift its files. */
const infra = (description: string) => `project_name: office
global: { base_subnet: "10.140", default_os_image: "local:tools" }
domains:
  anklume:
    subnet_id: 0
    ephemeral: true
    machines:
      anklume-instance:
        ip: 10.140.0.10
        roles: [admin_bootstrap]
        config: { raw.idmap: "both 1000 1000" }
        allow: [raw.idmap]
  pro:
    subnet_id: 1
    ephemeral: true
    machines:
      pro-dev: { ip: ${DEV}, roles: [greet], description: ${description} }
`;

/** A role that writes down where Ansible ran, and one that holds Ansible up there. */
const greet = `---
- name: Tell who is at work
  ansible.builtin.copy:
    content: "{{ lookup('pipe', 'hostname') }}"
    dest: /etc/greeting
    mode: "0644"
- name: Take time
  ansible.builtin.debug:
    msg: "{{ lookup('pipe', 'touch ${PROJECT}/started; while [ -e ${PROJECT}/hold ]; do sleep 0.1; done') }}"
`;

describe('the admin container on a host with systemd', () => {
  const host = new NestedHost(uniqueName('adm'));
  const bridge = uniqueName('br');
  const incus = async (...words: string[]) => {
    const { code, stdout, stderr } = await host.run('root', ['incus', ...words]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const insideList = () =>
    host.inside('timeout', '10', 'incus', 'list', '--all-projects', '-fcsv', '-cn');
  const answers = async () => (await insideList()).stdout.includes('pro-dev');
  const greeting = () =>
    incus('exec', '--project', 'pro', 'pro-dev', '--', ...LINGERING, 'cat', '/etc/greeting');
  const ownersBelow = (folder: string) => host.sh(`find ${folder} -printf '%u:%g\\n' | sort -u`);

  beforeAll(async () => {
    await incusCli(
      'network',
      'create',
      bridge,
      'ipv4.address=10.227.3.254/24',
      'ipv6.address=none',
    );
    await host.launch(bridge);
    await host.sh(`
      mkdir -p ${PROJECT}/roles_custom/greet/tasks
      cat > ${PROJECT}/infra.yml <<'END'
${infra('first')}END
      cat > ${PROJECT}/roles_custom/greet/tasks/main.yml <<'END'
${greet}END
      chown -R me:me /home/me`);
    for (const words of [['sync'], ['apply', 'infra']])
      expect(await host.anklume(...words)).toMatchObject({ code: 0 });
    const on = await host.anklume('host', 'admin', 'on');
    expect(on, on.stderr).toMatchObject({ code: 0 });
  }, 900_000);
  // A command that still waits would keep the others from their turn.
  afterEach(() => host.sh(`rm -f ${PROJECT}/hold`));
  afterAll(async () => {
    await host.remove();
    await incusCli('network', 'delete', bridge).catch(() => '');
  });

  it('P03-03: the role is satisfied, ansible and git answer inside, and an apply from there manages the other domains', async () => {
    expect((await host.run('me', ['sh', '-c', 'command -v ansible-playbook'])).code).not.toBe(0);
    const bootstrap = await host.anklume('apply', '--limit', 'anklume-instance');
    expect(bootstrap, bootstrap.stderr).toMatchObject({ code: 0 });
    expect(bootstrap.stdout).toContain('1 machine provisioned');
    expect((await host.inside('ansible', '--version')).stdout).toMatch(/^ansible \[core 2\./);
    expect((await host.inside('git', '--version')).stdout).toMatch(/^git version 2\./);

    await incus('delete', '--force', '--project', 'pro', 'pro-dev');
    const { code, stderr } = await host.inside(...host.tool('apply'));
    expect(code, stderr).toBe(0);
    expect(await incus('list', '--project', 'pro', '-fcsv', '-cns')).toBe('pro-dev,RUNNING');
    expect(await greeting()).toBe('anklume-instance');
  });

  // Matrix: NE-104
  it('P23-20: apply on the host has the same output and exit status as without, and runs inside', async () => {
    await incus('exec', '--project', 'pro', 'pro-dev', '--', 'rm', '-f', '/etc/greeting');
    const applied = await host.anklume('apply', '--limit', 'pro-dev');
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    expect(await greeting()).toBe('anklume-instance');
    for (const words of [
      ['infra', '--json'],
      ['infra', '--limit', 'no-such'],
      ['infra', '--tags', 'networks'],
    ]) {
      const [inside, here] = [
        await host.anklume('apply', ...words),
        await host.anklume('apply', ...words, '--here'),
      ];
      expect(timeless(inside.stdout)).toBe(timeless(here.stdout));
      expect(timeless(inside.stderr)).toBe(timeless(here.stderr));
      expect(inside.code).toBe(here.code);
    }
    expect((await host.anklume('apply', 'infra', '--limit', 'no-such')).code).toBe(2);
    // The host has no Ansible, which is how this one is known to have run on it.
    expect((await host.anklume('apply', '--limit', 'pro-dev', '--here')).code).toBe(4);
  });

  it('P23-20: an interrupt reaches the command inside, which ends in its own way', async () => {
    await host.sh(`cd ${PROJECT} && rm -f started && touch hold`);
    const words = ['sh', '-c', 'echo $$ > /tmp/tool && exec "$@"', 'sh'];
    const child = host.start('me', [...words, ...host.tool('apply', '--limit', 'pro-dev')]);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const said = text(child.stderr ?? process.stdin);
    await until(() => exists(`${PROJECT}/started`));
    expect(await working()).not.toBe('');
    await host.sh('kill -INT "$(cat /tmp/tool)"');
    expect(await ended).toBe(130);
    expect(await said).toContain('Interrupted while Ansible was at work in the machines.');
    expect(await working()).toBe('');
  });

  it('P23-20: the terminal is passed on: progress is shown on it, and Ctrl-C is a key', async () => {
    await host.sh(`cd ${PROJECT} && rm -f started && touch hold`);
    const line = host.tool('apply', '--limit', 'pro-dev').join(' ');
    const child = host.start('me', ['env', 'TERM=xterm', 'script', '-qefc', line, '/dev/null']);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const screen = text(child.stdout ?? process.stdin);
    await until(() => exists(`${PROJECT}/started`));
    child.stdin?.write('\x03');
    expect(await ended).toBe(130);
    // The cursor is hidden by the live view alone.
    expect(await screen).toContain('\x1b[?25l');
    // The terminal is given back when the command inside has its key; it ends in its own way.
    await expect.poll(working, { timeout: 60_000 }).toBe('');
  });

  it('P23-20: with the tool on the host killed, nothing goes on inside', async () => {
    await host.sh(`cd ${PROJECT} && rm -f started && touch hold`);
    const words = ['sh', '-c', 'echo $$ > /tmp/tool && exec "$@"', 'sh'];
    const child = host.start('me', [...words, ...host.tool('apply', '--limit', 'pro-dev')]);
    const ended = new Promise((resolve) => child.on('close', resolve));
    await until(() => exists(`${PROJECT}/started`));
    await host.sh('kill -KILL "$(cat /tmp/tool)"');
    await ended;
    await until(async () => (await working()) === '');
  });

  it('P23-24: edited on the host, synced inside; what is made inside belongs to the person on the host', async () => {
    await host.sh(`sed -i 's/description: first/description: second/' ${PROJECT}/infra.yml`);
    const asOwner = ['--user', '1000', '--group', '1000', '--env', 'HOME=/var/lib/anklume'];
    const synced = await host.run('root', [
      ...['incus', 'exec', '--project', 'anklume', ...asOwner, 'anklume-instance', '--'],
      ...host.tool('sync'),
    ]);
    expect(synced, synced.stderr).toMatchObject({ code: 0 });
    expect(synced.stdout).toContain('~ host_vars/pro-dev.yml');
    expect(await host.sh(`cat ${PROJECT}/host_vars/pro-dev.yml`)).toContain('second');
    expect((await host.anklume('apply', '--limit', 'pro-dev')).code).toBe(0);
    expect(await incus('query', '/1.0/instances/pro-dev?project=pro')).toContain('"second"');
    expect(await ownersBelow(PROJECT)).toBe('me:me');
    expect(await ownersBelow('/home/me/.anklume')).toBe('me:me');
    // One history, wherever an apply ran.
    const history = await host.anklume('history', '--json');
    expect(history.stdout.match(/"kind":"apply"/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('P08-02: with the walls up the machine cannot reach pro-dev, and administers it all the same', async () => {
    const ping = () => host.inside('ping', '-c', '1', '-W', '2', DEV);
    expect((await ping()).code).toBe(0);
    await incus('exec', '--project', 'pro', 'pro-dev', '--', 'rm', '-f', '/etc/greeting');
    const up = await host.run('root', host.tool('up', '--yes'));
    expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
    // The host has no Ansible: the roles were given from inside, though the walls stood by then.
    expect(await greeting()).toBe('anklume-instance');
    expect((await ping()).code).toBe(1);
    const words = ['incus', 'exec', '--project', 'pro', 'pro-dev', '--', ...LINGERING, 'hostname'];
    expect((await host.inside(...words)).stdout).toBe('pro-dev');
    await incus('exec', '--project', 'pro', 'pro-dev', '--', 'rm', '-f', '/etc/greeting');
    const provisioned = await host.inside(...host.tool('apply', 'provision', '--limit', 'pro'));
    expect(provisioned, provisioned.stderr).toMatchObject({ code: 0 });
    expect(await greeting()).toBe('anklume-instance');
  });

  // Matrix: NE-203
  it('P02b-03: restarted ten times, the daemon answers inside each time without a hand', async () => {
    for (let round = 1; round <= 10; round += 1) {
      await incus('restart', '--force', ...ADMIN);
      expect(await insideList(), `round ${round}`).toMatchObject({ code: 0 });
      expect(await answers()).toBe(true);
    }
  });

  it('P02b-02: the service is shown first and written only on request', async () => {
    const refused = await host.run('root', host.tool('host', 'admin-service', 'on'));
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('ExecStart=');
    expect(await exists(SERVICE)).toBe(false);
    const on = await host.run('root', host.tool('host', 'admin-service', 'on', '--yes'));
    expect(on, on.stderr).toMatchObject({ code: 0 });
    await host.sh(`systemd-analyze verify ${SERVICE}`);
    expect(await host.sh('systemctl is-active anklume-admin')).toBe('active');
  });

  it('P02b-02: a proxy that was killed is made again', async () => {
    await host.sh(
      "kill -9 $(grep -la '[f]orkproxy' /proc/[0-9]*/cmdline | cut -d/ -f3) 2>/dev/null || true",
    );
    expect(await answers()).toBe(false);
    // Any change of the machine is a reason to look, before the minute is over.
    await incus('config', 'set', ...ADMIN, 'user.touched=1');
    await until(answers);
    await until(async () =>
      (await host.sh('journalctl -u anklume-admin')).includes('was re-created'),
    );
  });

  it('P02b-02: a restart of the machine, of Incus and of the host leaves it working', async () => {
    const works = async () => {
      expect(await host.sh('systemctl is-active anklume-admin')).toBe('active');
      const { code, stdout, stderr } = await insideList();
      expect(code, stderr).toBe(0);
      expect(stdout.split('\n')).toEqual(['anklume-instance', 'pro-dev']);
    };
    await incus('restart', '--force', ...ADMIN);
    await works();
    await host.sh('systemctl restart incus');
    await works();
    await host.reboot();
    await works();
    expect((await host.anklume('host', 'admin', 'status')).stdout).toContain('answers inside');
    expect((await host.anklume('apply', 'infra')).code).toBe(0);
  });

  describe('P02b-05: on a scratch copy of the program', () => {
    let scratch = '';
    const FIX = '/home/me/fix';
    const EARLIER = '/run/incus';
    const reverted = (folder: string, ...words: string[]) =>
      host.run('me', ['env', '-C', folder, 'node', '/opt/reverted/dist/main.js', ...words]);

    beforeAll(async () => {
      scratch = await revertedProduct([
        {
          file: 'src/engine/resources/image.ts',
          from: 'return present ? undefined : create(spec);',
          to: 'return create(present ? spec : spec);',
        },
        {
          file: 'src/images/ensure.ts',
          from: '  if (present !== undefined) return present;\n',
          to: '',
        },
        {
          file: 'src/features/admin/devices.ts',
          from: '/var/lib/incus/unix',
          to: `${EARLIER}/unix`,
        },
        { file: 'src/features/admin/set-up.ts', from: "'/var/lib/incus'", to: `'${EARLIER}'` },
      ]);
      await host.give('reverted', scratch, '/opt/reverted');
      await host.sh(`
        mkdir ${FIX}
        cat > ${FIX}/infra.yml <<'END'
project_name: fix
global: { base_subnet: "10.141" }
domains: { fix: { subnet_id: 1, ephemeral: true, machines: { fix-one: { os_image: "images:tools" } } } }
END
        chown -R me:me ${FIX}`);
      const synced = await reverted(FIX, 'sync');
      expect(synced, synced.stderr).toMatchObject({ code: 0 });
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    it('P02b-05, P02b-01: without its fix an unreachable server fails an apply whose image is there', async () => {
      const before = await reverted(FIX, 'apply', 'infra');
      expect(before.code).toBe(1);
      expect(before.stderr).toContain("'tools'");
      const after = await host.run('me', host.toolIn(FIX, 'apply', 'infra'));
      expect(after, after.stderr).toMatchObject({ code: 0 });
      await incus('delete', '--force', '--project', 'fix', 'fix-one');
    });

    it('P02b-05, P02b-03: without its fix the socket, and the machine, do not survive a restart', async () => {
      // Its keeper would mend the socket meanwhile.
      await host.sh('systemctl stop anklume-admin');
      const list = ['env', `INCUS_SOCKET=${EARLIER}/unix.socket`, 'timeout', '10', 'incus', 'list'];
      expect(await reverted(PROJECT, 'host', 'admin', 'on')).toMatchObject({ code: 0 });
      expect((await host.inside(...list)).code).toBe(0);
      await host.run('root', ['incus', 'restart', '--force', ...ADMIN]);
      expect((await host.inside(...list)).code).not.toBe(0);

      await incus('config', 'device', 'remove', ...ADMIN, 'anklume-socket');
      await incus('start', ...ADMIN);
      const on = await host.anklume('host', 'admin', 'on');
      expect(on, on.stderr).toMatchObject({ code: 0 });
      await incus('restart', '--force', ...ADMIN);
      expect(await answers()).toBe(true);
      await host.sh('systemctl start anklume-admin');
    });
  });

  it('leaves a unit alone that somebody edited, and goes without a trace', async () => {
    await host.sh(`echo '# by hand' >> ${SERVICE}`);
    const off = () => host.run('root', host.tool('host', 'admin-service', 'off'));
    expect((await off()).stderr).toContain('edited since');
    await host.sh(`sed -i '/^# by hand/d' ${SERVICE}`);
    expect((await off()).code).toBe(0);
    expect(await exists(SERVICE)).toBe(false);
    expect(await host.sh('systemctl is-active anklume-admin || true')).toBe('inactive');
  });

  const exists = async (path: string) => (await host.run('root', ['test', '-e', path])).code === 0;
  /** Processes of ours inside; the look itself has no such words. */
  const working = async () => {
    const look =
      "grep -la '[m]ain.js.apply\\|[a]nsible-playbook' /proc/[0-9]*/cmdline 2> /dev/null || true";
    return (await host.inside('sh', '-c', look)).stdout;
  };
});

/** Text without what differs between any two runs. */
function timeless(said: string): string {
  return said.replace(/"(seconds|requests)":[\d.e-]+/g, '"$1":0').replace(/[\d.]+ s\b/g, 'N s');
}
