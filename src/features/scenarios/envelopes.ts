import * as v from 'valibot';

/**
 * The part of the Cucumber messages that is looked at: https://github.com/cucumber/messages has the whole.
 * One message is one line of JSON with one key, which names its kind.
 */
const duration = v.object({ seconds: v.number(), nanos: v.number() });
const stamp = duration;

const astStep = v.object({ id: v.string(), keyword: v.string(), text: v.string() });
const child = v.object({
  background: v.optional(v.object({ steps: v.array(astStep) })),
  scenario: v.optional(v.object({ steps: v.array(astStep) })),
  // Rules group scenarios, one level deep.
  rule: v.optional(
    v.object({
      children: v.array(
        v.object({
          background: v.optional(v.object({ steps: v.array(astStep) })),
          scenario: v.optional(v.object({ steps: v.array(astStep) })),
        }),
      ),
    }),
  ),
});

const envelopeSchema = v.object({
  gherkinDocument: v.optional(
    v.object({
      uri: v.string(),
      feature: v.optional(v.object({ name: v.string(), children: v.array(child) })),
    }),
  ),
  parseError: v.optional(v.object({ message: v.string(), source: v.object({ uri: v.string() }) })),
  pickle: v.optional(
    v.object({
      id: v.string(),
      uri: v.string(),
      name: v.string(),
      location: v.object({ line: v.number() }),
      tags: v.array(v.object({ name: v.string() })),
      steps: v.array(
        v.object({ id: v.string(), text: v.string(), astNodeIds: v.array(v.string()) }),
      ),
    }),
  ),
  hook: v.optional(v.object({ id: v.string(), name: v.optional(v.string()) })),
  testCase: v.optional(
    v.object({
      id: v.string(),
      pickleId: v.string(),
      testSteps: v.array(
        v.object({
          id: v.string(),
          pickleStepId: v.optional(v.string()),
          hookId: v.optional(v.string()),
          stepDefinitionIds: v.optional(v.array(v.string())),
        }),
      ),
    }),
  ),
  testCaseStarted: v.optional(
    v.object({ id: v.string(), testCaseId: v.string(), timestamp: stamp }),
  ),
  testStepStarted: v.optional(v.object({ testCaseStartedId: v.string(), testStepId: v.string() })),
  testStepFinished: v.optional(
    v.object({
      testCaseStartedId: v.string(),
      testStepId: v.string(),
      testStepResult: v.object({
        status: v.string(),
        duration,
        message: v.optional(v.string()),
      }),
    }),
  ),
  testCaseFinished: v.optional(v.object({ testCaseStartedId: v.string(), timestamp: stamp })),
  attachment: v.optional(
    v.object({
      body: v.string(),
      mediaType: v.string(),
      testCaseStartedId: v.optional(v.string()),
      testStepId: v.optional(v.string()),
    }),
  ),
  testRunFinished: v.optional(v.object({ message: v.optional(v.string()) })),
});

export type Envelope = v.InferOutput<typeof envelopeSchema>;

/** The message of a line; undefined for what a step printed by itself. */
export function envelopeOf(untrustedLine: string): Envelope | undefined {
  if (!untrustedLine.startsWith('{')) return undefined;
  try {
    const parsed = v.safeParse(envelopeSchema, JSON.parse(untrustedLine));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds of a duration or a time stamp. */
export function inSeconds({ seconds, nanos }: { seconds: number; nanos: number }): number {
  return seconds + nanos / 1e9;
}
