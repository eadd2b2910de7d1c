import { expect, it } from 'vitest';
import { desiredWorld } from '../../../../tests/integration/network/world.ts';
import { allowedFlows } from '../../model/flows.ts';
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

function told(
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
  const found = proxyFindings(model, [{ ...proxy, keys: { type: 'proxy', ...keys } }]);
  expect(found.findings.length + found.notes.length).toBe(1);
  return found;
}

const judged = (...words: Parameters<typeof told>) => told(...words).findings.length > 0;
const said = (...words: Parameters<typeof told>) => {
  const { findings, notes } = told(...words);
  return [...findings, ...notes][0];
};

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
  ['a range of ports that the policy names in part', 'one', out('tcp:10.61.1.1:443-444')],
  ['nothing', 'one', { bind: 'instance', listen: 'tcp:127.0.0.1:80' }],
  ['no kind of way', 'one', out('xtcp:10.61.0.2:80')],
  ['a way without a port', 'one', out('tcp:10.61.0.2:')],
  ['a port that is a word', 'one', out('tcp:10.61.0.2:http')],
  ['more than a port', 'one', out('tcp:10.61.0.2:80x')],
  ['the host, by the policy of another domain', 'shy', out('tcp:0.0.0.0:3142')],
  ['the host over IPv6, by hand', 'one', out('tcp:[::1]:22')],
  ['the local network over IPv6, without it', 'shy', out('tcp:[2001:db8::1]:80')],
  ['the daemon of before', 'one', out('unix:/var/snap/lxd/common/lxd/unix.socket')],
  ['from outside, and cannot be read', 'one', into('tcp:anywhere')],
  ['from another domain, at one of several ports', 'one', into('tcp:10.61.1.254:80,3142')],
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
  ['a range of one port that a policy opens', 'one', out('tcp:10.61.1.1:443-443'), false],
  [
    'a socket called almost like the daemon’s',
    'one',
    out('unix:/run/incus/unix.socket.bak'),
    false,
  ],
  ['from the host itself', 'far', into('tcp:127.0.0.1:8080'), false],
  ['from the host itself over IPv6', 'far', into('tcp:[::1]:8080'), false],
  ['from a socket of the host', 'far', into('unix:/run/x'), false],
  ['from outside, at a port that no policy names', 'one', into('tcp:10.61.1.254:3141'), false],
  ['from its own domain, by its own policy', 'far', into('tcp:127.0.0.1:3142'), false],
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

it('B06-14: of what domain nobody knows breaks nothing', () => {
  expect(judged('nobody', out('tcp:10.61.1.1:443'))).toBe(false);
});

it.each<[string, boolean, 'allow' | 'role' | 'admin' | undefined, string, string]>([
  [
    ...(['by hand', false, undefined] as const),
    'a proxy device p leads out of one (tcp:127.0.0.1:80 -> tcp:10.61.2.1:80), made by hand, and it joins two domains although no policy does (the other is pc)',
    'anklume incus -- config device remove one p --project pa',
  ],
  [
    ...(['declared', true, undefined] as const),
    'a proxy device p leads out of one (tcp:127.0.0.1:80 -> tcp:10.61.2.1:80), and it joins two domains although no policy does (the other is pc)',
    "Take p out of infra.yml, and run 'anklume up'.",
  ],
  [
    ...(['allowed', true, 'allow'] as const),
    "a proxy device p leads out of one (tcp:127.0.0.1:80 -> tcp:10.61.2.1:80), and it joins two domains although no policy does (the other is pc), as its key 'allow' permits",
    "Take p out of infra.yml, and run 'anklume up'.",
  ],
  [
    ...(['of the admin container', false, 'admin'] as const),
    "a proxy device p leads out of one (tcp:127.0.0.1:80 -> tcp:10.61.2.1:80), and it joins two domains although no policy does (the other is pc): it is the admin container, by 'anklume host admin on'",
    "'anklume host admin off' removes it.",
  ],
])('B06-14: %s, it is told whole', (_what, declared, permitted, text, remedy) => {
  const one = said('one', out('tcp:10.61.2.1:80'), declared, permitted);
  expect(one).toMatchObject({
    code: 'proxy',
    place: 'one',
    text: { en: text },
    remedy: { en: remedy },
  });
});

it('B06-14: what it lacks is shown as that', () => {
  const one = said('one', {}, true);
  expect(one?.text.en).toBe(
    'a proxy device p leads into one (? -> ?), and it is not known where it leads',
  );
});
