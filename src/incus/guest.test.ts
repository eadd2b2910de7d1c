import { expect, it } from 'vitest';
import { identityIn, whoAmI } from './guest.ts';

it('reads who we are from the words of a daemon of version 6.0.4', () => {
  const words = '#cloud-config\ninstance-id: a7b86910-cbfd\nlocal-hostname: pro-dev\n';
  expect(identityIn(words)).toEqual({ name: 'pro-dev', id: 'a7b86910-cbfd' });
});

it('takes the values of the daemon, not those that the machine adds', () => {
  const words = 'instance-id: real\nlocal-hostname: real\nlocal-hostname: other\n';
  expect(identityIn(words)?.name).toBe('real');
});

it('is nobody where the answer says nothing, and where nobody answers', async () => {
  expect(identityIn('instance-id: x\n')).toBeUndefined();
  expect(await whoAmI('/nonexistent/sock')).toBeUndefined();
});
