import { expect, it } from 'vitest';
import { holding } from './held-at-boot.ts';
import { declaredKeys, MARK, recordKeys } from './marks.ts';

const devices = { eth0: { type: 'nic' } };
const marked = (config: Record<string, string> = {}) => ({
  config: { ...config, [MARK.project]: 'home', [MARK.keys]: recordKeys(config, devices) },
  ephemeral: false,
});

it('B06-08: holds every machine of ours, in whatever words it says that it starts', () => {
  for (const value of ['', 'true', '0']) {
    const config: Record<string, string> = value === '' ? {} : { 'boot.autostart': value };
    const change = holding(marked(config));
    expect(change?.['boot.autostart']).toBe('false');
    expect(declaredKeys(change ?? {})).toEqual({
      config: ['boot.autostart'],
      devices: { eth0: ['type'] },
    });
  }
  expect(holding({ config: { [MARK.asideOf]: 'home' }, ephemeral: false })).toEqual({
    'boot.autostart': 'false',
  });
});

it('leaves those of others, those that are held, and those that go with their host', () => {
  expect(holding({ config: {}, ephemeral: false })).toBeUndefined();
  expect(holding(marked({ 'boot.autostart': 'false' }))).toBeUndefined();
  expect(holding({ ...marked(), ephemeral: true })).toBeUndefined();
});

it('leaves the record as a plan would write it', () => {
  const [config, defaults] = [{ 'limits.cpu': '1' }, ['limits.processes']];
  const keys = recordKeys(config, devices, defaults);
  const change = holding({
    config: { [MARK.project]: 'home', [MARK.keys]: keys },
    ephemeral: false,
  });
  expect(change?.[MARK.keys]).toBe(
    recordKeys({ ...config, 'boot.autostart': 'false' }, devices, defaults),
  );
});
