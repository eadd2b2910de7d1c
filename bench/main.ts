/**
 * `npm run bench`: our apply against the best bare script and against the incus command in a loop, in one run.
 * Prints ratios; absolute times mean nothing on a shared machine. Each figure is printed when it is there. `--only NAME`
 * measures what begins with that name, `--list` shows the names, `--quick` keeps to the small sizes, `--large` to the
 * unchanged apply of the largest, `--json` is for scripts.
 */
import { coldApply, oneLaunch, ours, removeFolder, startUp, unchanged } from './apply.ts';
import { dayToDay } from './day.ts';
import { type Bench, chosen, onlyIn, type Row, rowText } from './report.ts';

const asks = (flag: string) => process.argv.includes(flag);
const SIZES = [
  [5, 4],
  [20, 10],
  [100, 25],
] as const;
const sizes = asks('--large') ? SIZES.slice(2) : asks('--quick') ? SIZES.slice(0, 2) : SIZES;
const whole = !asks('--large');
const all: readonly Bench[] = [
  ...sizes.flatMap(([machines, domains]) => [
    ...(whole ? [{ name: `cold-${machines}`, run: () => coldApply(machines, domains) }] : []),
    { name: `unchanged-${machines}`, run: () => unchanged(machines, domains) },
  ]),
  ...(whole
    ? [
        { name: 'launch', run: oneLaunch },
        { name: 'start', run: startUp },
        { name: 'day', run: () => dayToDay(ours) },
      ]
    : []),
];

const rows: Row[] = [];
try {
  const benches = chosen(all, onlyIn(process.argv));
  if (asks('--list')) console.log(benches.map(({ name }) => name).join('\n'));
  else for (const [at, bench] of benches.entries()) await measure(bench, at + 1, benches.length);
} finally {
  await removeFolder();
  if (asks('--json')) console.log(JSON.stringify(rows));
}

async function measure(bench: Bench, number: number, of: number): Promise<void> {
  process.stderr.write(`${number} of ${of}: ${bench.name}\n`);
  const found = await bench.run();
  rows.push(...found);
  if (!asks('--json')) for (const row of found) console.log(rowText(row));
}
