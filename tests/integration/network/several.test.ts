import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect } from '../../../src/incus/index.ts';
import { loadedTables, probeTargets, prove } from '../../../src/isolation/index.ts';
import { openWorld } from '../../../src/site/index.ts';
import type { Desired } from '../../../src/world/tree/index.ts';
import { type TestProject, testProject } from '../cli/projects.ts';
import {
  anklume,
  clearAway,
  incusCli,
  inSandbox,
  type Outcome,
  resultOf,
  uniqueName,
} from '../support.ts';
import { sandboxHost } from './real-world.ts';

const sandbox = ['--sandbox', inject('sandbox')];
const tag = uniqueName('s');

/** An infrastructure of a domain with a policy to another and to the host, in a folder of its own. */
class Infrastructure {
  readonly name: string;
  readonly domains: readonly [string, string];
  readonly #octet: number;
  project!: TestProject;

  constructor(letter: string, octet: number) {
    this.name = `${tag}-${letter}`;
    this.domains = [`${tag}${letter}p`, `${tag}${letter}q`];
    this.#octet = octet;
  }

  /** `fewer`: without its second domain, and with one machine less in the first. */
  text(more: { readonly port?: number; readonly fewer?: boolean } = {}): string {
    const [p, q] = this.domains;
    const net = `10.${this.#octet}`;
    const policies = more.fewer
      ? `  - { description: host, from: ${p}, to: host, ports: [8080] }\n`
      : `  - { description: host, from: ${p}, to: host, ports: [8080] }
  - { description: web, from: ${p}-1, to: ${q}-1, ports: [${more.port ?? 80}], protocol: tcp }\n`;
    return `project_name: ${this.name}
global: { base_subnet: "${net}", default_os_image: probe }
domains:
  ${p}:
    subnet_id: 1
    ephemeral: true
    machines: { ${p}-1: { ip: ${net}.1.10 }${more.fewer ? '' : `, ${p}-2: { ip: ${net}.1.11 }`} }
${more.fewer ? '' : `  ${q}: { subnet_id: 2, ephemeral: true, machines: { ${q}-1: { ip: ${net}.2.10 } } }\n`}network_policies:
${policies}`;
  }

  here(...words: string[]): Promise<Outcome> {
    return anklume(words, { cwd: this.project.folder });
  }

  /** Sync, apply and load the rules, as an `up` does that proves nothing. */
  async bring(text: string = this.text()): Promise<void> {
    await this.project.write(text);
    for (const words of [
      ['sync', '--delete-orphans'],
      ['apply', ...sandbox],
    ]) {
      const done = await this.here(...words);
      expect(done.code, done.stderr).toBe(0);
    }
    await this.deploy();
  }

  async deploy(...words: string[]): Promise<void> {
    const deployed = await this.here('network', 'deploy', ...words, ...sandbox);
    expect(deployed.code, deployed.stderr).toBe(0);
  }

  async desired(): Promise<Desired> {
    return (await openWorld({ cwd: this.project.folder })).desired;
  }
}

const [a, b, c] = [
  new Infrastructure('a', 225),
  new Infrastructure('b', 226),
  new Infrastructure('c', 227),
] as const;
const all = [a, b, c];

/** Our tables in the kernel, each as nft lists it, without counters and what packets put into sets. */
async function tables(): Promise<Readonly<Record<string, string>>> {
  const lines = (await inSandbox('nft', 'list', 'tables')).split('\n');
  const ours = lines.flatMap((line) => / (anklume\S*)$/.exec(line)?.[0].trim() ?? []);
  const texts = [...new Set(ours)].map(
    async (name) => [name, (await loadedTables(sandboxHost(), [name])) ?? ''] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}

/** The table that says it is of this infrastructure. */
async function tableOf({ name }: Infrastructure): Promise<string> {
  const found = Object.entries(await tables()).filter(([, text]) =>
    text.includes(`chain infrastructure/${name} {`),
  );
  expect(found).toHaveLength(1);
  return found[0]?.[0] ?? '';
}

/** What the real packets of all machines say of several infrastructures as one world. */
async function proven(...worlds: readonly Desired[]): Promise<string[]> {
  const [first] = worlds;
  if (!first) throw new Error('no world');
  const joint: Desired = {
    ...first,
    domains: worlds.flatMap(({ domains }) => domains),
    policies: worlds.flatMap(({ policies }) => policies),
  };
  const incus = await connect({ socket: inject('socket') });
  try {
    for (;;) {
      const { machines, untested } = await probeTargets(joint, incus, sandboxHost());
      if (untested.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      const found = await prove(joint, machines, sandboxHost());
      expect(found.counts.untested).toBe(0);
      expect(found.cells.length).toBeGreaterThan(machines.length * machines.length);
      return found.mismatches.map(({ text }) => text.en);
    }
  } finally {
    await incus.close();
  }
}

/** Something beyond the host, by a cable of its own. */
const OUTSIDE = '198.51.100.2';
const outside = `${tag}o`;

async function createOutside(): Promise<void> {
  await inSandbox('ip', 'netns', 'add', outside);
  const peer = ['peer', 'name', 'eth0', 'netns', outside];
  await inSandbox('ip', 'link', 'add', `up${tag}`, 'type', 'veth', ...peer);
  await inSandbox('ip', 'address', 'add', '198.51.100.1/24', 'dev', `up${tag}`);
  await inSandbox('ip', 'link', 'set', `up${tag}`, 'up');
  await inSandbox('ip', '-n', outside, 'address', 'add', `${OUTSIDE}/24`, 'dev', 'eth0');
  await inSandbox('ip', '-n', outside, 'link', 'set', 'eth0', 'up');
}

function reaches(project: string, machine: string, address: string): Promise<boolean> {
  const ping = ['exec', '--project', project, machine, '--', 'ping', '-c', '1', '-W', '1', address];
  return incusCli(...ping).then(
    () => true,
    () => false,
  );
}

/** Of `whole`, only the first machine may still do what its tree says: the other, and the other domain, nothing. */
async function expectClosed({ domains: [p, q] }: Infrastructure, whole: Desired): Promise<void> {
  const policies = whole.policies.flatMap((policy) =>
    policy.to === 'host' ? [{ ...policy, from: `${p}-1` }] : [],
  );
  expect(await proven({ ...whole, policies })).toEqual([]);
  const ways = [`${p}-1`, `${p}-2`, `${q}-1`].map((name) =>
    reaches(name.slice(0, -2), name, OUTSIDE),
  );
  expect(await Promise.all(ways)).toEqual([true, false, false]);
}

/** A world of which nobody has said that anything may pass. */
const closedWorld = (desired: Desired): Desired => ({
  ...desired,
  domains: desired.domains.map((domain) => ({ ...domain, internet: false, lan: false })),
  policies: [],
});

describe('several infrastructures on one daemon', () => {
  beforeAll(async () => {
    for (const one of all) one.project = await testProject(one.text());
    await createOutside();
  });
  afterAll(async () => {
    await inSandbox('ip', 'netns', 'delete', outside);
    for (const one of all) await clearAway(one.project.folder, one.domains);
    for (const name of Object.keys(await tables()))
      for (const family of ['inet', 'bridge'])
        await inSandbox('nft', 'delete', 'table', family, name).catch(() => '');
  });

  it('P08-01, B06-06: the rules of each stay when others are deployed and changed', async () => {
    await a.bring();
    const [first] = Object.keys(await tables());
    expect(first).toBe('anklume');
    const before = (await tables()).anklume;
    await b.bring();
    expect((await tables()).anklume).toBe(before);
    expect(await tableOf(b)).toBe(`anklume-${b.name}`);
    await c.bring();
    expect(Object.keys(await tables()).sort()).toEqual(
      ['anklume', `anklume-${b.name}`, `anklume-${c.name}`].sort(),
    );
    const others = [await tableOf(a), await tableOf(c)];
    const kept = await tables();
    await b.bring(b.text({ port: 443 }));
    const after = await tables();
    for (const name of others) expect(after[name]).toBe(kept[name]);
    expect(after[await tableOf(b)]).not.toBe(kept[await tableOf(b)]);
    const worlds = await Promise.all(all.map((one) => one.desired()));
    expect(await proven(...worlds)).toEqual([]);
    for (const one of all) {
      const status = await one.here('network', 'status', ...sandbox);
      expect(status.code, status.stdout).toBe(0);
      expect(status.stdout).toContain('in force are the wanted ones');
    }
  });

  it('B06-06: rules that were lost leave their bridges closed, whoever deploys next', async () => {
    const before = await tables();
    const name = await tableOf(a);
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, name);
    expect((await a.here('status', ...sandbox)).code).toBe(1);
    await b.deploy();
    expect(await proven(closedWorld(await a.desired()), await b.desired())).toEqual([]);
    const missing = await a.here('status', ...sandbox);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(`Closed until the rules are deployed: ${a.domains[0]}`);
    const seen = await c.here('network', 'status', ...sandbox);
    expect(seen.code).toBe(0);
    expect(seen.stdout).toMatch(
      new RegExp(`net-${a.domains[0]} .*of the infrastructure '${a.name}'.*closed`),
    );
    await a.deploy();
    expect(await tables()).toEqual(before);
    expect(await proven(await a.desired(), await b.desired())).toEqual([]);
  });

  it('B06-06: what waits to be confirmed is taken back alone', async () => {
    const before = await tables();
    await c.project.write(c.text({ port: 8443 }));
    await c.here('sync');
    const deploy = c.here('network', 'deploy', '--confirm', '600', ...sandbox);
    await expect
      .poll(async () => (await tables())[await tableOf(c)], { timeout: 60_000 })
      .not.toBe(before[await tableOf(c)]);
    expect((await a.here('network', 'deploy', ...sandbox)).code).toBe(0);
    expect((await a.here('network', 'restore', ...sandbox)).code).toBe(0);
    expect((await deploy).code).toBe(1);
    expect(await tables()).toEqual(before);
    await c.project.write(c.text());
    await c.here('sync');
  });

  it('B06-07: what is no longer declared is closed by apply, and shown by everything until it is deleted', async () => {
    const whole = await a.desired();
    await a.project.write(a.text({ fewer: true }));
    expect((await a.here('sync', '--delete-orphans')).code).toBe(0);
    const [p, q] = a.domains;
    const told = [`net-${q} (${q}/${q}-1): no longer declared`, `${p}/${p}-2: no longer declared`];
    const unclosed = await a.here('status', ...sandbox);
    expect(unclosed.code).toBe(1);
    for (const words of told) expect(unclosed.stdout).toContain(`${words}, and not closed`);

    const apply = await a.here('apply', ...sandbox);
    expect(apply.code).toBe(0);
    for (const words of told)
      expect(apply.stdout).toContain(`${words}, closed until it is deleted`);
    expect(apply.stdout.trim().split('\n').at(-1)).toContain('apply --prune');
    // The rules of before are still loaded, and what is closed is closed all the same.
    await expectClosed(a, whole);
    const up = await a.here('up', ...sandbox);
    for (const words of told) expect(up.stdout).toContain(words);
    await expectClosed(a, whole);
    for (const command of [['status'], ['network', 'status']]) {
      const found = await a.here(...command, ...sandbox);
      expect(found.code).toBe(0);
      for (const words of told) expect(found.stdout).toContain(words);
    }
    // What runs is not what is declared, closed or not.
    const proof = await a.here('prove', ...sandbox);
    expect(proof.code).toBe(1);
    for (const place of [`${q}-1 (project ${q})`, `${p}-2 (project ${p})`])
      expect(proof.stdout).toContain(`${place} is no longer declared, and runs`);
    // Nobody else's deployment opens it.
    await b.deploy();
    await expectClosed(a, whole);
    const pruned = await a.here('apply', '--prune', '--yes', ...sandbox);
    expect(pruned.code, pruned.stderr).toBe(0);
    expect(Object.keys(await tables())).not.toContain('anklume-closed');
    expect((await a.here('status', ...sandbox)).code).toBe(0);
  });

  it('B06-06: a flush takes away its own rules and nobody else’s', async () => {
    const before = await tables();
    const name = await tableOf(a);
    const flush = await a.here('flush', '--yes', '--force', '--json', ...sandbox);
    expect(resultOf(flush)).toMatchObject({ rules: 'removed' });
    const { [name]: _, ...others } = before;
    expect(await tables()).toEqual(others);
    expect(await proven(await b.desired(), await c.desired())).toEqual([]);
    // The name is free again.
    await a.bring();
    expect(await tableOf(a)).toBe('anklume');
    expect(await proven(...(await Promise.all(all.map((one) => one.desired()))))).toEqual([]);
  });
});
