import { expect, it } from 'vitest';
import type { RawMachine } from './schema.ts';
import { isRoleVariable, roleVariables } from './variables.ts';
import { volumesOf } from './volumes.ts';
import { declaredProfiles, effectiveConfig, enabledMachines, machinesOf } from './walk.ts';

const raw = {
  domains: {
    pro: {
      profiles: {
        default: { config: { a: 1, b: 1 } },
        big: { config: { b: 2 } },
        bare: {},
      },
      machines: { web: {}, db: { profiles: ['default', 'gone', 'big', 'bare'], config: { c: 3 } } },
    },
    off: { enabled: false, machines: { gone: {} } },
    none: {},
  },
};

it('machines are known with their place, those of a domain that is off apart', () => {
  const names = (entries: ReturnType<typeof machinesOf>) =>
    entries.map(({ path }) => path.join('.'));
  const pro = ['domains.pro.machines.web', 'domains.pro.machines.db'];
  expect(names(machinesOf(raw))).toEqual([...pro, 'domains.off.machines.gone']);
  expect(names(enabledMachines(raw))).toEqual(pro);
  expect(machinesOf(raw)[0]).toMatchObject({ name: 'web', domain: 'pro', body: {} });
  expect(machinesOf({})).toEqual([]);
});

it('a setting comes from the machine, or from the last of its profiles that has it', () => {
  const [web, db] = machinesOf(raw);
  if (!web || !db) throw new Error('no machines');
  expect(declaredProfiles(web)).toEqual(['default']);
  expect(declaredProfiles(db)).toEqual(['default', 'big', 'bare']);
  const of = (profile: string, key: string, value: number) => ({
    value,
    profile,
    path: ['domains', 'pro', 'profiles', profile, 'config', key],
  });
  expect(effectiveConfig(db, 'a')).toEqual(of('default', 'a', 1));
  expect(effectiveConfig(db, 'b')).toEqual(of('big', 'b', 2));
  expect(effectiveConfig(web, 'b')).toEqual(of('default', 'b', 1));
  expect(effectiveConfig(db, 'c')).toEqual({
    value: 3,
    path: ['domains', 'pro', 'machines', 'db', 'config', 'c'],
  });
  expect(effectiveConfig(db, 'd')).toBeUndefined();
  const [alone] = machinesOf({ domains: { none: { machines: { x: { profiles: ['big'] } } } } });
  expect(alone && effectiveConfig(alone, 'a')).toBeUndefined();
});

it('volumes are named entries or a list, sorted by name, each with its place', () => {
  const told = (storage_volumes: RawMachine['storage_volumes']) =>
    volumesOf({ storage_volumes }).map(({ name, path }) => `${name} ${path.join('.')}`);
  expect(told({ b: {}, a: {}, c: { name: '0' } })).toEqual([
    '0 storage_volumes.c',
    'a storage_volumes.a',
    'b storage_volumes.b',
  ]);
  expect(told([{ name: 'c' }, { name: 'a' }, { name: 'b' }, {}])).toEqual([
    ' storage_volumes.3',
    'a storage_volumes.1',
    'b storage_volumes.2',
    'c storage_volumes.0',
  ]);
  expect(told(undefined)).toEqual([]);
});

it('a key is a variable of a role by its name, or by its family where it is no slip', () => {
  const of = (role: string, ...keys: string[]) => keys.filter((key) => isRoleVariable(key, [role]));
  expect(
    of('stt_server', 'stt_server_port', 'stt_engine', 'stt', 'stt_server', 'xstt_engine'),
  ).toEqual(['stt_server_port', 'stt_engine', 'stt_server']);
  expect(of('stt-server', 'stt_server_port', 'stt-server_port')).toEqual(['stt_server_port']);
  // One or two letters from a key that there is.
  expect(of('boot_loader', 'boot_priorty', 'boot_prorty', 'boot_kernel')).toEqual(['boot_kernel']);
  expect(of('boot', 'boot_priorty')).toEqual(['boot_priorty']);
  expect(of('_x', '_y')).toEqual([]);
  expect(isRoleVariable('a_b', ['x', 'a'])).toBe(true);
  expect(isRoleVariable('a_b', [])).toBe(false);
  const machine = { roles: ['instance', 'web'], web_port: 1, ip: '10.0.0.1', type: 'vm', other: 2 };
  expect(roleVariables(machine as RawMachine)).toEqual({ web_port: 1 });
  expect(roleVariables({})).toEqual({});
});
