import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bed } from './bed.ts';

const PROJECT = 'anklume-test-runner';
const RUNNER = 'test-runner';

const INFRA = `project_name: home
global: { base_subnet: "10.232", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, internet: true, machines: { red-one: { ip: 10.232.1.1 }, red-two: { ip: 10.232.1.2 } } }
  blue: { subnet_id: 2, machines: { blue-one: { ip: 10.232.2.1 } } }
`;

/** Firewalls of Debian, as their packages bring them: how each comes up, and what it is called here. */
const FIREWALLS = [
  {
    name: 'docker',
    // Who finds forwarding off turns it on and closes it for all others.
    on: 'sysctl -qw net.ipv4.ip_forward=0; systemctl start docker',
    off: 'systemctl stop docker.socket docker; iptables -P FORWARD ACCEPT',
    told: /chain ip filter FORWARD \(Docker\) closes what should be open \(policy drop\): .*red to the internet/,
  },
  {
    name: 'firewalld',
    on: 'systemctl start firewalld',
    off: 'systemctl stop firewalld',
    told: /chain inet firewalld filter_INPUT \(firewalld\) closes what should be open .*blue to DNS and DHCP/,
  },
  {
    name: 'ufw',
    on: 'ufw --force enable',
    off: 'ufw --force disable',
    told: /chain ip filter INPUT \(ufw\) closes what should be open .*blue to DNS and DHCP/,
  },
];

/** A host with systemd and an Incus of its own, on which people have other firewalls too. */
let bed: Bed;
beforeAll(async () => {
  bed = await Bed.make();
  const made = await bed.anklume('test-runner-create');
  expect(made.code, made.stderr).toBe(0);
  await inside(`mkdir -p /srv/home && cat > /srv/home/infra.yml <<'END'\n${INFRA}END`);
  await inside(
    'mkdir -p /etc/docker && echo \'{"iptables": true}\' > /etc/docker/daemon.json; apt-get update -q; ' +
      'export DEBIAN_FRONTEND=noninteractive; ' +
      'apt-get install -qy --no-install-recommends docker.io firewalld iptables ufw; ' +
      'systemctl disable --now docker.socket docker firewalld ufw',
  );
  await tool('up --skip-provision --yes');
});
afterAll(() => bed.remove());

const inside = (script: string) => bed.sh(RUNNER, PROJECT, script);
/** What a command prints, and its exit status as the last line. */
const tool = (words: string) =>
  inside(
    `cd /srv/home; status=0; /opt/anklume/anklume ${words} 2>&1 || status=$?; echo "exit $status"`,
  );

it.each(FIREWALLS)(
  'B06-06: $name on the same host: named, proved, and mended by the words that stand there',
  async ({ on, off, told }) => {
    await inside(on);
    try {
      expect(await tool('doctor')).toMatch(/! Rules of others/);
      expect(await tool('network status')).toMatch(told);
      const broken = await tool('prove');
      expect(broken).toMatch(told);
      expect(broken).toMatch(/exit 1$/);
      const remedies = [...broken.matchAll(/^ *→ (.+?)(?: \(.*\))?$/gm)].map(([, words]) => words);
      await inside([...new Set(remedies)].join('\n'));
      const mended = await tool('prove');
      expect(mended).toMatch(/The isolation is as declared[\s\S]*exit 0$/);
      // What lets our machines out lets nobody in.
      expect(await tool('network status')).not.toMatch(told);
    } finally {
      await inside(off);
    }
    expect(await tool('prove')).toMatch(/exit 0$/);
  },
);
