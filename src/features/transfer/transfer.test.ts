import { describe, expect, it } from 'vitest';
import { servicesIn } from './declared.ts';
import { refusalOf } from './entry.ts';
import type { Place } from './place.ts';
import { decide } from './policy.ts';

const machine = (name: string, domain: string): Place => ({
  kind: 'machine',
  machine: name,
  domain,
  instance: name,
  project: domain,
  path: '/x',
});
const host = (path: string): Place => ({ kind: 'host', path });
const dev = machine('pro-dev', 'pro');
const mail = machine('pro-mail', 'pro');
const box = machine('box', 'perso');

const declared = {
  services: servicesIn({
    drop: { machine: 'pro-dev', tools: ['gpg_sign', 'file_accept'], consumers: ['perso'] },
    out: { machine: 'box', tools: ['file_provide'], consumers: ['host'] },
  }),
  portals: [{ domain: 'pro', paths: ['/shared/pro'], readOnly: true }],
};
const allowed = (from: Place, to: Place) => decide(from, to, declared).allowed;

describe('P20d-02: who may hand files to whom', () => {
  it.each([
    ['a declared pair', box, dev, true],
    ['the other direction', dev, box, false],
    ['another machine of the same domain', box, mail, false],
    ['within a domain', dev, mail, true],
    ['to the host that is a consumer', box, host('/anywhere'), true],
    ['from the host, undeclared', host('/anywhere'), box, false],
    ['from a folder of the portal', host('/shared/pro/a/b'), dev, true],
    ['from the folder of the portal itself', host('/shared/pro/'), dev, true],
    ['from a folder with the same beginning', host('/shared/production'), dev, false],
    ['back through a portal that only gives', dev, host('/shared/pro/x'), false],
    ['through the portal of another domain', host('/shared/pro/x'), box, false],
  ] as const)('%s', (_what, from, to, expected) => {
    expect(allowed(from, to)).toBe(expected);
  });

  it('a refusal says what to declare', () => {
    const decision = decide(dev, box, declared);
    expect(decision).toMatchObject({
      allowed: false,
      remedy: {
        en: expect.stringContaining('{machine: box, tools: [file_accept], consumers: [pro-dev]}'),
      },
    });
  });

  it.each([
    undefined,
    'all',
    { a: 'all' },
    { a: { machine: ['x'], tools: ['file_accept'], consumers: ['y'] } },
    { a: { machine: 'x', tools: 'file_accept', consumers: ['y'] } },
    [{ machine: 'x', tools: ['file_accept'], consumers: ['y'] }],
  ])('what is not understood opens nothing: %j', (services) => {
    expect(servicesIn(services)).toEqual([]);
  });
});

describe('what is carried', () => {
  const entry = (kind: 'file' | 'folder' | 'link' | 'other', name = 'x') => ({
    ...{ name, kind, size: 0, uid: 0, gid: 0, mode: 0o644, changed: 0 },
  });

  it.each([['..'], ['.'], [''], ['a/b'], ['/etc'], ['a\0b'], ['x'.repeat(256)]])(
    'never a name such as %j',
    (name) => expect(refusalOf(entry('file', name), 0, undefined)).toBeDefined(),
  );

  it.each([
    ['b', 0, true],
    ['./b/c', 0, true],
    ['../b', 1, true],
    ['../../b', 1, false],
    ['..', 0, false],
    ['/etc/passwd', 5, false],
    // Wherever b leads, one step up from there may be outside.
    ['b/../c', 5, false],
    ['', 1, false],
    ['a\0b', 1, false],
  ] as const)('a link to %j below %i folders: %s', (target, depth, carried) => {
    expect(refusalOf(entry('link'), depth, target) === undefined).toBe(carried);
  });

  it('no device, socket or pipe', () => {
    expect(refusalOf(entry('other'), 0, undefined)).toBeDefined();
    expect(refusalOf(entry('folder', 'a name'), 0, undefined)).toBeUndefined();
  });
});
