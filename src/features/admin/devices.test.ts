import { expect, it } from 'vitest';
import {
  adminDevices,
  adminMarks,
  canBeShared,
  historyInside,
  isAdminSocket,
  productInside,
  socketDevice,
} from './devices.ts';

const setting = {
  root: '/home/me/infra',
  owner: { uid: 1000, gid: 1001 },
  product: '/opt/anklume',
  history: '/home/me/.anklume',
  socket: '/var/lib/incus/unix.socket',
};

it('P23-24: the socket for the owner of the project alone, the project at the same path, this program to read', () => {
  expect(adminDevices(setting, {})).toEqual({
    'anklume-socket': {
      type: 'proxy',
      listen: 'unix:/var/lib/incus/unix.socket',
      connect: 'unix:/var/lib/incus/unix.socket',
      bind: 'instance',
      mode: '0600',
      uid: '1000',
      gid: '1001',
    },
    'anklume-project': {
      type: 'disk',
      source: '/home/me/infra',
      path: '/home/me/infra',
      shift: 'true',
    },
    'anklume-history': {
      type: 'disk',
      source: '/home/me/.anklume',
      path: '/home/me/.anklume',
      shift: 'true',
    },
    'anklume-product': {
      type: 'disk',
      source: '/opt/anklume',
      path: '/opt/anklume',
      readonly: 'true',
      shift: 'true',
    },
  });
});

it('the machine knows where history and program are inside, whoever delegates', () => {
  expect(adminMarks({ ...setting, product: '/tmp/anklume' })).toEqual({
    'user.anklume.admin': '/home/me/infra',
    'user.anklume.admin.history': '/home/me/.anklume',
    'user.anklume.admin.product': '/opt/anklume',
  });
});

it('where the ids of the machine are those of the host, nothing is shifted', () => {
  const devices = adminDevices(setting, { 'volatile.idmap.current': '[]' });
  expect(Object.values(devices).filter(({ shift }) => shift !== undefined)).toEqual([]);
});

it('a program or a history inside the project needs no mount of its own', () => {
  expect(adminDevices({ ...setting, root: '/home/me' }, {})).not.toHaveProperty('anklume-history');
  const devices = adminDevices({ ...setting, product: '/home/me/infra/anklume' }, {});
  expect(devices).not.toHaveProperty('anklume-product');
  expect(productInside({ ...setting, product: '/home/me/infra/anklume' })).toBe(
    '/home/me/infra/anklume',
  );
});

it('P02b-02: the socket lies where no boot covers it', () => {
  expect(socketDevice(setting).listen).not.toMatch(/^unix:(@|\/(run|tmp|var\/run|dev)\b)/);
});

it('a program and a history where a boot would cover them have places of their own inside', () => {
  expect(historyInside({ ...setting, history: '/tmp/h' })).toBe('/var/lib/anklume/.anklume');
  expect(productInside({ ...setting, product: '/tmp/anklume' })).toBe('/opt/anklume');
});

it.each([
  ...['/', '/tmp/x', '/var/tmp', '/run/user/0', '/etc', '/usr/share/x', '/var/lib/incus'],
  '/home/a\nb',
])('a boot covers %j inside, or the machine needs it', (folder) => {
  expect(canBeShared(folder)).toBe(false);
});

it.each(['/home/me/infra', '/srv/x', '/opt/anklume', '/root/infra', '/tmpfiles', '/var/lib/x'])(
  '%s can have the same path inside',
  (folder) => {
    expect(canBeShared(folder)).toBe(true);
  },
);

it('B06-14: the socket is known as long as it is as the command wrote it, on the machine that it marked', () => {
  const [marks, socket] = [adminMarks(setting), socketDevice(setting)];
  expect(isAdminSocket(marks, 'anklume-socket', socket)).toBe(true);
  expect(isAdminSocket({}, 'anklume-socket', socket)).toBe(false);
  expect(isAdminSocket(marks, 'other', socket)).toBe(false);
  expect(isAdminSocket(marks, 'anklume-socket', undefined)).toBe(false);
  const changed: readonly Record<string, string>[] = [
    { mode: '0666' },
    { uid: '' },
    { bind: 'host' },
    { listen: 'tcp:0.0.0.0:1' },
    { connect: 'tcp:10.0.0.1:22' },
    { nat: 'true' },
  ];
  for (const change of changed)
    expect(isAdminSocket(marks, 'anklume-socket', { ...socket, ...change })).toBe(false);
});
