import { afterAll, beforeAll, it } from 'vitest';
import { Bed } from './bed.ts';

const PROJECT = 'anklume-test-runner';
const RUNNER = 'test-runner';
const INFRA = `project_name: home
global: { base_subnet: "10.232", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, internet: true, machines: { red-one: { ip: 10.232.1.1 }, red-two: { ip: 10.232.1.2 } } }
  blue: { subnet_id: 2, machines: { blue-one: { ip: 10.232.2.1 } } }
`;
let bed: Bed;
beforeAll(async () => {
  bed = await Bed.make();
  const made = await bed.anklume('test-runner-create');
  if (made.code !== 0) throw new Error(made.stderr);
  await inside(`mkdir -p /srv/home && cat > /srv/home/infra.yml <<'END'\n${INFRA}END`);
  await inside('apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends docker.io ufw firewalld iptables busybox-static && systemctl stop docker docker.socket firewalld ufw; systemctl disable docker docker.socket firewalld ufw; true');
});
afterAll(() => bed.remove());
const inside = (script: string) => bed.sh(RUNNER, PROJECT, script);
const show = async (words: string) => {
  const out = await inside(`cd /srv/home; status=0; /opt/anklume/anklume ${words} 2>&1 || status=$?; echo "exit $status"`);
  console.log(`### ${words}\n${out}`);
};
it('looks', async () => {
  await show('up --skip-provision --yes');
  await show('prove');
  await inside('nft list ruleset > /root/before');
  for (const [start, stop] of [
    ['systemctl start docker', 'systemctl stop docker docker.socket; ip link del docker0; iptables-nft-save | grep -c . '],
    ['systemctl start firewalld', 'systemctl stop firewalld'],
    ['ufw --force enable', 'ufw --force disable'],
  ]) {
    console.log(start, await inside(`${start} 2>&1; sleep 3; nft list ruleset | grep -A6 "hook forward\\|hook input" | head -80`).catch(String));
    await show('network status');
    await show('prove');
    await show('doctor');
    console.log(stop, await inside(`${stop} 2>&1 || true`));
    await show('prove');
  }
});
