import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { run } from '../system/index.ts';
import { type Guest, measureFromGuests } from './guests.ts';
import type { PlannedProbe } from './probes.ts';

const guest: Guest = { name: 'vm', domain: 'a', ip: '10.0.0.1', project: 'a', instance: 'vm' };
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

it('tells what answered: a service, and a port that refuses', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const probes = [
    probe({ port }),
    probe({ port: 9 }),
    probe({ protocol: 'udp' }),
    probe({ from: 'somebody' }),
  ];
  // Here for real, instead of inside a guest.
  const { results } = await measureFromGuests(probes, [guest], (_guest, argv) => run(argv));
  server.close();
  expect(probes.map((one) => results.get(one))).toEqual([
    [true, true, null],
    [true, true, null],
    [false, false, 'not tried from a virtual machine'],
    undefined,
  ]);
});

it('says of a guest without an agent that it sends nothing', async () => {
  const { results, untested } = await measureFromGuests([probe({})], [guest], async () => {
    throw new Error('no agent');
  });
  expect([...results.values()]).toEqual([[false, false, 'not tried from a virtual machine']]);
  expect(untested.map(({ machine }) => machine)).toEqual(['vm']);
});

it('reads nothing else from what a guest prints', async () => {
  const noise = 'open\n7 open\n0 opened\n\u001b[2J\n1 closed\n';
  const probes = [probe({}), probe({})];
  const { results } = await measureFromGuests(probes, [guest], async () => ({ stdout: noise }));
  expect([...results.values()]).toEqual([
    [false, false, 'not tried from a virtual machine'],
    [false, false, null],
  ]);
});
