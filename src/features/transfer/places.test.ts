import { describe, expect, it } from 'vitest';
import type { Infra } from '../../world/infra/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { declaredIn, servicesIn } from './declared.ts';
import type { End } from './end.ts';
import { type Entry, refusalOf } from './entry.ts';
import { pairsOf } from './many.ts';
import { type Place, parsePlaces, shown } from './place.ts';
import { decide } from './policy.ts';
import { scan } from './scan.ts';

const desired = {
  domains: [
    {
      name: 'pro',
      project: 'pro-project',
      machines: [
        { name: 'dev', instance: 'i-dev' },
        { name: 'web', instance: 'i-web' },
      ],
    },
    { name: 'perso', project: 'perso', machines: [{ name: 'box', instance: 'box' }] },
    { name: 'empty', project: 'empty', machines: [] },
  ],
} as unknown as Desired;

const at = (machine: string, path: string): Place => {
  const [domain, project] = machine === 'box' ? ['perso', 'perso'] : ['pro', 'pro-project'];
  const instance = machine === 'box' ? 'box' : `i-${machine}`;
  return { kind: 'machine', machine, domain, instance, project, path };
};
const host = (path: string): Place => ({ kind: 'host', path });
const places = (word: string) => parsePlaces(word, desired, '/home/me');

describe('P20d-01: a word for a place', () => {
  it.each<[string, Place[]]>([
    ['dev:/a', [at('dev', '/a')]],
    ['i-dev:/a', [at('dev', '/a')]],
    ['pro:/a b:c', [at('dev', '/a b:c'), at('web', '/a b:c')]],
    ['all:/a', [at('dev', '/a'), at('web', '/a'), at('box', '/a')]],
    ['box,pro,dev:/a\nb', [at('box', '/a\nb'), at('dev', '/a\nb'), at('web', '/a\nb')]],
    ['pro/dev:/a', [at('dev', '/a')]],
    ['pro-project/i-dev,box:/a', [at('dev', '/a'), at('box', '/a')]],
    ['pro/dev:a', [host('/home/me/pro/dev:a')]],
    ['./pro/dev:/a', [host('/home/me/pro/dev:/a')]],
    ['pro/dev/x:/a', [host('/home/me/pro/dev/x:/a')]],
    ['file', [host('/home/me/file')]],
    ['../x/', [host('/home/x/')]],
    ['/', [host('/')]],
    ['/a/./b', [host('/a/b')]],
    ['./dev:/a', [host('/home/me/dev:/a')]],
    ['-x:/a', [host('/home/me/-x:/a')]],
    ['d_v:/a', [host('/home/me/d_v:/a')]],
  ])('%j', (word, expected) => expect(places(word)).toStrictEqual(expected));

  it.each(['', 'a\0b', 'dev:', 'dev:relative', 'dev:/a\0', 'nobody:relative'])(
    '%j names no file',
    (word) => {
      expect(() => places(word)).toThrow(expect.objectContaining({ code: 'bad-place', exit: 2 }));
    },
  );

  it.each(['nobody:/a', 'empty:/a', 'dev,nobody:/a', 'perso/dev:/a', 'C:/a'])(
    '%j names no machine',
    (word) => {
      const unknown = { code: 'unknown-machine', exit: 2 };
      expect(() => places(word)).toThrow(expect.objectContaining(unknown));
    },
  );

  it('is shown as it is written, and harmless', () => {
    expect(shown(at('dev', '/a'))).toBe('dev:/a');
    expect(shown(host('/a'))).toBe('/a');
    expect(shown(host('/a\u001b'))).not.toContain('\u001b');
  });
});

describe('P20d-01: copies between places', () => {
  const [dev, web, box, here] = [at('dev', '/a'), at('web', '/a'), at('box', '/b'), host('/h')];
  it.each<[string, Place[], Place[], object[]]>([
    ['one to one', [here], [dev], [{ from: here, to: dev }]],
    ['one to itself', [dev], [at('dev', '/b')], [{ from: dev, to: at('dev', '/b') }]],
    [
      ...(['one to many', [here], [dev, web]] as [string, Place[], Place[]]),
      [
        { from: here, to: dev },
        { from: here, to: web },
      ],
    ],
    ['one of them to many', [dev], [at('dev', '/x'), web], [{ from: dev, to: web }]],
    [
      ...(['many to one', [dev, box], [here]] as [string, Place[], Place[]]),
      [
        { from: dev, to: here, into: 'dev' },
        { from: box, to: here, into: 'box' },
      ],
    ],
    [
      'many to one of them',
      [dev, box],
      [at('box', '/x')],
      [{ from: dev, to: at('box', '/x'), into: 'dev' }],
    ],
    ['nothing to one', [], [dev], []],
    ['one to nothing', [dev], [], []],
  ])('%s', (_what, from, to, expected) => expect(pairsOf(from, to)).toStrictEqual(expected));

  it('never from many to many', () => {
    const refused = expect.objectContaining({ code: 'many-to-many', exit: 2 });
    expect(() => pairsOf([dev, web], [box, here])).toThrow(refused);
  });

  it('a namesake in another project, or a neighbour, is another end', () => {
    const twin = { ...(dev as object), project: 'other' } as Place;
    expect(pairsOf([dev], [twin, web])).toHaveLength(2);
  });
});

describe('P20d-02 P25-02: what infra.yml says of files', () => {
  it('is its services, named or listed, and its portals', () => {
    const infra = {
      services: [
        { name: 'in', machine: 'dev', tools: ['file_accept', 1], consumers: ['perso', 2, null] },
        { machine: 'dev', tools: ['file_accept'] },
        { name: 'no-machine', tools: ['file_accept'] },
      ],
      domains: [
        { name: 'pro', filePortal: { allowedPaths: ['/a'], readOnly: true } },
        { name: 'perso' },
      ],
    } as unknown as Infra;
    expect(declaredIn(infra)).toStrictEqual({
      services: [
        { name: 'in', machine: 'dev', accepts: true, provides: false, consumers: ['perso'] },
      ],
      portals: [{ domain: 'pro', paths: ['/a'], readOnly: true }],
    });
    const both = { machine: 'm', tools: ['file_provide', 'file_accept'], consumers: 'all' };
    expect(
      servicesIn({ both, other: { ...both, tools: ['x'] }, list: [both], none: null }),
    ).toEqual([{ name: 'both', machine: 'm', accepts: true, provides: true, consumers: [] }]);
    for (const wrong of [
      null,
      1,
      'x',
      [null],
      [1],
      { a: { ...both, name: 1 } },
      { a: { ...both, machine: 1 } },
    ])
      expect(servicesIn(wrong)).toEqual([]);
  });

  const [dev, box] = [at('dev', '/a'), at('box', '/a')];
  const service = (more: object) => ({
    ...{ name: 's', machine: 'dev', accepts: false, provides: false, consumers: ['perso'] },
    ...more,
  });
  it.each<[string, object, Place, Place, string | undefined]>([
    ['accepts, by domain', service({ accepts: true }), box, dev, 'services.s'],
    ['accepts, by machine', service({ accepts: true, consumers: ['box'] }), box, dev, 'services.s'],
    ['accepts, the other way', service({ accepts: true }), dev, box, undefined],
    ['provides', service({ provides: true }), dev, box, 'services.s'],
    ['provides, the other way', service({ provides: true }), box, dev, undefined],
    ['of another machine', service({ accepts: true, machine: 'web' }), box, dev, undefined],
    ['for others', service({ accepts: true, consumers: ['host'] }), box, dev, undefined],
    [
      'for the host',
      service({ accepts: true, consumers: ['host'] }),
      host('/x'),
      dev,
      'services.s',
    ],
    [
      'for a domain called as the host is not',
      service({ accepts: true, consumers: ['pro'] }),
      host('/x'),
      dev,
      undefined,
    ],
  ])('a service that %s', (_what, one, from, to, rule) => {
    const decision = decide(from, to, { services: [one as never], portals: [] });
    expect(decision).toMatchObject(
      rule === undefined ? { allowed: false } : { allowed: true, rule },
    );
  });

  it('what needs no declaration is told by its rule', () => {
    const none = { services: [], portals: [] };
    expect(decide(host('/a'), host('/b'), none)).toEqual({ allowed: true, rule: 'host' });
    expect(decide(dev, at('web', '/b'), none)).toEqual({ allowed: true, rule: 'domain' });
    expect(decide(dev, host('/b'), none)).toMatchObject({
      remedy: {
        en: expect.stringContaining(
          '{dev-files: {machine: dev, tools: [file_provide], consumers: [host]}}',
        ),
      },
    });
    expect(decide(host('/b'), dev, none)).toMatchObject({
      remedy: {
        en: expect.stringContaining(
          '{dev-files: {machine: dev, tools: [file_accept], consumers: [host]}}',
        ),
      },
    });
  });

  it.each([
    ['/a/x', true, true],
    ['/a', true, true],
    ['/a/', true, true],
    ['/ab', false, false],
    ['/', false, false],
    ['/b/x', true, false],
  ])(
    'a portal of /a//, and one that only gives from /b: %s in %s, out %s',
    (path, comesIn, goesOut) => {
      const portals = [
        { domain: 'perso', paths: ['/ab'], readOnly: false },
        { domain: 'pro', paths: ['/a//'], readOnly: false },
        { domain: 'pro', paths: ['/b'], readOnly: true },
      ];
      const rule = (from: Place, to: Place) => {
        const decision = decide(from, to, { services: [], portals });
        return decision.allowed && decision.rule;
      };
      const open = 'domains.pro.file_portal';
      expect(rule(host(path), dev)).toBe(comesIn && open);
      expect(rule(dev, host(path))).toBe(goesOut && open);
      expect(rule(box, dev)).toBe(false);
    },
  );
});

const entry = (name: string, kind: Entry['kind'] = 'file', size = 1): Entry => ({
  ...{ name, kind, size, uid: 0, gid: 0, mode: 0o644, changed: 0 },
});

describe('what is carried', () => {
  it.each([
    [entry('x'.repeat(255)), 200, true],
    [entry('x'), 201, false],
    [entry('..x'), 0, true],
  ])('%j below %i folders: %s', (one, depth, carried) => {
    expect(refusalOf(one, depth, undefined) === undefined).toBe(carried);
  });
  it.each([
    ['a//b', 0, true],
    ['./../b', 1, true],
    ['.//..', 1, true],
    ['../..', 2, true],
    ['../..', 1, false],
    ['../a/..', 3, false],
  ])('a link to %j below %i folders: %s', (target, depth, carried) => {
    expect(refusalOf(entry('l', 'link'), depth, target) === undefined).toBe(carried);
  });
  it('a link whose target nobody read is none', () => {
    expect(refusalOf(entry('l', 'link'), 5, undefined)).toBeDefined();
  });

  /** Folders by their paths, in memory. */
  function end(folders: Readonly<Record<string, readonly Entry[]>>) {
    const open: string[] = [];
    const told = {
      async *list(path: string) {
        yield* folders[path] ?? [];
      },
      async enter(path: string, name: string) {
        open.push(`${path}/${name}`);
        return `${path}/${name}`;
      },
      async leave(path: string) {
        expect(open.pop()).toBe(path);
      },
      readLink: async (_path: string, name: string) => (name === 'good' ? 'x' : '/etc'),
    };
    return { told: told as unknown as End<string>, open };
  }
  const signal = new AbortController().signal;

  it('is counted: all files, and the bytes of plain ones', async () => {
    const { told, open } = end({
      '': [entry('a', 'file', 5), entry('good', 'link', 70), entry('d', 'folder', 4096)],
      '/d': [entry('e', 'folder', 4096), entry('b', 'file', 7)],
      '/d/e': [entry('c', 'file', 1)],
    });
    expect(await scan(told, '', signal, false)).toEqual({ files: 6, bytes: 13 });
    expect(open).toEqual([]);
  });

  it('what may not be is told with its path, ten of it at most, and left out where that is wished', async () => {
    const pipes = Array.from({ length: 12 }, (_, at) => entry(`p${at}`, 'other'));
    const folders = {
      '': [entry('d', 'folder', 1), entry('bad', 'link')],
      '/d': [...pipes, entry('ok', 'file', 3)],
    };
    const refused = scan(end(folders).told, '', signal, false);
    await expect(refused).rejects.toMatchObject({
      code: 'file-unfit',
      text: {
        en: expect.stringMatching(
          /so nothing was: d\/p0: it is a device.*; d\/p9: [^;]* \(\+3\)\.$/,
        ),
        fr: expect.stringContaining('d/p9: '),
      },
    });
    await expect(
      scan(end({ '': [entry('bad', 'link')] }).told, '', signal, false),
    ).rejects.toMatchObject({
      text: { en: expect.stringMatching(/nothing was: bad: [^;(]*copied\.$/) },
    });
    expect(await scan(end(folders).told, '', signal, true)).toEqual({ files: 2, bytes: 3 });
  });

  it('ends when the person ends it', async () => {
    const aborted = scan(end({ '': [entry('a')] }).told, '', AbortSignal.abort(), false);
    await expect(aborted).rejects.toThrow();
  });
});
