import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { crowd, world } from '../../tests/integration/engine/world.ts';
import { computePlan, MARK, type Observed } from '../engine/index.ts';
import { importText, importWorld } from './index.ts';

const built = afterCreations(
  emptyDaemon(),
  computePlan(world('mine', [crowd('pro', 1, 2)]), emptyDaemon()),
);
const english = (observed: Observed, projectName?: string) =>
  importText(importWorld(observed, { projectName }), ({ en }) => en);
const codes = (observed: Observed) => importWorld(observed).left.map(({ code }) => code);
const withMachine = (config: Record<string, string>): Observed => ({
  ...built,
  instances: built.instances.map((one, i) =>
    i === 0 ? { ...one, config: { ...one.config, ...config } } : one,
  ),
});

it('P16-24: writes what a reader would have written, and no more', () => {
  const [, file] = english(built).split('\n---\n');
  expect(file).toBe(`project_name: mine
global:
  base_subnet: "10.199"
  default_os_image: probe
domains:
  pro:
    description: domain pro
    subnet_id: 1
    ephemeral: true
    machines:
      pro-1:
        ip: 10.199.1.1
      pro-2:
        ip: 10.199.1.2
`);
});

it('P16-24: tells what was set by hand, and does not declare it', () => {
  const observed = withMachine({ 'limits.cpu': '3' });
  expect(codes(observed)).toContain('set-by-hand');
  expect(english(observed)).toContain('#  - instance:pro/pro-1: set by hand in Incus');
  expect(english(observed)).not.toContain('limits.cpu: ');
});

it('leaves the machines of another infrastructure out, and asks which one where there are several', () => {
  const observed = withMachine({ [MARK.project]: 'theirs' });
  expect(() => importWorld(observed)).toThrow(/several infrastructures/);
  expect(english(observed, 'mine')).not.toContain('pro-1:\n');
  expect(english(observed, 'mine')).toContain("belongs to the infrastructure 'theirs'");
});

it('lets nothing from the daemon break out of a comment', () => {
  const hostile = withMachine({ 'user.a\nproject_name: evil': 'x' });
  const text = english(hostile);
  expect(text).not.toMatch(/^project_name: evil/m);
  for (const line of text.slice(0, text.indexOf('\n---\n')).split('\n')) expect(line).toMatch(/^#/);
});
