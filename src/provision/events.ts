import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const about = { host: v.string(), task: v.string(), role: v.string() };

/** What a line of our callback plugin tells. */
const schema = v.variant('event', [
  v.object({ event: v.literal('task'), ...about }),
  v.object({
    event: v.literal('result'),
    ...about,
    status: v.picklist(['ok', 'changed', 'failed', 'ignored', 'unreachable', 'skipped']),
    seconds: v.number(),
    message: v.string(),
    output: v.string(),
  }),
  v.object({
    event: v.literal('stats'),
    hosts: v.record(
      v.string(),
      v.object({
        ok: count,
        changed: count,
        failures: count,
        unreachable: count,
        skipped: count,
      }),
    ),
  }),
]);

export type AnsibleEvent = v.InferOutput<typeof schema>;

/** One line of Ansible's output; undefined when it is none of our events. What it quotes came out of a machine. */
export function parseEvent(untrustedLine: string): AnsibleEvent | undefined {
  try {
    const untrusted: unknown = JSON.parse(untrustedLine);
    const result = v.safeParse(schema, untrusted);
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
