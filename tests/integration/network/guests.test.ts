import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import {
  type Guest,
  type GuestExec,
  type ProbeMachine,
  type Proof,
  prove,
  removeRules,
} from '../../../src/isolation/index.ts';
import { inSandbox, uniqueName } from '../support.ts';
import { createWorld, deployWorld, removeWorld, sandboxHost } from './real-world.ts';
import { desiredWorld } from './world.ts';

const tag = uniqueName('g');
const [a, b] = [`${tag}a`, `${tag}b`];
const [sender, receiver, plain] = [`${a}-1`, `${b}-1`, `${b}-2`];
const desired = desiredWorld(
  74,
  [
    { name: a, machines: [sender] },
    { name: b, machines: [receiver, plain] },
  ],
  [
    { from: a, to: b, protocol: 'udp', ports: [51820] },
    { from: plain, to: sender, protocol: 'udp', ports: [5353] },
  ],
);

/** Containers in the place of virtual machines: nothing but a shell in their network, and the end of their card here. */
describe('machines that cannot be entered', () => {
  let machines: ProbeMachine[] = [];
  let guests: Guest[] = [];
  const netnsOf = (name: string) => machines.find((one) => one.name === name)?.netns ?? '';
  const exec: GuestExec = ({ name }, argv) => run(['nsenter', `--net=${netnsOf(name)}`, ...argv]);
  /** Through their agents, or at the host's ends of their NICs. */
  const proof = (inject = false): Promise<Proof> => {
    const entered = machines.filter(({ name }) => name === plain);
    return prove(desired, entered, sandboxHost(), { guests, exec, inject });
  };
  const texts = ({ mismatches }: Proof) => mismatches.map(({ text }) => text.en);

  beforeAll(async () => {
    machines = await createWorld(desired);
    await deployWorld(desired);
    guests = machines
      .filter(({ name }) => name !== plain)
      .map(({ netns, ...end }) => ({ ...end, project: 'default', instance: end.name }));
  });
  afterAll(async () => {
    await removeRules(sandboxHost());
    await removeWorld(desired);
  });

  it.each([
    ['through their agents', false],
    ['at the host’s ends of their NICs', true],
  ])(
    'are proved with datagrams too, from them, to them and between them: %s',
    async (_, inject) => {
      const found = await proof(inject);
      expect(texts(found)).toEqual([]);
      expect(found.counts.untested).toBe(0);
      const open = found.cells.filter(
        ({ port, measured }) => port === 51820 && measured === 'open',
      );
      // Also within their own domain, and none from b.
      expect(open.map(({ from, to }) => `${from} ${to}`)).toEqual(
        expect.arrayContaining([`${sender} ${receiver}`, `${sender} ${plain}`]),
      );
      const back = { from: plain, to: sender, protocol: 'udp', port: 5353 };
      expect(found.cells).toContainEqual(expect.objectContaining({ ...back, measured: 'open' }));
      const closed = { from: receiver, to: sender, protocol: 'udp', port: 5353 };
      expect(found.cells).toContainEqual(
        expect.objectContaining({ ...closed, measured: 'closed' }),
      );
    },
  );

  it.each([
    ['through their agents', false],
    ['at the host’s ends of their NICs', true],
  ])('forge too: what they send is dropped, as is what others forge: %s', async (_, inject) => {
    const { forgeries } = await proof(inject);
    const kinds = (from: string, to: string) =>
      forgeries.filter((one) => one.from === from && one.to === to).map(({ forged }) => forged);
    expect(kinds(receiver, plain)).toEqual(
      expect.arrayContaining(['none', 'address', 'arp', 'mac', 'dhcp', 'router', 'ipv6']),
    );
    expect(kinds(plain, receiver)).toEqual(kinds(receiver, plain));
    expect(kinds(receiver, `gateway:${b}`)).toContain('mac');
    expect(kinds(receiver, sender)).toEqual(['address']);
    expect(forgeries.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it('a forged frame that gets through is found, from them and to them', async () => {
    for (const hook of ['prerouting', 'forward'])
      await inSandbox('nft', 'insert', 'rule', 'bridge', 'anklume', hook, 'accept');
    const found = await proof();
    await deployWorld(desired);
    const told = found.forgeries
      .filter(({ verdict }) => verdict === 'mismatch')
      .map(({ from, to, forged }) => `${from} ${to} ${forged}`);
    expect(told).toEqual(
      expect.arrayContaining([
        `${receiver} ${plain} mac`,
        `${receiver} ${plain} dhcp`,
        `${plain} ${receiver} dhcp`,
      ]),
    );
    expect(found.holds).toBe(false);
  });

  it('one that cannot send frames is named, and what it could forge counts as not tried', async () => {
    const mute: GuestExec = async (guest, argv) =>
      argv[0] === 'python3' ? { stdout: '' } : exec(guest, argv);
    const entered = machines.filter(({ name }) => name === plain);
    const options = { guests, exec: mute, inject: false };
    const found = await prove(desired, entered, sandboxHost(), options);
    expect(found.untested.map(({ machine }) => machine).sort()).toEqual([sender, receiver].sort());
    const fromThem = found.forgeries.filter(({ from }) => from !== plain);
    expect(new Set(fromThem.map(({ verdict }) => verdict))).toEqual(new Set(['untested']));
    expect(texts(found)).toEqual([]);
  });

  it('need no agent where frames can be put at the host’s ends of their NICs', async () => {
    const mute: GuestExec = async () => ({ stdout: '' });
    const entered = machines.filter(({ name }) => name === plain);
    const found = await prove(desired, entered, sandboxHost(), { guests, exec: mute });
    expect(found.untested).toEqual([]);
    expect(found.holds).toBe(true);
  });

  it('a datagram that gets through against the policies is found, whatever a guest says', async () => {
    await inSandbox('nft', 'insert', 'rule', 'inet', 'anklume', 'forward', 'udp dport 5353 accept');
    const found = await proof();
    await deployWorld(desired);
    const told = found.mismatches.map(({ from, to, port }) => `${from} ${to} ${port}`);
    expect(told).toEqual(
      expect.arrayContaining([`${receiver} ${sender} 5353`, `${sender} ${plain} 5353`]),
    );
    expect(found.holds).toBe(false);
  });
});
