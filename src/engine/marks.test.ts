import { expect, it } from 'vitest';
import { declaredKeys, MARK, recordKeys } from './marks.ts';

it('reads back what it recorded, without marks and keys of the daemon', () => {
  const record = recordKeys(
    { 'limits.cpu': '1', [MARK.project]: 'x', 'volatile.uuid': 'u' },
    { 'eth0.1': { type: 'nic', 'ipv4.address': '10.0.0.1' } },
  );
  expect(declaredKeys({ [MARK.keys]: record })).toEqual({
    config: ['limits.cpu'],
    devices: { 'eth0.1': ['ipv4.address', 'type'] },
  });
});

it.each(['', '{', '[]', 'null', '7', '{"config":"x","devices":[1]}', '{"config":[1,null]}'])(
  'takes a record damaged by hand (%s) for no record',
  (damaged) => expect(declaredKeys({ [MARK.keys]: damaged })).toEqual({ config: [], devices: {} }),
);

it('never lets a forged record take keys of the daemon away', () => {
  const forged = '{"config":["volatile.uuid","image.os","user.anklume.project","limits.cpu"]}';
  expect(declaredKeys({ [MARK.keys]: forged }).config).toEqual(['limits.cpu']);
});
