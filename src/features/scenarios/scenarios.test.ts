import { describe, expect, it } from 'vitest';
import type { Event } from '../../base/messages/index.ts';
import { Catalogue } from './catalogue.ts';
import { Collector } from './collector.ts';
import { type Envelope, envelopeOf } from './envelopes.ts';
import { chosenFeatures, type Feature, featuresIn, scenarioFolder } from './features.ts';

const feature: Feature = { name: 'walls', category: 'best', file: '/root/walls.feature' };
const at = (seconds: number) => ({ seconds, nanos: 0 });

/** One scenario of one step, as Cucumber tells of it. */
const WRITTEN: Envelope[] = [
  {
    gherkinDocument: {
      uri: 'walls.feature',
      feature: {
        name: 'Walls',
        children: [{ scenario: { steps: [{ id: 's', keyword: 'When ', text: 'I run "x"' }] } }],
      },
    },
  },
  {
    pickle: {
      id: 'p',
      uri: 'walls.feature',
      name: 'They hold',
      location: { line: 7 },
      tags: [{ name: '@slow' }, { name: '@NI-101' }],
      steps: [{ id: 'ps', text: 'I run "x"', astNodeIds: ['s'] }],
    },
  },
  { hook: { id: 'h', name: 'an empty sandbox' } },
  {
    testCase: {
      id: 'c',
      pickleId: 'p',
      testSteps: [
        { id: 't', pickleStepId: 'ps', stepDefinitionIds: ['d'] },
        { id: 'th', hookId: 'h' },
      ],
    },
  },
  { testCaseStarted: { id: 'r', testCaseId: 'c', timestamp: at(100) } },
  { testStepStarted: { testCaseStartedId: 'r', testStepId: 't' } },
];

function ended(testStepId: string, status: string, message?: string): Envelope {
  const testStepResult = { status, duration: at(2), ...(message && { message }) };
  return { testStepFinished: { testCaseStartedId: 'r', testStepId, testStepResult } };
}
const hookStarted: Envelope = { testStepStarted: { testCaseStartedId: 'r', testStepId: 'th' } };
const over: Envelope = { testCaseFinished: { testCaseStartedId: 'r', timestamp: at(109) } };

function collected(messages: readonly Envelope[], end?: (collector: Collector) => void) {
  const events: Event[] = [];
  const collector = new Collector(new Catalogue([feature], '/root'), 1, (event) => {
    events.push(event);
  });
  for (const message of [...WRITTEN, ...messages]) collector.add(message);
  end?.(collector);
  return { runs: collector.finished, types: events.map(({ type }) => type) };
}

describe('the messages of a run', () => {
  it('become a result with its place, its cells, its steps and their commands', () => {
    const command = { command: 'x', exitCode: 0, stdout: 'o', stderr: '', seconds: 1 };
    const attached = (body: string): Envelope => ({
      attachment: {
        body,
        mediaType: 'application/vnd.anklume.command+json',
        testCaseStartedId: 'r',
        testStepId: 't',
      },
    });
    const { runs, types } = collected([
      attached(JSON.stringify(command)),
      attached('{"command": 7}'),
      ended('t', 'PASSED'),
      hookStarted,
      ended('th', 'PASSED'),
      over,
    ]);
    expect(runs).toEqual([
      {
        feature: 'Walls',
        name: 'walls',
        category: 'best',
        file: 'walls.feature',
        line: 7,
        scenario: 'They hold',
        matrix: ['NI-101'],
        round: 1,
        status: 'passed',
        seconds: 9,
        steps: [
          { keyword: 'When', text: 'I run "x"', status: 'passed', seconds: 2, commands: [command] },
        ],
      },
    ]);
    expect(types).toEqual(['step.started', 'step.progress', 'step.progress', 'step.done']);
  });

  it('P22-26: clearing up that fails is a failure, told by its name', () => {
    const messages = [
      ended('t', 'PASSED'),
      hookStarted,
      ended('th', 'FAILED', 'no\u001bway'),
      over,
    ];
    const { runs, types } = collected(messages);
    expect(runs[0]).toMatchObject({
      status: 'failed',
      steps: [{}, { keyword: 'Hook', text: 'an empty sandbox', error: 'no\\x1bway' }],
    });
    expect(types.at(-1)).toBe('step.failed');
  });

  it('P22-29: a runner that is ended leaves a result that says why', () => {
    const { runs } = collected([], (collector) => collector.abandon('no sign of life for 180 s'));
    expect(runs[0]).toMatchObject({
      status: 'failed',
      steps: [{ status: 'failed', error: 'no sign of life for 180 s' }],
    });
  });

  it('are told from what steps print', () => {
    expect(envelopeOf('hello')).toBeUndefined();
    expect(envelopeOf('{"pickle": 7}')).toBeUndefined();
    expect(envelopeOf('{"pickle":')).toBeUndefined();
  });
});

describe('the shipped scenarios', () => {
  it('P22-04 P22-05 P22-06: at least twelve features of each kind, chosen by kind or name', async () => {
    const all = await featuresIn(scenarioFolder());
    for (const kind of ['best', 'bad'])
      expect(chosenFeatures(all, kind).length).toBeGreaterThanOrEqual(12);
    expect(chosenFeatures(all, undefined)).toEqual(all);
    expect(chosenFeatures(all, 'duplicate-ips').map(({ name }) => name)).toEqual(['duplicate_ips']);
    expect(() => chosenFeatures(all, 'weather')).toThrow(/weather/);
  });
});
