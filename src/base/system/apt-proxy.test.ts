import { expect, it } from 'vitest';
import { shareableProxy } from './apt-proxy.ts';

it.each([
  ['http://10.0.0.9:3142/\nhttp://other.example:1\n', 'http://10.0.0.9:3142/'],
  ['https://user:word@proxy.example:8080\n', 'https://user:word@proxy.example:8080'],
  ['http://127.0.0.1:3142\n', undefined],
  ['http://user@localhost:3142\n', undefined],
  ['http://[::1]:3142\n', undefined],
  ['DIRECT\n', undefined],
  ['', undefined],
  ['http://a"b\n', undefined],
])('of %j gives %j', (text, proxy) => {
  expect(shareableProxy(text)).toBe(proxy);
});
