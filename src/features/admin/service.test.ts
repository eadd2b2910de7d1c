import { expect, it } from 'vitest';
import { ownerOfService, serviceFile } from './service.ts';

const setting = {
  node: '/usr/bin/node',
  program: '/opt/anklume/dist/main.js',
  root: '/home/me/infra',
  socket: '/var/lib/incus/unix.socket',
};
const commandOf = (more: Partial<typeof setting> = {}) =>
  /^ExecStart=(.*)$/m.exec(serviceFile({ ...setting, ...more }).text)?.[1];

it('P02b-02: the unit runs the watch, comes after Incus and at every boot, and does not end with it', () => {
  const { path, text } = serviceFile(setting);
  expect(path).toBe('/etc/systemd/system/anklume-admin.service');
  expect(commandOf()).toBe(
    '/usr/bin/node /opt/anklume/dist/main.js host admin-keep -C /home/me/infra --socket /var/lib/incus/unix.socket',
  );
  expect(text).toMatch(/^After=incus\.service/m);
  expect(text).toContain('WantedBy=multi-user.target');
  expect(text).not.toMatch(/^(Requires|BindsTo|PartOf)=/m);
});

it('folder names are words of the command line, whatever is in them', () => {
  expect(commandOf({ root: '/home/me/my infra' })).toContain('-C "/home/me/my infra" ');
  expect(commandOf({ root: '/a"b\\c' })).toContain('-C "/a\\"b\\\\c" ');
  expect(commandOf({ root: '/100%/$HOME' })).toContain('-C "/100%%/$$HOME" ');
  const text = serviceFile({ ...setting, root: '/a\nExecStartPre=/bin/evil' }).text;
  expect(text).not.toMatch(/^ExecStartPre/m);
});

it('knows its own file from one that was edited and from others', () => {
  const { text } = serviceFile(setting);
  expect(ownerOfService(text)).toBe('ours');
  expect(ownerOfService(`${text}# by hand\n`)).toBe('edited');
  expect(ownerOfService('[Unit]\n')).toBe('foreign');
  expect(ownerOfService(text.replace('host admin-service', 'network boot'))).toBe('foreign');
});
