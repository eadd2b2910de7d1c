import { describe, expect, it } from 'vitest';
import { type Choices, DEFAULTS } from './choices.ts';
import { factsOf } from './facts.fixture.ts';
import type { Facts } from './facts.ts';
import { BACKPORTS_FILE, planBootstrap } from './plan.ts';
import { nameOf, type Step } from './step.ts';

const AROUND = { launcher: '/opt/anklume/anklume', mirror: 'http://deb.debian.org/debian' };
const plan = (facts: Facts, choices: Partial<Choices> = {}) =>
  planBootstrap(facts, { ...DEFAULTS, ...choices }, AROUND);
const packagesIn = (steps: readonly Step[]) =>
  steps.flatMap((one) => (one.kind === 'packages' ? [one] : []))[0];

describe('the plan of a bootstrap', () => {
  it('P23-01, P23-03, P23-08: a bare Debian 13 gets packages, network, services, Incus and the command', () => {
    expect(plan(factsOf('debian13')).steps.map(nameOf)).toEqual([
      'packages:incus-base',
      'file:/etc/sysctl.d/60-anklume.conf',
      'sysctl:net.ipv4.ip_forward',
      'unit:incus.socket',
      'unit:incus-startup.service',
      'pool:default',
      'network:incusbr0',
      'profile:default',
      'link:/usr/local/bin/anklume',
      'world:/srv/anklume',
    ]);
  });

  it.each([
    ['debian12', 'apt', 'incus-base'],
    ['debian13', 'apt', 'incus-base'],
    ['ubuntu', 'apt', 'incus-base'],
    ['fedora', 'dnf', 'incus'],
    ['arch', 'pacman', 'incus'],
    ['cachyos', 'pacman', 'incus'],
  ] as const)('P23-01, P23-02, by its recorded os-release: %s uses %s', (system, manager, name) => {
    const found = packagesIn(plan(factsOf(system)).steps);
    expect(found).toMatchObject({ manager, names: expect.arrayContaining([name]) });
  });

  it('P23-02: Debian 12 alone gets the backports, before its packages', () => {
    const names = (system: 'debian12' | 'debian13') => plan(factsOf(system)).steps.map(nameOf);
    expect(names('debian12').slice(0, 2)).toEqual([
      `file:${BACKPORTS_FILE}`,
      'packages:incus-base',
    ]);
    expect(names('debian13')).not.toContain(`file:${BACKPORTS_FILE}`);
  });

  it.each([
    ['btrfs', 'prod', 'btrfs'],
    ['btrfs', undefined, 'btrfs'],
    ['btrfs', 'dev', 'dir'],
    ['other', 'prod', 'dir'],
    ['other', 'dev', 'dir'],
  ] as const)('P16-18: on %s, mode %s keeps machines by %s', (filesystem, mode, driver) => {
    const { steps } = plan(factsOf('debian13', { filesystem }), { ...(mode && { mode }) });
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'pool', driver }));
    expect(packagesIn(steps)?.names.includes('btrfs-progs')).toBe(driver === 'btrfs');
    expect(steps.map(nameOf).includes('file:/etc/anklume/production')).toBe(mode === 'prod');
  });

  it('P16-20: YOLO is a file that the rest of the program reads', () => {
    const { steps } = plan(factsOf('debian13'), { yolo: true });
    expect(steps).toContainEqual(
      expect.objectContaining({ path: '/etc/anklume/yolo', text: 'true\n' }),
    );
  });

  it('P23-03: an Incus of somebody else is used as it is', () => {
    const incus = { state: 'running', pools: ['p'], networks: ['n'], instances: 2 } as const;
    const { steps } = plan(factsOf('debian13', { incus }), { adopt: true });
    const kinds = steps.map(({ kind }) => kind);
    expect(kinds.filter((kind) => ['pool', 'network', 'profile'].includes(kind))).toEqual([]);
  });

  it('the network of Incus avoids those of the host', () => {
    const networks = [{ subnet: '10.99.250.0/24', device: 'vpn' }];
    const { steps } = plan(factsOf('debian13', { networks }));
    const network = steps.find(({ kind }) => kind === 'network');
    expect(network).toMatchObject({ config: { 'ipv4.address': '10.98.250.1/24' } });
  });

  it('its own bridge is none that it has to avoid: a second run plans the same', () => {
    const networks = [{ subnet: '10.99.250.1/24', device: 'incusbr0' }];
    const { steps } = plan(factsOf('debian13', { networks }));
    const network = steps.find(({ kind }) => kind === 'network');
    expect(network).toMatchObject({ config: { 'ipv4.address': '10.99.250.1/24' } });
  });

  it('names every firewall that is active', () => {
    const { notes } = plan(factsOf('debian13', { firewalls: ['docker', 'ufw'] }));
    expect(notes.map(({ code }) => code)).toEqual(['host-docker', 'host-ufw']);
  });
});
