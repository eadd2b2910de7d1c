import { describe, expect, it } from 'vitest';
import { CONTEXT, loadText } from '../load-text.test-kit.ts';
import type { ResolveContext } from '../types.ts';

type Body = Readonly<Record<string, unknown>>;

/** What is found about permissions in a document with one machine and what it is given by itself or a profile. */
function found(
  settings: Body,
  { machine = {}, domain = {}, top = {}, through = 'machine', context = CONTEXT } = {} as {
    machine?: Body;
    domain?: Body;
    top?: Body;
    through?: 'machine' | 'profile' | 'default';
    context?: ResolveContext;
  },
) {
  const profile = through === 'default' ? 'default' : 'extra';
  const own = through === 'machine' ? settings : {};
  const document = {
    project_name: 'p',
    domains: {
      pro: {
        subnet_id: 1,
        ...domain,
        ...(through !== 'machine' && { profiles: { [profile]: settings } }),
        machines: {
          web: {
            ...own,
            ...(through === 'profile' && { profiles: ['default', 'extra'] }),
            ...machine,
          },
        },
      },
      lab: { subnet_id: 2 },
    },
    ...top,
  };
  const { problems } = loadText(JSON.stringify(document), context);
  return problems.filter(({ code }) => /^(dangerous|foreign|privileged|permission)/.test(code));
}

const config = (key: string, value: unknown) => ({ config: { [key]: value } });
const device = (body: Body) => ({ devices: { thing: body } });
const disk = (source: string, more: Body = {}) =>
  device({ type: 'disk', source, path: '/mnt', ...more });

/** Each dangerous setting, and the word that permits it. */
const DANGERS: readonly (readonly [Body, string])[] = [
  [config('raw.idmap', 'both 1000 1000'), 'raw.idmap'],
  [config('raw.lxc', 'lxc.hook.pre-start=/bin/true'), 'raw.lxc'],
  [config('raw.apparmor', 'mount,'), 'raw.apparmor'],
  [config('raw.seccomp', '2'), 'raw.seccomp'],
  [config('raw.qemu', '-drive file=/dev/sda'), 'raw.qemu'],
  [config('raw.qemu.conf', '[drive]'), 'raw.qemu.conf'],
  [config('raw.qemu.qmp.early', '{}'), 'raw.qemu.qmp.early'],
  [config('raw.qemu.scriptlet', 'def qemu_hook():'), 'raw.qemu.scriptlet'],
  [config('raw.of.tomorrow', 'x'), 'raw.of.tomorrow'],
  [config('security.syscalls.allow', 'kexec_load'), 'security.syscalls.allow'],
  [config('security.syscalls.whitelist', 'kexec_load'), 'security.syscalls.whitelist'],
  [config('security.syscalls.intercept.bpf', 'true'), 'security.syscalls.intercept.bpf'],
  [
    config('security.syscalls.intercept.bpf.devices', 'true'),
    'security.syscalls.intercept.bpf.devices',
  ],
  [config('security.syscalls.intercept.mknod', 'true'), 'security.syscalls.intercept.mknod'],
  [config('security.syscalls.intercept.setxattr', 'true'), 'security.syscalls.intercept.setxattr'],
  [config('security.syscalls.intercept.mount', 'true'), 'security.syscalls.intercept.mount'],
  [
    config('security.syscalls.intercept.mount.allowed', 'ext4'),
    'security.syscalls.intercept.mount.allowed',
  ],
  [
    config('security.syscalls.intercept.sched_setscheduler', 'true'),
    'security.syscalls.intercept.sched_setscheduler',
  ],
  [config('security.bpffs.path', '/sys/fs/bpf'), 'security.bpffs.path'],
  [config('security.guestapi.images', 'true'), 'security.guestapi.images'],
  [config('security.idmap.base', '1000000'), 'security.idmap.base'],
  [config('security.idmap.base', '0'), 'security.idmap.base'],
  [config('security.idmap.base', 0), 'security.idmap.base'],
  [config('linux.kernel_modules', 'br_netfilter'), 'linux.kernel_modules'],
  [config('volatile.idmap.next', '[]'), 'volatile.idmap.next'],
  ...[
    '/',
    '/etc',
    '/etc/shadow',
    '/proc',
    '/sys',
    '/dev',
    '/dev/sda',
    '/run',
    '/run/incus',
    '/boot',
    '/root',
    '/root/.ssh',
    '/usr',
    '/usr/local/bin',
    '/bin',
    '/sbin',
    '/lib',
    '/lib/modules',
    '/lib64',
    '/var',
    '/var/lib',
    '/var/lib/incus',
    '/var/lib/incus/unix.socket',
    '/var/lib/lxd',
    '/var/lib/docker',
    '/var/run',
    '/var/run/docker.sock',
    '/var/log',
    '/var/spool/cron',
    '/home/me/.ssh',
    '/srv/incus/unix.socket',
    '/srv/some/docker.sock',
    '/srv/home/sandboxes/default/incus',
  ].map((source) => [disk(source), `disk:${source}`] as const),
  [disk('/srv', { 'raw.mount.options': 'dev,suid' }), 'disk:raw.mount.options'],
  ...['/dev/sda', '/dev/nvme0n1', '/dev/dm-0', '/dev/loop0', '/dev/anything'].map(
    (path) => [device({ type: 'unix-block', path }), `unix-block:${path}`] as const,
  ),
  [device({ type: 'unix-block', major: 8, minor: 0 }), 'unix-block:8:0'],
  ...[
    '/dev/mem',
    '/dev/kmem',
    '/dev/port',
    '/dev/kmsg',
    '/dev/sg0',
    '/dev/nvme0',
    '/dev/mapper/control',
    '/dev/loop-control',
    '/dev/uinput',
    '/dev/input/event0',
    '/dev/hidraw0',
    '/dev/vfio/vfio',
    '/dev/cpu/0/msr',
    '/dev/nobody-knows',
    '/dev/net/tun/../../mem',
  ].map((path) => [device({ type: 'unix-char', path }), `unix-char:${path}`] as const),
  [device({ type: 'unix-char', source: '/dev/mem', path: '/dev/null' }), 'unix-char:/dev/mem'],
  [device({ type: 'unix-char', path: '/dev/fuse', major: 1, minor: 1 }), 'unix-char:/dev/fuse'],
  [device({ type: 'unix-char', path: '/dev/fuse', major: '1', minor: '4' }), 'unix-char:/dev/fuse'],
  [device({ type: 'unix-hotplug' }), 'unix-hotplug'],
  [device({ type: 'unix-hotplug', vendorid: '0781' }), 'unix-hotplug:0781'],
  [device({ type: 'usb' }), 'usb'],
  [device({ type: 'pci', address: '0000:01:00.0' }), 'pci:0000:01:00.0'],
  ...['unix:/var/lib/incus/unix.socket', 'unix:/tmp/any.sock', 'unix:@abstract'].map(
    (connect) =>
      [
        device({ type: 'proxy', bind: 'instance', listen: 'unix:/run/x', connect }),
        `proxy:${connect}`,
      ] as const,
  ),
  [
    device({ type: 'proxy', bind: 'instance', listen: 'tcp::80', connect: 'tcp:10.100.2.5:80' }),
    'proxy:tcp:10.100.2.5:80',
  ],
  [
    device({ type: 'proxy', listen: 'unix:/run/docker.sock', connect: 'unix:/run/mine' }),
    'proxy:unix:/run/docker.sock',
  ],
  [device({ type: 'nic', network: 'net-lab' }), 'nic:net-lab'],
  [device({ type: 'nic', nictype: 'bridged', parent: 'net-lab' }), 'nic:net-lab'],
  [device({ type: 'nic', nictype: 'bridged', parent: 'br0' }), 'nic:br0'],
  [device({ type: 'nic', network: 'incusbr0' }), 'nic:incusbr0'],
  ...['macvlan', 'ipvlan', 'routed', 'physical', 'sriov', 'p2p'].map(
    (nictype) => [device({ type: 'nic', nictype, parent: 'eth0' }), `nic:${nictype}`] as const,
  ),
];

describe('B06-05: what equals privileged', () => {
  it.each(DANGERS)('%j needs the word %s', (settings, word) => {
    const code = word.startsWith('nic:') ? 'foreign-nic' : 'dangerous-setting';
    for (const through of ['machine', 'profile', 'default'] as const) {
      const [problem, ...others] = found(settings, { through });
      expect([problem?.code, problem?.severity, others]).toEqual([code, 'error', []]);
      expect(problem?.place).toBeDefined();
      expect(problem?.remedy?.en).toContain('allow: [');
      expect(problem?.remedy?.en.replaceAll('\\"', '"')).toContain(word);
      expect(found(settings, { through, machine: { allow: [word] } })).toEqual([]);
      expect(found(settings, { through, machine: { allow: ['limits.cpu'] } })).toHaveLength(2);
      const yolo = { ...CONTEXT, nesting: { ...CONTEXT.nesting, yolo: true } };
      expect(found(settings, { through, context: yolo })[0]?.severity).toBe('warning');
      expect(found(settings, { through, machine: { type: 'vm' } })[0]?.severity).toBe('error');
    }
  });

  it.each([true, 1, 'true', 'TRUE', '1', 'yes', 'YES', 'on', 'On'])(
    '%j switches a key on',
    (on) => {
      for (const key of ['security.guestapi.images', 'security.syscalls.intercept.mount'])
        expect(found(config(key, on))).toMatchObject([{ severity: 'error' }]);
      expect(found(config('security.privileged', on))).toMatchObject([
        { code: 'privileged-container' },
      ]);
      expect(found(config('security.syscalls.deny_default', on))).toEqual([]);
      expect(found(config('security.idmap.isolated', on))).toEqual([]);
    },
  );

  it.each([false, 0, 'false', 'FALSE', '0', 'no', 'No', 'off', 'OFF'])(
    '%j switches one off',
    (off) => {
      for (const key of ['security.guestapi.images', 'security.syscalls.intercept.mount'])
        expect(found(config(key, off))).toEqual([]);
      for (const key of ['security.idmap.isolated', 'security.syscalls.deny_default'])
        expect(found(config(key, off))).toMatchObject([{ severity: 'error' }]);
    },
  );

  it.each([
    '//',
    '/.',
    '/./',
    '/srv/..',
    '/srv/../etc',
    '/etc/',
    '//etc',
    '/etc//ssh',
    '/./etc',
    ' /etc',
    '/etc ',
    'etc',
    '../etc',
    '/home/../etc/passwd',
    '/proc/self/root/srv',
  ])('a disk is the same however %j is spelled', (source) => {
    for (const type of ['disk', 'Disk', ' disk'])
      expect(
        found(disk(source, { type })).filter(({ severity }) => severity === 'error'),
      ).toHaveLength(1);
    expect(found(disk(source, { readonly: true }))).toHaveLength(1);
  });

  it.each(['/', '/proc', '/sys', '/dev', '/run', '/var', '/root', '/var/lib/incus', '/var/run/x'])(
    '%s is one also where it cannot be written',
    (source) => {
      expect(found(disk(source, { readonly: true }))).toMatchObject([{ severity: 'error' }]);
    },
  );

  it('what anybody may read of the host is a warning, to those who read it as nobody', () => {
    const severity = (more: Body, machine: Body = {}) =>
      found(disk('/etc/ssl', { readonly: 'yes', ...more }), { machine })[0]?.severity;
    expect(severity({})).toBe('warning');
    expect(severity({ readonly: 'false' })).toBe('error');
    expect(severity({ shift: 'true' })).toBe('error');
    expect(severity({}, { type: 'vm' })).toBe('error');
  });

  it('a link and a socket of this host are what they lead to', () => {
    const files = new Map([
      ['/srv/link', { real: '/etc', socket: false }],
      ['/srv/agent', { real: '/srv/agent', socket: true }],
      ['/dev/mine', { real: '/dev/mem', socket: false }],
      ['/dev/tty-of-mine', { real: '/dev/ttyUSB0', socket: false }],
      ['/srv/plain', { real: '/mnt/plain', socket: false }],
    ]);
    const context = { ...CONTEXT, files };
    expect(found(disk('/srv/link'), { context })).toHaveLength(1);
    expect(found(disk('/srv/agent'), { context })).toHaveLength(1);
    expect(found(disk('/srv/plain'), { context })).toEqual([]);
    expect(found(device({ type: 'unix-char', path: '/dev/mine' }), { context })).toHaveLength(1);
  });

  it.each([
    [config('security.nesting', 'true')],
    [config('security.syscalls.deny', 'ptrace')],
    [config('security.syscalls.deny_compat', 'true')],
    [config('limits.memory', '2GiB')],
    [config('nvidia.runtime', 'true')],
    [config('linux.sysctl.net.ipv4.ip_forward', '1')],
    [config('raw.lxc', '')],
    [disk('/srv')],
    [disk('/srv/etc')],
    [disk('/home/me/project')],
    [disk('/mnt/data')],
    [disk('/etcetera')],
    [disk('/usr/share/fonts', { readonly: 'true' })],
    [disk('/', { pool: 'default', source: undefined })],
    [disk('data', { pool: 'default' })],
    [device({ type: 'unix-char', path: '/dev/net/tun' })],
    [device({ type: 'unix-char', path: '/dev/kvm' })],
    [device({ type: 'unix-char', path: '/dev/fuse', major: 10, minor: 229 })],
    [device({ type: 'unix-char', source: '/dev/ttyUSB0', path: '/dev/modem' })],
    [device({ type: 'usb', vendorid: '046d', productid: '0825' })],
    [device({ type: 'gpu' })],
    [device({ type: 'tpm', path: '/dev/tpm0' })],
    [device({ type: 'none' })],
    [device({ type: 'proxy', listen: 'tcp:0.0.0.0:80', connect: 'tcp:127.0.0.1:80' })],
    [{ devices: { eth0: { type: 'nic', network: 'net-pro' } } }],
  ])('%j is none of it', (settings) => {
    expect(found(settings)).toEqual([]);
  });

  it('a nested host may have what it needs for that, and nothing else', () => {
    const nested = {
      'security.nesting': 'true',
      'security.syscalls.intercept.mknod': true,
      'security.syscalls.intercept.setxattr': true,
    };
    for (const through of ['machine', 'profile', 'default'] as const)
      expect(found({ config: nested }, { through })).toEqual([]);
    const more = { ...nested, 'security.syscalls.intercept.mount': true };
    expect(found({ config: more })).toHaveLength(1);
  });

  it('the machine of the role for it speaks to Incus, and to nothing else of the host', () => {
    const proxy = (connect: string) =>
      device({ type: 'proxy', bind: 'instance', listen: 'unix:/run/incus.socket', connect });
    const machine = { roles: ['base_system', 'admin_bootstrap'] };
    expect(found(proxy('unix:/var/lib/incus/unix.socket'), { machine })).toEqual([]);
    expect(found(proxy('unix:/run/docker.sock'), { machine })).toHaveLength(1);
  });

  it('nothing leads out of, or from outside into, a domain without the internet', () => {
    const domain = { internet: false };
    const proxy = (body: Body) => device({ type: 'proxy', ...body });
    const out = { listen: 'tcp:127.0.0.1:80', connect: 'tcp:127.0.0.1:3128' };
    for (const bind of ['instance', 'guest', 'container'])
      expect(found(proxy({ bind, ...out }), { domain })).toMatchObject([{ severity: 'error' }]);
    expect(found(proxy({ bind: 'instance', ...out }))).toMatchObject([{ severity: 'warning' }]);
    for (const listen of ['tcp:0.0.0.0:80', 'tcp::80', 'tcp:[::]:80', 'udp:192.168.1.2:53'])
      expect(found(proxy({ listen, connect: 'tcp:127.0.0.1:80' }), { domain })).toHaveLength(1);
    for (const listen of ['tcp:127.0.0.1:80', 'tcp:[::1]:80', 'unix:/srv/web'])
      expect(found(proxy({ listen, connect: 'tcp:127.0.0.1:80' }), { domain })).toEqual([]);
  });

  it('the machine has the last word over its profiles', () => {
    const profiles = { extra: { ...config('raw.lxc', 'x'), ...disk('/etc') } };
    const machine = { profiles: ['extra'], devices: { thing: { type: 'none' } } };
    const codes = found({}, { domain: { profiles }, machine }).map(({ path }) => path.join('.'));
    expect(codes).toEqual(['domains.pro.profiles.extra.config.raw.lxc']);
    const off = { extra: config('security.syscalls.intercept.mount', true) };
    const own = { profiles: ['extra'], ...config('security.syscalls.intercept.mount', 'false') };
    expect(found({}, { domain: { profiles: off }, machine: own })).toEqual([]);
    // For Incus an empty value is none, and that of the profile stands.
    const empty = { profiles: ['extra'], config: { 'raw.lxc': '' }, devices: machine.devices };
    expect(found({}, { domain: { profiles }, machine: empty })).toHaveLength(1);
  });

  it('a profile that no machine uses is told', () => {
    const domain = { profiles: { spare: config('raw.lxc', 'x'), plain: config('limits.cpu', 1) } };
    expect(found({}, { domain })).toMatchObject([
      { code: 'dangerous-profile', severity: 'warning' },
    ]);
  });

  it('a family of keys is permitted by its beginning, and a word for nothing is told', () => {
    const settings = {
      config: { 'raw.qemu': 'a', 'raw.qemu.conf': 'b', 'security.syscalls.intercept.mount': true },
    };
    expect(found(settings, { machine: { allow: ['raw.qemu', 'security.syscalls'] } })).toEqual([]);
    expect(
      found(settings, { machine: { allow: ['raw', 'raw.', 'raw.q', 'security'] } }),
    ).toHaveLength(7);
    const [unused] = found({}, { machine: { allow: ['raw.lxc'] } });
    expect(unused).toMatchObject({ code: 'permission-without-use', severity: 'warning' });
  });

  it('B06-04: a policy that opens all of two domains both ways makes a NIC between them a warning', () => {
    const nic = device({ type: 'nic', network: 'net-lab' });
    const policy = { from: 'web', to: 'lab', ports: 'all', bidirectional: true };
    const severity = (more: Body) =>
      found(nic, { top: { network_policies: [{ ...policy, ...more }] } })[0]?.severity;
    expect(severity({})).toBe('warning');
    expect(severity({ from: 'lab', to: 'pro' })).toBe('warning');
    expect(severity({ bidirectional: false })).toBe('error');
    expect(severity({ ports: [80] })).toBe('error');
    expect(severity({ protocol: 'tcp' })).toBe('error');
    expect(severity({ from: 'host' })).toBe('error');
  });

  it('B06-04: a NIC on the own bridge without pins is told', () => {
    for (const devices of [
      { eth1: { type: 'nic', network: 'net-pro' } },
      { eth0: { type: 'nic', nictype: 'bridged', parent: 'net-pro' } },
      { eth0: { type: 'nic', network: 'net-pro', 'security.mac_filtering': 'off' } },
    ]) {
      expect(found({ devices })).toMatchObject([{ code: 'foreign-nic', severity: 'warning' }]);
      expect(found({ devices }, { machine: { allow: ['nic:unpinned'] } })).toEqual([]);
    }
  });
});
