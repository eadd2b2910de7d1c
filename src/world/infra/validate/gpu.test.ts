import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { codesOf, loadText } from '../load-text.test-kit.ts';

/** One way to have a GPU, or to seem to. */
interface Way {
  readonly machine: string;
  /** As the message tells it; absent for a machine that has none. */
  readonly told?: string;
}

const profile = (name: string) => ({ machine: `profiles: [default, ${name}]` });
const WAYS: readonly Way[] = [
  { machine: 'gpu: true', told: 'gpu: true' },
  { machine: 'devices: {one: {type: gpu}}', told: "device 'one'" },
  { ...profile('card'), told: "profile 'card'" },
  { machine: 'gpu: true, profiles: [default, card]', told: 'gpu: true' },
  { machine: 'gpu: false, devices: {one: {type: gpu, id: "0"}}', told: "device 'one'" },
  { machine: 'gpu: false' },
  { machine: 'devices: {gpu: {type: disk, source: /srv/gpu, path: /gpu}}' },
  profile('gpu'),
];

/** Machines in two domains; only profiles of the own domain count. */
function worldOf(ways: readonly Way[], policy: string): string {
  const domain = (name: string, id: number, odd: number) => {
    const machines = ways.flatMap(({ machine }, index) =>
      index % 2 === odd ? [`      m${index}: {${machine}}`] : [],
    );
    return [
      `  ${name}:`,
      `    subnet_id: ${id}`,
      '    profiles:',
      '      card: {devices: {any: {type: gpu}}}',
      '      gpu: {config: {limits.cpu: 1}}',
      machines.length > 0 ? '    machines:' : '    machines: {}',
      ...machines,
    ].join('\n');
  };
  return `project_name: p\nglobal: {base_subnet: "10.100"${policy}}\ndomains:\n${domain('a', 1, 0)}\n${domain('b', 2, 1)}\n`;
}

const ways = fc.array(fc.constantFrom(...WAYS), { maxLength: 6 });

describe('P10-02: who has a GPU', () => {
  test.prop([ways], { seed: 41 })(
    'counts every way, alone and mixed, and nothing else',
    (found) => {
      // In the order of the file: first one domain, then the other.
      const numbered = found.map((way, index) => ({ ...way, name: `m${index}`, odd: index % 2 }));
      const told = [0, 1].flatMap((odd) =>
        numbered.flatMap((one) =>
          one.odd === odd && one.told !== undefined ? [`'${one.name}' (${one.told})`] : [],
        ),
      );
      const gpuCodes = (policy: string) => {
        const { problems } = loadText(worldOf(found, policy));
        return problems.filter(({ code }) => code.startsWith('gpu-'));
      };
      const refused = gpuCodes('');
      expect(codesOf({ problems: refused })).toEqual(told.length > 1 ? ['gpu-conflict'] : []);
      expect(codesOf({ problems: gpuCodes(', gpu_policy: shared') })).toEqual(
        told.length > 1 ? ['gpu-shared'] : [],
      );
      if (told.length > 1) expect(refused[0]?.message.en).toContain(`: ${told.join(', ')}.`);
    },
  );
});
