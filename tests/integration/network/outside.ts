import { inject } from 'vitest';
import type { Outside } from '../../../src/isolation/index.ts';
import { inSandbox } from '../support.ts';

/** A stand-in for the internet, in both families. */
export interface Beyond extends Outside {
  readonly address6: string;
  /** The host's addresses there, and the card that leads there. */
  readonly host: string;
  readonly host6: string;
  readonly uplink: string;
}

/**
 * A namespace behind a cable to the sandbox, which knows the way to the subnets of a world. `number` tells several
 * apart: 198.51.NUMBER.0/24 and 2001:db8:NUMBER::/64.
 */
export async function createOutside(name: string, number: number, second: number): Promise<Beyond> {
  const [four, sixth] = [`198.51.${number}`, `2001:db8:${number}:`];
  const uplink = `u${name}`.slice(0, 15);
  const inside = ['-n', name];
  await inSandbox('ip', 'netns', 'add', name);
  const peer = ['peer', 'name', 'eth0', 'netns', name];
  await inSandbox('ip', 'link', 'add', uplink, 'type', 'veth', ...peer);
  await inSandbox('ip', 'link', 'set', uplink, 'up');
  await inSandbox('ip', ...inside, 'link', 'set', 'lo', 'up');
  await inSandbox('ip', ...inside, 'link', 'set', 'eth0', 'up');
  for (const [network, length, ...quiet] of [
    [`${four}.`, '24'],
    [`${sixth}:`, '64', 'nodad'],
  ] as const) {
    await inSandbox('ip', 'address', 'add', `${network}1/${length}`, 'dev', uplink, ...quiet);
    const away = ['address', 'add', `${network}2/${length}`, 'dev', 'eth0', ...quiet];
    await inSandbox('ip', ...inside, ...away);
  }
  await inSandbox('ip', ...inside, 'route', 'add', `10.${second}.0.0/16`, 'via', `${four}.1`);
  const back = ['-6', 'route', 'add', `fd00:${second}::/32`, 'via', `${sixth}:1`];
  await inSandbox('ip', ...inside, ...back);
  return {
    netns: `/proc/${inject('holder')}/root/run/netns/${name}`,
    ...{ address: `${four}.2`, address6: `${sixth}:2`, host: `${four}.1`, host6: `${sixth}:1` },
    uplink,
  };
}
