import { describe, expect, it } from 'vitest';
import { codesOf, loadText } from './load-text.test-kit.ts';

const devicesOf = (loaded: ReturnType<typeof loadText>, name: string) =>
  loaded.infra?.domains.flatMap(({ machines }) => machines).find((one) => one.name === name)
    ?.devices;

describe('B07-08: folders of the host', () => {
  it('persistent_data is a folder for each machine, in whichever form it is written', () => {
    const loaded = loadText(`
project_name: p
global: { persistent_data_base: /data/ }
domains:
  pro:
    machines:
      dev: { persistent_data: { mail: { path: /var/mail, read_only: true }, src: /home/src } }
      web: { persistent_data: [logs, { name: www, path: /srv/www }] }
      vm: { type: vm, persistent_data: { x: } }
`);
    expect(codesOf(loaded)).toEqual([]);
    expect(devicesOf(loaded, 'dev')).toEqual({
      'pd-mail': {
        type: 'disk',
        source: '/data/pro/dev/mail',
        path: '/var/mail',
        readonly: 'true',
        shift: 'true',
      },
      'pd-src': { type: 'disk', source: '/data/pro/dev/src', path: '/home/src', shift: 'true' },
    });
    expect(devicesOf(loaded, 'web')).toMatchObject({
      'pd-logs': { source: '/data/pro/web/logs', path: '/data/logs' },
      'pd-www': { source: '/data/pro/web/www', path: '/srv/www' },
    });
    expect(devicesOf(loaded, 'vm')?.['pd-x']).not.toHaveProperty('shift');
  });

  it('shared_volumes are seen by their consumers alone, a machine before its domain', () => {
    const loaded = loadText(`
project_name: p
domains:
  pro: { machines: { dev: {}, web: {} } }
  perso: { machines: { box: {} } }
  lab: { machines: { bench: {} } }
shared_volumes:
  docs: { consumers: { pro: ro, dev: rw, box: rw } }
  music: { source: /srv/music, path: /media/music, consumers: ["lab", "box:rw"] }
`);
    expect(codesOf(loaded)).toEqual([]);
    const docs = {
      type: 'disk',
      source: '/srv/anklume/shares/docs',
      path: '/shared/docs',
      shift: 'true',
    };
    expect(devicesOf(loaded, 'dev')).toEqual({ 'sv-docs': docs });
    expect(devicesOf(loaded, 'web')).toEqual({ 'sv-docs': { ...docs, readonly: 'true' } });
    expect(devicesOf(loaded, 'box')).toMatchObject({
      'sv-docs': docs,
      'sv-music': { source: '/srv/music', path: '/media/music' },
    });
    expect(devicesOf(loaded, 'bench')).toMatchObject({ 'sv-music': { readonly: 'true' } });
  });

  it.each([
    ['machines: { d: { persistent_data: { "../x": /a } } }', '', 'invalid-name'],
    ['machines: { d: { persistent_data: { x: relative } } }', '', 'invalid-path'],
    ['machines: { d: { persistent_data: { x: /a/../b } } }', '', 'invalid-path'],
    ['machines: { d: { persistent_data: { x: { pat: /a } } } }', '', 'unknown-key'],
    [
      'machines: { d: { persistent_data: { x: /a }, devices: { pd-x: { type: none } } } }',
      '',
      'device-name-taken',
    ],
    [
      'machines: { d: {} }',
      'shared_volumes: { s: { consumers: { nobody: ro } } }',
      'unknown-consumer',
    ],
    ['machines: { d: {} }', 'shared_volumes: { s: { consumers: { d: write } } }', 'invalid-access'],
    [
      'machines: { d: {} }',
      'shared_volumes: { s: { source: /etc, consumers: { d: rw } } }',
      'dangerous-setting',
    ],
    [
      'machines: { d: {} }',
      'shared_volumes: { s: { source: //, consumers: { d: ro } } }',
      'dangerous-setting',
    ],
    ['machines: { d: {} }', 'shared_volumes: [s]', 'wrong-type'],
  ])('%s %s: %s', (domain, shares, code) => {
    const loaded = loadText(`project_name: p\ndomains:\n  pro: { ${domain} }\n${shares}\n`);
    expect(codesOf(loaded)).toContain(code);
    expect(loaded.problems.every(({ place }) => place !== undefined)).toBe(true);
  });
});
