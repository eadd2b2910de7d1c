import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bed } from './bed.ts';

const PROJECT = 'anklume-test-runner';
const RUNNER = 'test-runner';

const infra = (more = '') => `project_name: home
global: { base_subnet: "10.232", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, machines: { red-one: { ip: 10.232.1.1 }, red-two: { ip: 10.232.1.2 } } }
  blue: { subnet_id: 2, machines: { blue-one: { ip: 10.232.2.1 }${more} } }
`;

/** Where red-one sends from its first moment on: its neighbour may answer, the other domain and its gateway may not. */
const TARGETS = { 'red-two': '10.232.1.2', 'blue-one': '10.232.2.1', 'blue-gate': '10.232.2.254' };
const SENDER = Object.entries(TARGETS)
  .map(
    ([name, ip]) =>
      `::respawn:/bin/sh -c "ping -c 1 -W 1 ${ip} >/dev/null 2>&1 && echo >> /got-${name}; echo >> /sent-${name}"`,
  )
  .join('\n');

const WAIT = { timeout: 300_000, interval: 500 };

/** A host with systemd and an Incus of its own, which is really booted. */
let bed: Bed;
beforeAll(async () => {
  bed = await Bed.make();
  const made = await bed.anklume('test-runner-create');
  expect(made.code, made.stderr).toBe(0);
  await inside(`mkdir -p /srv/home && cat > /srv/home/infra.yml <<'END'\n${infra()}END`);
});
afterAll(() => bed.remove());

const inside = (script: string) => bed.sh(RUNNER, PROJECT, script);
const tool = (words: string) => inside(`cd /srv/home && /opt/anklume/anklume ${words}`);
const code = (words: string) =>
  inside(`cd /srv/home; status=0; /opt/anklume/anklume ${words} >&2 || status=$?; echo $status`);
const states = () => inside('incus list --all-projects --format csv --columns ns | sort');
const autostart = () =>
  inside(
    ['red/red-one', 'red/red-two', 'blue/blue-one']
      .map((place) => `incus config get --project ${place.replace('/', ' ')} boot.autostart`)
      .join('; '),
  );
const RUNNING = 'blue-one,RUNNING\nred-one,RUNNING\nred-two,RUNNING';
const STOPPED = RUNNING.replaceAll('RUNNING', 'STOPPED');

async function reboot(): Promise<void> {
  await bed.incus('restart', RUNNER, '--project', PROJECT);
  await expect
    .poll(() => inside('systemctl is-system-running || true'), WAIT)
    .toMatch(/running|degraded/);
  await inside('incus admin waitready');
}

/** How many packets were answered since the boot, by whom, once red-one has sent a good number to each. */
async function answered(): Promise<Record<string, boolean>> {
  const count = (kind: string, name: string) =>
    inside(`incus exec --project red red-one -- sh -c 'cat /${kind}-${name} 2>/dev/null | wc -l'`);
  const got: Record<string, boolean> = {};
  for (const name of Object.keys(TARGETS)) {
    await expect.poll(async () => Number(await count('sent', name)), WAIT).toBeGreaterThan(4);
    got[name] = Number(await count('got', name)) > 0;
  }
  return got;
}
const CLOSED = { 'red-two': true, 'blue-one': false, 'blue-gate': false };

/** Nothing of an earlier boot counts. */
const forget = () =>
  inside("incus exec --project red red-one -- sh -c 'rm -f /got-* /sent-*; sync'");

it('B06-08: a host without the rules at boot starts no machine', async () => {
  await tool('up --skip-provision --no-boot --yes');
  expect(await states()).toBe(RUNNING);
  expect(await autostart()).toBe('false\nfalse\nfalse');
  await inside(
    `incus exec --project red red-one -- sh -c 'cat >> /etc/inittab' <<'END'\n${SENDER}\nEND`,
  );
  await reboot();
  expect(await states()).toBe(STOPPED);
});

it('B06-08: up offers the rules at boot, and then machines start with the host', async () => {
  await tool('up --skip-provision --yes');
  expect(await autostart()).toBe('');
  await inside('systemctl is-enabled anklume-network');
  expect(await inside('cd /srv/home && /opt/anklume/anklume plan --exit-code')).toContain(
    'Nothing',
  );
});

it('B06-08: from the first moment of boot no packet crosses', async () => {
  await forget();
  await reboot();
  await expect.poll(states, WAIT).toBe(RUNNING);
  expect(await answered()).toEqual(CLOSED);
  expect(await code('status')).toBe('0');
});

it('B06-08: nor where the rules cannot be loaded: what stands before them stays', async () => {
  await forget();
  await inside('echo "no rules" >> /etc/anklume/nftables/anklume.nft');
  await reboot();
  await expect.poll(states, WAIT).toBe(RUNNING);
  expect(await inside('systemctl is-active anklume-network || true')).toBe('failed');
  expect(await answered()).toEqual(CLOSED);
  expect(await code('status')).toBe('1');
  await inside('sed -i "/^no rules$/d" /etc/anklume/nftables/anklume.nft');
});

it('B06-08: nor between domains that were added and never deployed', async () => {
  await inside(
    `cat > /srv/home/infra.yml <<'END'\n${infra()}  new: { subnet_id: 3, machines: { new-one: {} } }\nEND`,
  );
  await tool('apply infra --sync');
  await forget();
  await reboot();
  await expect
    .poll(states, WAIT)
    .toBe(`blue-one,RUNNING\nnew-one,RUNNING\nred-one,RUNNING\nred-two,RUNNING`);
  expect(await answered()).toEqual(CLOSED);
  const gate = 'incus exec --project new new-one -- ping -c 1 -W 2 10.232.1.1 || echo none';
  expect(await inside(gate)).toContain('none');
  expect(await code('status')).toBe('1');
});

it('the packets do cross where the unit is away, and status says that walls are missing', async () => {
  await forget();
  await inside('systemctl disable anklume-network');
  await reboot();
  await expect.poll(states, WAIT).toContain('red-one,RUNNING');
  expect(await answered()).toEqual({ 'red-two': true, 'blue-one': true, 'blue-gate': true });
  expect(await code('status')).toBe('1');
});

it('B06-08: network boot off holds every machine before it takes the unit away', async () => {
  await tool('up --skip-provision --yes');
  await tool('network boot off');
  expect(await autostart()).toBe('false\nfalse\nfalse');
  await reboot();
  expect(await states()).not.toContain('RUNNING');
});
