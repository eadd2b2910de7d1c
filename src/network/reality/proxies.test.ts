import { expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../flows.ts';
import { proxyFindings } from './proxies.ts';

const model = allowedFlows(
  desiredWorld(
    61,
    [
      { name: 'pa', machines: ['one', 'two'] },
      { name: 'pb', machines: ['far'], internet: false },
      { name: 'pc', machines: ['shy'], lan: false },
    ],
    [
      { from: 'pa', to: 'pb', ports: [443] },
      { from: 'pb', to: 'host', ports: [3142] },
    ],
  ),
);

function judged(
  machine: string,
  keys: Record<string, string>,
  declared = false,
  permitted?: 'allow' | 'role' | 'admin',
) {
  const domain = model.machines.find(({ name }) => name === machine)?.domain ?? '';
  const proxy = {
    machine,
    instance: machine,
    project: domain,
    domain,
    device: 'p',
    keys,
    declared,
    ...(permitted && { permitted }),
  };
  const { findings, notes } = proxyFindings(model, [
    { ...proxy, keys: { type: 'proxy', ...keys } },
  ]);
  expect(findings.length + notes.length).toBe(1);
  return findings.length > 0;
}

const out = (connect: string, bind = 'instance') => ({ bind, listen: 'tcp:127.0.0.1:80', connect });
const into = (listen: string, more = {}) => ({ listen, connect: 'tcp:127.0.0.1:80', ...more });

it.each([
  ['another domain', 'one', out('tcp:10.61.2.1:80')],
  ['another domain, in a machine of type vm', 'one', out('tcp:10.61.2.1:80', 'guest')],
  ['a port that the policy does not name', 'one', out('tcp:10.61.1.1:443,444')],
  ['another protocol', 'one', out('udp:10.61.1.1:443')],
  ['the internet, without internet', 'far', out('tcp:9.9.9.9:443')],
  ['the internet over IPv6, without internet', 'far', out('tcp:[2001:db8::1]:443')],
  ['the local network, without it', 'shy', out('tcp:192.168.1.1:80')],
  ['a service of the host, by hand', 'one', out('tcp:127.0.0.1:22')],
  ['the daemon', 'one', out('unix:/var/lib/incus/unix.socket')],
  ['nowhere that can be read', 'one', out('tcp:$HOME')],
  ['from outside, without internet', 'far', into('tcp:0.0.0.0:8080')],
  ['from another domain, by its policy to the host', 'one', into('tcp:10.61.1.254:3142')],
])('B06-14: a proxy that leads to %s fails', (_, machine, keys) => {
  expect(judged(machine, keys)).toBe(true);
});

it.each([
  ['what a policy opens', 'one', out('tcp:10.61.1.1:443'), false],
  ['a neighbour', 'one', out('tcp:10.61.0.2:80'), false],
  ['the internet, with internet', 'one', out('tcp:9.9.9.9:443'), false],
  ['the internet, without the local network', 'shy', out('tcp:9.9.9.9:443'), false],
  ['a service of the host that a policy opens', 'far', out('tcp:127.0.0.1:3142'), false],
  ['a service of the host, declared', 'one', out('tcp:127.0.0.1:22'), true],
  ['a socket of the host', 'one', out('unix:/run/pulse'), false],
  ['from the host itself', 'far', into('tcp:127.0.0.1:8080'), false],
  ['from outside', 'one', into('tcp:[::]:8080'), false],
  [
    'from outside, by the way of all packets',
    'far',
    into('tcp:192.0.2.1:80', { nat: 'true' }),
    false,
  ],
])('B06-14: a proxy that leads to %s is told', (_, machine, keys, declared) => {
  expect(judged(machine, keys, declared)).toBe(false);
});

it.each(['allow', 'role', 'admin'] as const)(
  'B06-14: what is permitted (%s) is told, and by what',
  (by) => {
    const way = out('unix:/var/lib/incus/unix.socket');
    expect(judged('one', way, by !== 'admin')).toBe(true);
    expect(judged('one', way, by !== 'admin', by)).toBe(false);
  },
);
