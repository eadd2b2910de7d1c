import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Commands } from './host/commands.ts';
import { anklumeIn, anklumeOutcome } from './host/inside.ts';
import { removeWorld, writeWorld } from './host/worlds.ts';

const FOLDER = '/root/shared-gpu';
const PROJECT = 'shared';

/** One card, two machines that share it by a profile, and one that has nothing to do with it. */
const WORLD = `project_name: emulated-gpu
global:
  base_subnet: "10.101"
  default_os_image: probe
  gpu_policy: shared
domains:
  ${PROJECT}:
    subnet_id: 1
    trust_level: trusted
    ephemeral: true
    profiles:
      card:
        devices:
          gpu:
            type: gpu
    machines:
      gpu-a:
        ip: "10.101.1.1"
        profiles: [default, card]
      gpu-b:
        ip: "10.101.1.2"
        profiles: [default, card]
      gpu-none:
        ip: "10.101.1.3"
`;

let commands: Commands;
const incus = (...args: string[]) => commands.run(['incus', '--project', PROJECT, ...args]);
const shell = (name: string, script: string) => incus('exec', name, '--', 'sh', '-c', script);
const card = (name: string) => shell(name, 'ls /dev/dri 2>/dev/null || true');

let said = '';
beforeAll(async () => {
  commands = new Commands(inject('commands'));
  await writeWorld(commands, FOLDER, WORLD);
  said = (await anklumeOutcome(commands, ['sync', '--json'], { cwd: FOLDER })).stderr;
  await anklumeIn(commands, ['apply', '--yes'], { cwd: FOLDER });
});
afterAll(async () => {
  await removeWorld(commands, [PROJECT]);
  commands.close();
});

it('P05-06: the card is in the machines that declare it, and in no other', async () => {
  expect(await card('gpu-a')).toContain('card0');
  expect(await card('gpu-b')).toContain('card0');
  expect((await card('gpu-none')).trim()).toBe('');
  expect(await incus('config', 'device', 'list', 'gpu-none')).not.toContain('gpu');
});

it('P10-05: sync warns, and two containers hold the same card open at once', async () => {
  expect(said).toContain('gpu-shared');
  // Each opens the card and keeps it open for as long as the other looks.
  const script = 'exec 3<>/dev/dri/card0 && touch /tmp/open && sleep 20 & sleep 1; wait';
  const holding = ['gpu-a', 'gpu-b'].map((name) => shell(name, script));
  const open = (name: string) => shell(name, 'ls -l /proc/[0-9]*/fd/3 2>/dev/null || true');
  for (const name of ['gpu-a', 'gpu-b'])
    await expect
      .poll(() => open(name).catch(() => ''), { timeout: 60_000, interval: 1000 })
      .toContain('/dev/dri/card0');
  const numbers = (name: string) => shell(name, 'stat -c %t:%T /dev/dri/card0');
  expect(await numbers('gpu-a')).toBe(await numbers('gpu-b'));
  expect(await commands.run(['stat', '-c', '%t:%T', '/dev/dri/card0'])).toBe(
    await numbers('gpu-a'),
  );
  await Promise.all(holding);
});

it('P10-08: the card is there again after the container was restarted', async () => {
  await incus('restart', '--force', 'gpu-a');
  await expect.poll(() => card('gpu-a'), { timeout: 60_000, interval: 1000 }).toContain('card0');
  // It comes from the profile: the machine has no device of its own.
  expect(await incus('config', 'device', 'list', 'gpu-a')).not.toContain('gpu');
});

it('P10-08: and after the whole host was restarted', async () => {
  const path = '/proc/sys/kernel/random/boot_id';
  const before = await commands.run(['cat', path]);
  // A command that falls into the restart is never answered.
  const bootId = () => {
    commands.close();
    commands = new Commands(inject('commands'));
    return Promise.race([commands.run(['cat', path]), pause(60_000).then(() => before)]);
  };
  void commands.outcome(['systemctl', 'reboot']).catch(() => {});
  await expect
    .poll(() => bootId().catch(() => before), { timeout: 600_000, interval: 2000 })
    .not.toBe(before);
  // The machines start one after the other.
  const there = (name: string) =>
    expect.poll(() => card(name).then((text) => text.trim(), String), {
      timeout: 300_000,
      interval: 2000,
    });
  await there('gpu-a').toContain('card0');
  await there('gpu-b').toContain('card0');
  await there('gpu-none').toBe('');
});
