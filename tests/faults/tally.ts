/** What came of one kill point. */
interface Point {
  readonly command: string;
  /** Where it was killed, in words that several points share. */
  readonly where: string;
  converged: boolean;
}

type Row = readonly [name: string, kills: string, converged: string];

/** Counts kill points and shows them: per command how many, where, and after how many of them the world was right. */
export class Tally {
  readonly #points: Point[] = [];

  /** To be called at the kill; what it gives, when the next run has been found right. */
  killed(command: string, where: string): () => void {
    const point: Point = { command, where, converged: false };
    this.#points.push(point);
    return () => {
      point.converged = true;
    };
  }

  table(seed: number): string {
    const rows: Row[] = [[`seed ${seed}`, 'kills', 'converged']];
    for (const [command, points] of grouped(this.#points, ({ command }) => command)) {
      rows.push(rowOf(command, points));
      const places = grouped(points, ({ where }) => where).sort(
        ([, a], [, b]) => b.length - a.length,
      );
      rows.push(...places.map(([where, some]) => rowOf(`  ${where}`, some)));
    }
    rows.push(rowOf('together', this.#points));
    const wide = Math.max(...rows.map(([name]) => name.length));
    return rows
      .map(
        ([name, kills, right]) =>
          `${name.padEnd(wide)}  ${kills.padStart(5)}  ${right.padStart(9)}`,
      )
      .join('\n');
  }
}

function rowOf(name: string, points: readonly Point[]): Row {
  const right = points.filter(({ converged }) => converged).length;
  return [name, String(points.length), String(right)];
}

function grouped(points: readonly Point[], by: (point: Point) => string): [string, Point[]][] {
  const groups = new Map<string, Point[]>();
  for (const point of points) groups.set(by(point), [...(groups.get(by(point)) ?? []), point]);
  return [...groups];
}
