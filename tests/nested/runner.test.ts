import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bed, lines } from './bed.ts';

const PROJECT = 'anklume-test-runner';
const RUNNER = 'test-runner';

interface Result {
  readonly type: string;
  readonly role?: string;
  readonly ok?: boolean;
  readonly log?: string;
  readonly runner?: { readonly created: boolean };
}

/** Two domains for the Incus inside; their machines are small. */
const INFRA = `project_name: inside
global: { base_subnet: "10.231", default_os_image: images:probe }
domains:
  red: { subnet_id: 1, machines: { red-one: {}, red-two: {} } }
  blue: { subnet_id: 2, machines: { blue-one: {} } }
`;

/** Every process of a sandbox is below its control group. */
const PROCESSES = 'cat /proc/[0-9]*/cgroup 2>/dev/null | grep --count anklume-sandbox || true';
const WAIT = { timeout: 300_000, interval: 1000 };

let bed: Bed;
let before: string[];
beforeAll(async () => {
  bed = await Bed.make();
  // Incus keeps its own table, empty, after the first network that it ever had.
  await bed.incus('network', 'create', 'first', 'ipv4.address=10.208.9.1/24', 'ipv6.address=none');
  await bed.incus('network', 'delete', 'first');
  before = await bed.everything();
});
afterAll(() => bed.remove());

const inside = (script: string) => bed.sh(RUNNER, PROJECT, script);

it('P12-04 P16-06: test-runner-create makes the machine and says why it is a container', async () => {
  const made = await bed.anklume('test-runner-create');
  expect(made.code, made.stderr).toBe(0);
  const [report] = lines<{ kind: string; created: boolean; why?: { en: string } }>(made);
  expect(report).toMatchObject({ kind: 'container', created: true });
  expect(report?.why?.en).toMatch(/virtual machines/);
  const list = ['list', '--project', PROJECT, '--format', 'csv', '--columns', 'nst'];
  expect(await bed.incus(...list)).toBe('test-runner,RUNNING,CONTAINER');
});

it('P12-02: Incus with a pool and a bridge, the clone, the test runner, ansible-lint and dependencies are inside', async () => {
  expect(await inside('incus storage list --format csv')).toContain('default');
  expect(await inside('incus network list --format csv')).toContain('incusbr0');
  expect(await inside('git -C /opt/anklume log --oneline | wc -l')).toBe('1');
  expect(await inside('ansible-lint --version && shellcheck --version')).toContain('ansible-lint');
  const test = 'node_modules/.bin/vitest run --project unit src/base/system/apt-sources.test.ts';
  expect(await inside(`cd /opt/anklume && ${test}`)).toContain('passed');
});

it('P12-05: the whole tool deploys an infrastructure inside, whose containers run', async () => {
  await inside(`mkdir -p /srv/inside && cd /srv/inside
    cat > infra.yml <<'END'
${INFRA}END
    /opt/anklume/anklume sync && /opt/anklume/anklume apply infra`);
  const running = 'incus list --all-projects --format csv --columns ns | sort';
  expect(await inside(running)).toBe('blue-one,RUNNING\nred-one,RUNNING\nred-two,RUNNING');
  expect(await inside('cd /srv/inside && /opt/anklume/anklume plan --exit-code')).toContain(
    'Nothing to do',
  );
});

it('P12-03 P12-06: test-sandboxed reuses it, passes base_system, and leaves nothing inside', async () => {
  const tested = await bed.anklume('test-sandboxed', 'base_system/default,machine_ready');
  expect(tested.code, tested.stderr.slice(-4000)).toBe(0);
  const results = lines<Result>(tested);
  expect(results.at(-1)).toMatchObject({ type: 'test-sandboxed', runner: { created: false } });
  const roles = results.filter(({ type }) => type === 'role-test');
  expect(roles.map(({ role, ok }) => [role, ok]).sort()).toEqual([
    ['base_system', true],
    ['machine_ready', true],
  ]);
  for (const { log = '' } of roles) expect(await readFile(log, 'utf8')).toContain('== converge');
  expect(await inside('ls /root/.anklume/sandboxes')).toBe('');
  expect(await inside(PROCESSES)).toBe('0');
});

it('P12-08: of a run that is killed nothing stays inside', async () => {
  const kill = new AbortController();
  const running = bed.anklumeUntil(kill.signal, 'test-sandboxed', 'base_system/default');
  await expect.poll(() => inside(PROCESSES), WAIT).not.toBe('0');
  kill.abort();
  await expect(running).rejects.toThrow();
  await expect.poll(() => inside(PROCESSES), WAIT).toBe('0');
  await expect.poll(() => inside('ls /root/.anklume/sandboxes'), WAIT).toBe('');
  const units = "systemctl list-units --plain --no-legend 'anklume-test-*'";
  await expect.poll(() => inside(units), WAIT).toBe('');
});

it('P12-04 P12-07: test-runner-destroy leaves the host as it was', async () => {
  const gone = await bed.anklume('dev', 'test-runner-delete');
  expect(gone.code, gone.stderr).toBe(0);
  expect(await bed.everything()).toEqual(before);
});

it('P12-03 P12-08: test-sandboxed --delete makes a runner, tests in it and leaves nothing', async () => {
  const tested = await bed.anklume('test-sandboxed', 'machine_ready', '--delete');
  expect(tested.code, tested.stderr.slice(-4000)).toBe(0);
  const results = lines<Result>(tested);
  expect(results.at(-1)).toMatchObject({ type: 'test-sandboxed', runner: { created: true } });
  expect(results.map(({ role, ok }) => [role, ok])).toContainEqual(['machine_ready', true]);
  expect(await bed.everything()).toEqual(before);
});
