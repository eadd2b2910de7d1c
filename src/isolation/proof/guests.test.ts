import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { run } from '../../base/system/index.ts';
import type { Guest } from './guest.ts';
import { measureFromGuests } from './guests.ts';
import type { Listen } from './listen.ts';
import type { PlannedProbe } from './probes.ts';

const guest: Guest = {
  ...{ name: 'vm', domain: 'a', ip: '10.0.0.1', project: 'a', instance: 'vm', bridge: 'net-a' },
};
const probe = (more: Partial<PlannedProbe>): PlannedProbe => ({
  from: 'vm',
  fromAddress: '10.0.0.1',
  to: 'other',
  toAddress: '127.0.0.1',
  protocol: 'tcp',
  port: 9,
  expected: true,
  ...more,
});

/** Hears the datagrams of these numbers. */
const hearing =
  (...numbers: number[]): Listen =>
  async (datagrams, work) => ({
    value: await work(datagrams.map((_, index) => `\\x80\\xff\\x8${index}?`)),
    arrived: datagrams.map((_, index) => numbers.includes(index)),
    lost: 0,
  });

it('tells what answered: a service, and a port that refuses', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const probes = [probe({ port }), probe({ port: 9 }), probe({ from: 'somebody' })];
  // Here for real, instead of inside a guest.
  const inside = (_guest: Guest, argv: readonly string[]) => run(argv);
  const { results } = await measureFromGuests(probes, [guest], inside, hearing());
  server.close();
  expect(probes.map((one) => results.get(one))).toEqual([
    [true, true, null, true, false],
    [true, true, null, true, false],
    undefined,
  ]);
});

it('sends datagrams as they are given, and leaves it to who listens whether they arrive', async () => {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  const got: string[] = [];
  server.on('message', (bytes) => got.push(bytes.toString('latin1')));
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  const probes = [probe({ protocol: 'udp', port: 9 }), probe({ protocol: 'udp', port })];
  const inside = (_guest: Guest, argv: readonly string[]) => run(argv);
  const { results } = await measureFromGuests(probes, [guest], inside, hearing(1));
  server.close();
  expect(new Set(got)).toEqual(new Set(['\x80\xff\x81?']));
  expect(probes.map((one) => results.get(one))).toEqual([
    [false, false, null, true, false],
    [true, true, null, true, false],
  ]);
});

it('does not take the word of a guest for the arrival of a datagram', async () => {
  const probes = [probe({ protocol: 'udp' }), probe({ protocol: 'udp' })];
  const lies = async () => ({ stdout: '0 open\n1 closed\n' });
  const { results } = await measureFromGuests(probes, [guest], lies, hearing());
  const untried = [false, false, 'not tried from a virtual machine', false, false];
  expect([...results.values()]).toEqual([untried, untried]);
});

it('says of a guest without an agent that it sends nothing', async () => {
  const fails = () => Promise.reject(new Error('no agent'));
  const { results, untested } = await measureFromGuests([probe({})], [guest], fails, hearing());
  expect([...results.values()]).toEqual([
    [false, false, 'not tried from a virtual machine', false, false],
  ]);
  expect(untested.map(({ machine }) => machine)).toEqual(['vm']);
});

it('reads nothing else from what a guest prints', async () => {
  const noise = 'open\n7 open\n0 opened\n\u001b[2J\n1 closed\n';
  const probes = [probe({}), probe({})];
  const noisy = async () => ({ stdout: noise });
  const { results } = await measureFromGuests(probes, [guest], noisy, hearing());
  expect([...results.values()]).toEqual([
    [false, false, 'not tried from a virtual machine', false, false],
    [false, false, null, true, false],
  ]);
});
