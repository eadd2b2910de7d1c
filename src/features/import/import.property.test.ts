import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../../tests/integration/engine/sample-daemon.ts';
import { desiredFrom, load, SAMPLE, worlds } from '../../../tests/integration/engine/worlds.ts';
import { computePlan, type Observed } from '../../engine/index.ts';
import { type Infra, loadTexts } from '../../world/infra/index.ts';
import type { Desired } from '../../world/tree/index.ts';
import { importText, importWorld } from './index.ts';

const nesting = { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false };

function read(text: string): Infra {
  const { infra, problems } = loadTexts([{ file: 'infra.yml', part: 'whole', text }], { nesting });
  if (!infra) throw new Error(`${JSON.stringify(problems, null, 1)}\n${text}`);
  return infra;
}

/** A daemon with that world and nothing else. */
function built(desired: Desired): Observed {
  const empty = { ...emptyDaemon(), gpus: 1 };
  return afterCreations(empty, computePlan(desired, empty, { nesting }));
}

function roundTrip(desired: Desired, observed = built(desired)): Desired {
  return desiredFrom(
    read(importText(importWorld(observed, { projectName: desired.projectName }), ({ en }) => en)),
  );
}

/** The world less what Incus knows nothing of, and less what is said twice. */
function visible({ domains, projectName, described }: Desired) {
  return {
    projectName,
    described,
    domains: domains.map(({ trustLevel: _, ephemeral: __, machines, ...domain }) => ({
      ...domain,
      machines: machines.map(({ roles: _, ...machine }) => machine),
    })),
  };
}

function comesBack(desired: Desired) {
  const observed = built(desired);
  const again = roundTrip(desired, observed);
  expect(visible(again)).toEqual(visible(desired));
  const plan = computePlan(again, observed, { nesting });
  expect(plan.entries).toEqual([]);
  expect(plan.orphans).toEqual([]);
}

describe('P16-24: what was applied, imported', () => {
  it('is the world that was declared, and applied again changes nothing', () => {
    comesBack(desiredFrom(load(SAMPLE)));
    fc.assert(
      fc.property(worlds, (written) => comesBack(withoutEmpty(desiredFrom(load(written))))),
      { seed: 24, numRuns: 30, endOnFailure: true },
    );
  }, 120_000);

  it('is that world where networks lie by trust level, with addresses of machines and IPv6', () => {
    const zones = fc.record(
      { base_octet: fc.constantFrom(10, 172), zone_base: fc.integer({ min: 0, max: 205 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(worlds, zones, (written, addressing) => {
        const global = { ...(written.global as object), addressing };
        comesBack(withoutEmpty(desiredFrom(load({ ...written, global }))));
      }),
      { seed: 7, numRuns: 30, endOnFailure: true },
    );
  }, 120_000);

  it.each(readdirSync('examples'))('is the example %s again', (example) => {
    const text = readFileSync(`examples/${example}/infra.yml`, 'utf8');
    comesBack(desiredFrom(read(text)));
  });
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}[A-Za-z0-9]$/);
const odd = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a\n- b: #c', '---', 'yes'));
const handMade = fc.record({
  name,
  project: fc.constantFrom('default', 'pro', 'Odd_Project.1', 'host', 'lab-with-a-very-long-name'),
  description: odd,
  type: fc.constantFrom('container' as const, 'virtual-machine' as const),
  config: fc.dictionary(fc.constantFrom('user.note', 'limits.cpu', 'security.privileged'), odd),
  devices: fc.dictionary(
    fc.constantFrom('eth0', 'root', 'gpu'),
    fc.record({ type: fc.constantFrom('nic', 'gpu', 'unknown'), 'ipv4.address': odd }),
  ),
});

describe('P16-21: machines that nobody made with anklume', () => {
  it('are all described, whatever they hold, and apply does nothing', () => {
    fc.assert(
      fc.property(
        worlds,
        fc.uniqueArray(handMade, {
          selector: (one) => `${one.project}/${one.name}`,
          minLength: 1,
          maxLength: 5,
        }),
        (written, others) => {
          const desired = withoutEmpty(desiredFrom(load(written)));
          const ours = built(desired);
          const template = { ...sample, profiles: ['default'] };
          const observed = {
            ...ours,
            instances: [
              ...ours.instances,
              ...others.map((one) => ({ ...template, ...one, expanded_devices: one.devices })),
            ],
          };
          const again = roundTrip(desired, observed);
          expect(computePlan(again, observed, { nesting }).entries).toEqual([]);
          expect(visible({ ...again, described: [] })).toEqual(
            visible({ ...desired, described: [] }),
          );
          const key = (one: { project: string; instance: string }) =>
            `${one.project}/${one.instance}`;
          expect((again.described ?? []).map(key).sort()).toEqual(
            others.map((one) => key({ ...one, instance: one.name })).sort(),
          );
        },
      ),
      { seed: 21, numRuns: 20, endOnFailure: true },
    );
  }, 120_000);
});

const sample = {
  status: 'Running',
  status_code: 103,
  architecture: 'x86_64',
  ephemeral: false,
  stateful: false,
  expanded_config: {},
  created_at: '2026-01-01T00:00:00Z',
};

/** An empty value means to Incus that there is none. */
function withoutEmpty(desired: Desired): Desired {
  const filled = (config: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''));
  return {
    ...desired,
    domains: desired.domains.map((domain) => ({
      ...domain,
      profiles: domain.profiles.map((one) => ({ ...one, config: filled(one.config) })),
      machines: domain.machines.map((one) => ({ ...one, config: filled(one.config) })),
    })),
  };
}
