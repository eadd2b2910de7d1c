import { expect, it } from 'vitest';
import { listenersIn } from './runs-here.ts';

it('finds the sockets at which somebody listens, whatever their path', () => {
  const table = [
    'Num       RefCount Protocol Flags    Type St Inode Path',
    '0000000012345678: 00000002 00000000 00010000 0001 01 41411 /var/lib/incus/unix.socket',
    '0000000012345679: 00000003 00000000 00000000 0001 03 41412 /var/lib/incus/unix.socket',
    '000000001234567a: 00000002 00000000 00010000 0001 01   917 /tmp/with a space/x.sock',
    '000000001234567b: 00000002 00000000 00010000 0001 01 41413 @abstract',
    '000000001234567c: 00000003 00000000 00000000 0001 03   653',
    '',
  ].join('\n');
  expect(listenersIn(table)).toEqual([
    { inode: '41411', path: '/var/lib/incus/unix.socket' },
    { inode: '917', path: '/tmp/with a space/x.sock' },
  ]);
});
