import { describe, expect, it } from 'vitest';
import { compare, holds } from './compare.ts';
import { MARK, recordKeys } from './marks.ts';
import type { Live } from './spec.ts';

const record = (config = {}, devices = {}) => ({ [MARK.keys]: recordKeys(config, devices) });

describe('compare', () => {
  it('sees no change in another spelling of the same value', () => {
    const wanted = { config: { 'limits.memory': '2GiB', 'security.nesting': 'true' } };
    const live = { config: { 'limits.memory': '2048MiB', 'security.nesting': 'yes' } };
    expect(compare(wanted, live)).toBeUndefined();
  });

  it('keeps keys set by hand and takes away those that are no longer declared', () => {
    const live = {
      config: {
        ...record({ 'limits.cpu': '1', 'limits.memory': '1GiB' }),
        'limits.cpu': '1',
        'limits.memory': '1GiB',
        'limits.processes': '50',
        'volatile.uuid': 'x',
      },
    };
    const difference = compare({ config: { 'limits.cpu': '2' } }, live);
    expect(difference?.body.config).toEqual({ 'limits.cpu': '2', 'limits.memory': null });
    expect(difference?.changes).toEqual([
      { key: 'config.limits.cpu', from: '1', to: '2' },
      { key: 'config.limits.memory', from: '1GiB' },
    ]);
  });

  it('repeats keys set by hand on a device, but not those it declared before', () => {
    const before = { eth0: { type: 'nic', network: 'a', 'limits.ingress': '1Mbit' } };
    const live = {
      config: record({}, before),
      devices: { eth0: { ...before.eth0, 'limits.egress': '5Mbit' } },
    };
    const wanted = { config: {}, devices: { eth0: { type: 'nic', network: 'b' } } };
    expect(compare(wanted, live)?.body.devices).toEqual({
      eth0: { type: 'nic', network: 'b', 'limits.egress': '5Mbit' },
    });
  });

  it('removes a device that is no longer declared and leaves one made by hand', () => {
    const live = {
      config: record({}, { data: { type: 'disk' } }),
      devices: { data: { type: 'disk' }, mine: { type: 'disk' } },
    };
    expect(compare({ config: {}, devices: {} }, live)?.body.devices).toEqual({ data: null });
  });

  it('minds the order of profiles', () => {
    const live = { config: {}, profiles: ['default', 'nesting'] };
    expect(compare({ config: {}, profiles: ['default', 'nesting'] }, live)).toBeUndefined();
    expect(compare({ config: {}, profiles: ['nesting', 'default'] }, live)?.changes).toEqual([
      { key: 'profiles', from: 'default, nesting', to: 'nesting, default' },
    ]);
  });

  it('names its own marks only where nothing else differs', () => {
    const wanted = { config: { [MARK.project]: 'p', 'limits.cpu': '1' } };
    expect(compare(wanted, { config: {} })?.changes.map((one) => one.key)).toEqual([
      'config.limits.cpu',
    ]);
    expect(compare(wanted, { config: { 'limits.cpu': '1' } })?.changes).toEqual([
      { key: 'config.user.anklume.project', to: 'p' },
    ]);
  });
});

describe('holds', () => {
  const body = { config: { a: '1', b: null }, devices: { d: { type: 'disk' }, e: null } };
  it('is true of an object with everything wanted and nothing unwanted', () => {
    expect(holds(body, { config: { a: '1', c: '2' }, devices: { d: { type: 'disk' } } })).toBe(
      true,
    );
  });
  it.each<Live>([
    { config: {}, devices: { d: { type: 'disk' } } },
    { config: { a: '1', b: '2' }, devices: { d: { type: 'disk' } } },
    { config: { a: '1' }, devices: {} },
    { config: { a: '1' }, devices: { d: { type: 'disk' }, e: { type: 'nic' } } },
  ])('is false of %o', (live) => expect(holds(body, live)).toBe(false));
});
