import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { allowedFlows } from '../model/flows.ts';
import type { ForeignChain } from './chains.ts';
import { judgeForeign } from './judge.ts';
import { isOfAnother, ownerOf, programOf } from './owners.ts';
import { passagesOf } from './passages.ts';

const chain = (family: string, table: string, name: string, older?: true) => ({
  ...{ family, table, name },
  ...(older && { older }),
});
const bridges = ['net-a', 'net-b'];

describe('B06-16: who made a chain, and what lets bridges through it', () => {
  it.each<[string, ReturnType<typeof chain>, readonly string[], string, readonly string[]]>([
    [
      ...(['Docker', chain('ip', 'filter', 'FORWARD'), ['DOCKER-USER'], 'Docker'] as const),
      [
        'iptables -I DOCKER-USER -i net-a -j ACCEPT',
        'iptables -I DOCKER-USER -o net-a -j ACCEPT',
        'iptables -I DOCKER-USER -i net-b -j ACCEPT',
        'iptables -I DOCKER-USER -o net-b -j ACCEPT',
      ],
    ],
    [
      ...(['ufw', chain('ip', 'filter', 'INPUT'), ['ufw-before', 'DOCKER'], 'ufw'] as const),
      bridges.flatMap((one) => [
        `ufw allow in on ${one}`,
        `ufw route allow in on ${one}`,
        `ufw route allow out on ${one}`,
      ]),
    ],
    [
      ...(['firewalld', chain('inet', 'firewalld', 'filter_FORWARD'), [], 'firewalld'] as const),
      [
        'firewall-cmd --permanent --zone=trusted --add-interface=net-a',
        'firewall-cmd --permanent --zone=trusted --add-interface=net-b',
        'firewall-cmd --reload',
      ],
    ],
    [
      ...([
        'anklume',
        chain('inet', 'anklume', 'forward'),
        ['infrastructure/x'],
        'anklume',
      ] as const),
      ['anklume network deploy'],
    ],
    [
      ...([
        'nobody',
        chain('inet', 'mine', 'input'),
        ['DOCKERS', 'xufw-a', 'x-KUBE-'],
        '',
      ] as const),
      [
        'nft insert rule inet mine input iifname net-a accept',
        'nft insert rule inet mine input iifname net-b accept',
      ],
    ],
    [
      ...(['iptables', chain('ip6', 'mangle', 'FORWARD'), [], ''] as const),
      bridges.flatMap((one) => [
        `ip6tables -t mangle -I FORWARD -i ${one} -j ACCEPT`,
        `ip6tables -t mangle -I FORWARD -o ${one} -j ACCEPT`,
      ]),
    ],
    [
      ...(['older iptables', chain('ip', 'filter', 'own', true), [], ''] as const),
      bridges.flatMap((one) => [
        `iptables-legacy -t filter -I own -i ${one} -j ACCEPT`,
        `iptables-legacy -t filter -I own -o ${one} -j ACCEPT`,
      ]),
    ],
    [
      ...(['nft with a name in small letters', chain('ip', 'filter', 'Forward'), [], ''] as const),
      bridges.flatMap((one) => [
        `nft insert rule ip filter Forward iifname ${one} accept`,
        `nft insert rule ip filter Forward oifname ${one} accept`,
      ]),
    ],
  ])('%s', (_what, one, names, name, lines) => {
    const owner = ownerOf(one, names);
    expect([owner.name, owner.lines(bridges)]).toEqual([name, lines]);
    expect(Object.values(owner.lasting).every((text) => text.length > 10)).toBe(true);
  });

  it.each([
    ['t', 'LIBVIRT_FWO', 'libvirt'],
    ['libvirt_network', 'x', 'libvirt'],
    ['netavark', 'x', 'Podman'],
    ['t', 'NETAVARK_FORWARD', 'Podman'],
    ['t', 'KUBE-FORWARD', 'Kubernetes'],
    ['kube-proxy', 'x', 'Kubernetes'],
    ['f2b-table', 'x', 'fail2ban'],
    ['t', 'fail2ban-ssh', 'fail2ban'],
    ['crowdsec', 'x', 'CrowdSec'],
    ['t', 'CROWDSEC_CHAIN', 'CrowdSec'],
    ['incus', 'x', 'Incus'],
    ['lxd', 'x', 'Incus'],
    ['xincus', 'incusx', ''],
    ['x-kube-', 'x-f2b-', ''],
  ])('table %s with a chain %s is of %s', (table, name, owner) => {
    expect(ownerOf(chain('inet', table, 'forward'), [name]).name).toBe(owner);
  });

  it('rules of another infrastructure are in a table of ours, with a chain that says whose', () => {
    expect(isOfAnother('anklume', ['infrastructure/x'])).toBe(true);
    expect(isOfAnother('anklume', ['forward'])).toBe(false);
    expect(isOfAnother('other', ['infrastructure/x'])).toBe(false);
    expect([programOf('ip'), programOf('inet'), programOf('ip6')]).toEqual([
      ...['iptables', 'iptables', 'ip6tables'],
    ]);
  });

  it('Docker of another family is asked with its own program', () => {
    for (const name of ['DOCKER', 'DOCKER-FORWARD'])
      expect(ownerOf(chain('ip6', 'filter', 'FORWARD', true), [name]).lines(['x'])[0]).toBe(
        'ip6tables-legacy -I DOCKER-USER -i x -j ACCEPT',
      );
  });
});

describe('B06-16: the ways that should be open', () => {
  const world = (firewall?: 'vm') => {
    const desired = desiredWorld(
      61,
      [
        {
          name: 'pa',
          machines: ['pa-1', 'pa-2'],
          ipv6: true,
        },
        { name: 'pb', machines: ['pb-1'], internet: false },
      ],
      [
        { from: 'pa', to: 'pb', ports: [443] },
        { from: 'pb', to: 'pa', ports: 'all', protocol: 'udp' },
      ],
    );
    return firewall ? { ...desired, firewallMode: firewall } : desired;
  };
  const model = allowedFlows(world());

  it('are each told in their family, and have packets at every hook', () => {
    const passages = passagesOf(model, false);
    expect(passages.map(({ name }) => name.en)).toMatchSnapshot();
    expect(passages.every(({ at, name }) => at.length > 1 && name.fr !== '')).toBe(true);
  });

  it('are these packets, whole', () => {
    expect(passagesOf(model, true)).toMatchSnapshot();
  });

  it('frames within a bridge pass the hooks of IP only where they do', () => {
    const places = (bridged: boolean) =>
      passagesOf(model, bridged)
        .filter(({ name }) => name.en === 'pa to pa')
        .flatMap(({ at }) => at.map(([place]) => place));
    const own = [
      'bridge prerouting',
      'bridge forward',
      'bridge postrouting',
      'netdev ingress',
      'netdev egress',
    ];
    expect(places(false)).toEqual(own);
    expect(places(true)).toEqual(['ip prerouting', 'ip forward', 'ip postrouting', ...own]);
  });
});

describe('what is told of a chain that closes or diverts', () => {
  const model = allowedFlows(
    desiredWorld(
      61,
      [
        { name: 'pb', machines: ['pb-1'] },
        { name: 'pa', machines: ['pa-1'] },
      ],
      [],
    ),
  );
  const around = { offloaded: new Set<string>(), uplinks: new Set(['eth0']), bridged: false };
  const drop = { steps: [{ do: 'drop' }], text: 'drop it' } as const;
  const perhaps = { steps: [{ on: 'unknown' }, { do: 'drop' }], text: 'drop some' } as const;
  const base = (more: Partial<ForeignChain>): ForeignChain => ({
    ...{
      family: 'ip',
      table: 'mine',
      name: 'out',
      hook: 'forward',
      policy: 'accept',
      rules: [drop],
    },
    ...more,
  });
  const judged = (...chains: ForeignChain[]) => judgeForeign(model, chains, around);

  it('is the chain, the rule, each way, and the lines for each bridge in order', () => {
    expect(judged(base({}))).toStrictEqual([
      {
        ...{ chain: 'ip mine out', does: 'closes', rule: 'drop it' },
        ways: [
          { en: 'pa to the internet', fr: "pa vers l'internet" },
          { en: 'pb to the internet', fr: "pb vers l'internet" },
        ],
        commands: ['a', 'b'].flatMap((one) => [
          `nft insert rule ip mine out iifname net-p${one} accept`,
          `nft insert rule ip mine out oifname net-p${one} accept`,
        ]),
        lasting: expect.objectContaining({ en: expect.stringContaining('To survive a reload') }),
      },
    ]);
  });

  it('is told apart: what surely closes, and what may', () => {
    const pa = { on: 'iif', names: ['net-pa'] } as const;
    const sure = { steps: [pa, { do: 'drop' }], text: 'drop pa' } as const;
    const found = judged(base({ rules: [sure, perhaps] }));
    expect(found.map(({ does, rule, ways }) => [does, rule, ways.map(({ en }) => en)])).toEqual([
      ['closes', 'drop pa', ['pa to the internet']],
      ['may-close', 'drop some', ['pb to the internet']],
    ]);
  });

  it.each([
    ['ip', 'output', 'closes'],
    ['ip', 'input', 'closes'],
    ['ip', 'prerouting', 'closes'],
    ['ip', 'postrouting', 'closes'],
    ['inet', 'forward', 'closes'],
    ['ip6', 'forward', undefined],
    ['arp', 'input', undefined],
    ['ip', 'ingress', undefined],
  ])('at %s %s: %s', (family, hook, does) => {
    expect(judged(base({ family, hook }))[0]?.does).toBe(does);
  });

  it.each<[string, Partial<ForeignChain>, string | undefined]>([
    ['ingress', { hook: 'ingress' }, 'closes'],
    ['egress', { hook: 'egress' }, 'closes'],
    ['a device of the host', { hook: 'ingress', devices: ['eth0'] }, 'closes'],
    ['a bridge of ours alone', { hook: 'ingress', devices: ['net-pa'] }, undefined],
    ['a hook of IP', { hook: 'forward' }, undefined],
  ])('netdev at %s', (_what, more, does) => {
    expect(judged(base({ family: 'netdev', ...more }))[0]?.does).toBe(does);
  });

  it('chains of one table call each other, those of another table do not', () => {
    const jump = { steps: [{ do: 'jump', chain: 'next' }], text: 'jump next' } as const;
    const next = (more: object): ForeignChain => {
      const { hook: _, ...rest } = base({ name: 'next', ...more });
      return rest;
    };
    expect(judged(base({ rules: [jump] }), next({}))[0]).toMatchObject({ rule: 'drop it' });
    expect(judged(base({ rules: [jump] }), next({ table: 'other' }))).toEqual([]);
    expect(judged(base({ rules: [jump] }), next({ older: true }))).toEqual([]);
    expect(judged(next({}))).toEqual([]);
  });

  it('the older iptables is called by its name', () => {
    const [found] = judged(base({ older: true, name: 'FORWARD', table: 'filter' }));
    expect(found?.chain).toBe('iptables-legacy filter FORWARD');
    expect(found?.commands[0]).toMatch(/^iptables-legacy -t filter -I FORWARD -i net-pa/);
  });

  it('Incus closes nothing but what is not as its pins say, and translates what it was told to', () => {
    const translate = { steps: [{ do: 'divert', how: 'translate' }], text: 'dnat' } as const;
    const copy = { steps: [{ do: 'divert', how: 'copy' }], text: 'dup' } as const;
    expect(judged(base({ table: 'incus', hook: 'prerouting', rules: [translate, drop] }))).toEqual(
      [],
    );
    const found = judged(
      base({ table: 'mine', hook: 'prerouting', rules: [translate, copy, copy] }),
    );
    expect(found).toStrictEqual([
      {
        chain: 'ip mine out',
        does: 'diverts',
        how: 'translate',
        rule: 'dnat',
        ways: [],
        commands: [],
      },
      { chain: 'ip mine out', does: 'diverts', how: 'copy', rule: 'dup', ways: [], commands: [] },
    ]);
    expect(judged(base({ hook: 'postrouting', rules: [translate] }))).toEqual([]);
    const named = judged(base({ table: 'netavark', hook: 'prerouting', rules: [copy] }));
    expect(named[0]).toMatchObject({ owner: 'Podman', how: 'copy' });
  });
});
