/**
 * `npx tsx bench/walls.ts`: what our rules cost a packet that a policy allows, with 2, 50 and 200 domains, against no
 * rules of ours and against one linear rule for each pair of domains, in one run; and how long 200 domains take to load.
 * "No rules of ours" is what a host with Incus has: a masquerade rule, and so connections that the kernel tracks. What
 * tracking costs against a host without a single rule is told beside.
 *
 * Each world is a network namespace with a bridge for each domain and the product's own ruleset; its first and last
 * domain have a member, and a policy from one to the other. The three ways take turns, and the median of the ratios
 * counts: absolute figures mean nothing on a shared machine. `--quick` measures less, `--json` is for scripts. Needs root.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedFlows, deployRules, renderRuleset } from '../src/isolation/index.ts';
import type { Desired } from '../src/world/tree/index.ts';
import { desiredWorld } from '../tests/integration/network/world.ts';
import { median, timed } from './measure.ts';
import { type Bed, bedOf, linearRules, type Measured, meter } from './walls-bed.ts';

const quick = process.argv.includes('--quick');
const rounds = quick ? 3 : 15;
const seconds = quick ? 0.1 : 0.3;
const AIM = 0.95;
const folder = await mkdtemp(join(tmpdir(), 'anklume-walls-'));

const MASQUERADE = `table inet incus {
chain pstrt {
type nat hook postrouting priority srcnat; policy accept;
ip saddr 10.90.0.0/16 ip daddr != 10.90.0.0/16 masquerade
}
}
`;

interface Row {
  readonly domains: number;
  /** Ours, linear, and not a single rule, each to none of ours: packets a second, and the time of a round trip. */
  readonly packets: number;
  readonly trip: number;
  readonly linearPackets: number;
  readonly linearTrip: number;
  readonly barePackets: number;
  readonly bareTrip: number;
  /** Milliseconds for the one transaction that loads the rules, by nft alone and with all our checks. */
  readonly transaction: number;
  readonly deploy: number;
}

/** A world in which the first domain reaches the last. */
function worldOf(count: number): Desired {
  const names = Array.from({ length: count }, (_, index) => `d${index}`);
  const domains = names.map((name) => ({ name, machines: [`${name}-1`] }));
  const policies = [{ from: 'd0', to: `d${count - 1}`, protocol: 'udp' as const, ports: [7000] }];
  return desiredWorld(90, domains, policies);
}

async function load(bed: Bed, file: string): Promise<number> {
  return (await timed([...bed.host.enter, 'nft', '-f', file])).ms;
}

async function measured(count: number): Promise<Row> {
  const desired = worldOf(count);
  const text = renderRuleset(allowedFlows(desired));
  const masquerade = join(folder, 'masquerade.nft');
  await writeFile(masquerade, MASQUERADE);
  const [own, linear] = [join(folder, `${count}.nft`), join(folder, `${count}-linear.nft`)];
  await Promise.all([writeFile(own, text), writeFile(linear, linearRules(desired))]);
  const beds = [
    await bedOf(desired),
    await bedOf(desired),
    await bedOf(desired),
    await bedOf(desired),
  ] as const;
  const [none, ours, lines, bare] = beds;
  const { measure, end } = meter();
  try {
    for (const bed of [none, ours, lines]) await load(bed, masquerade);
    const start = performance.now();
    await deployRules(text, ours.host);
    const deploy = performance.now() - start;
    const loads = [];
    for (let i = 0; i < 5; i++) loads.push(await load(ours, own));
    await load(lines, linear);
    const address = desired.domains.at(-1)?.machines[0]?.ip ?? '';
    const all: (readonly [Measured, Measured, Measured, Measured])[] = [];
    for (let round = 0; round < rounds; round++)
      all.push([
        await measure(none, address, seconds),
        await measure(ours, address, seconds),
        await measure(lines, address, seconds),
        await measure(bare, address, seconds),
      ]);
    const ratio = (key: keyof Measured, way: 1 | 2 | 3) =>
      median(all.map((one) => one[way][key] / one[0][key]));
    return {
      domains: count,
      packets: ratio('packets', 1),
      trip: ratio('trip', 1),
      linearPackets: ratio('packets', 2),
      linearTrip: ratio('trip', 2),
      barePackets: ratio('packets', 3),
      bareTrip: ratio('trip', 3),
      transaction: median(loads),
      deploy,
    };
  } finally {
    end();
    for (const bed of beds) await bed.close();
  }
}

const rows: Row[] = [];
try {
  for (const count of [2, 50, 200]) rows.push(await measured(count));
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (process.argv.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
else
  for (const row of rows)
    console.log(
      [
        `${String(row.domains).padStart(3)} domains:`,
        `packets x${row.packets.toFixed(3)}${row.packets < AIM ? ` (missed ${AIM})` : ''},`,
        `round trip x${row.trip.toFixed(3)};`,
        `a rule a pair: packets x${row.linearPackets.toFixed(3)}, round trip x${row.linearTrip.toFixed(3)};`,
        `no rule at all: packets x${row.barePackets.toFixed(3)}, round trip x${row.bareTrip.toFixed(3)};`,
        `one transaction ${Math.round(row.transaction)} ms, deploy ${Math.round(row.deploy)} ms`,
      ].join(' '),
    );
