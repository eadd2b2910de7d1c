import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../base/messages/index.ts';
import type { Proof, ProofCell } from '../../../isolation/index.ts';
import { makePaint } from '../../../kit/render/paint.ts';
import { passages, renderMatrix } from './matrix.ts';
import { renderProof } from './proof.ts';

const voice = {
  paint: makePaint(false),
  t: (text: { en: string }) => text.en,
  cwd: '/',
  width: 80,
};

function cell(from: string, to: string, more: Partial<ProofCell> = {}): ProofCell {
  return {
    from,
    to,
    protocol: 'tcp',
    port: 22,
    expected: 'closed',
    measured: 'closed',
    verdict: 'ok',
    ...more,
  };
}

function proofOf(cells: readonly ProofCell[], machines: readonly string[] = ['a', 'b']): Proof {
  const mismatches = cells
    .filter(({ verdict }) => verdict === 'mismatch')
    .map((one) => ({
      ...one,
      code: 'inter-domain' as const,
      text: verbatim(`${one.from} reaches ${one.to}`),
    }));
  return {
    holds: mismatches.length === 0,
    depth: 'full',
    running: 2,
    machines: machines.map((name) => ({ name, domain: `dom-${name[0]}`, ip: '10.0.0.1' })),
    cells,
    counts: {
      probes: cells.length,
      ok: cells.length - mismatches.length,
      open: 1,
      closed: cells.length - mismatches.length - 1,
      mismatches: mismatches.length,
      untested: 0,
    },
    mismatches,
    untested: [],
    exempt: [],
    forgeries: [],
    deviations: [],
    findings: [],
    notes: [],
    lost: 0,
    seconds: 1,
  };
}

const open = { expected: 'open', measured: 'open' } as const;

describe('passages', () => {
  it('one leak makes the whole passage a mismatch', () => {
    const leak = cell('a', 'b', { measured: 'open', verdict: 'mismatch', port: 80 });
    expect(passages(proofOf([cell('a', 'b'), leak]), false).get('a\0b')).toBe('mismatch');
  });

  it('tells open, partly open, closed and untested apart', () => {
    const all = passages(
      proofOf([
        cell('a', 'b', open),
        cell('b', 'a', open),
        cell('b', 'a'),
        cell('a', 'host'),
        cell('b', 'host', { verdict: 'untested' }),
      ]),
      false,
    );
    expect(Object.fromEntries(all)).toEqual({
      'a\0b': 'open',
      'b\0a': 'partly',
      'a\0host': 'closed',
      'b\0host': 'untested',
    });
  });

  it('counts every gateway as the host, and machines as their domain when asked', () => {
    const all = passages(proofOf([cell('a', 'gateway:dom-b'), cell('a', 'b')]), true);
    expect([...all.keys()]).toEqual(['dom-a\0host', 'dom-a\0dom-b']);
  });
});

describe('renderMatrix', () => {
  // Matrix: PR-103
  it('has senders as rows and receivers as columns', () => {
    const proof = proofOf([cell('a', 'b', open), cell('b', 'a'), cell('a', 'gateway:dom-a', open)]);
    expect(renderMatrix(proof, () => undefined, voice)).toMatchInlineSnapshot(`
      "           1  2 host
       1 a          ●    ●
       2 b       ·        

      ● open   · closed"
    `);
  });

  it('is summed up by domain when there are many machines', () => {
    const names = Array.from({ length: 40 }, (_, n) => `${n % 2 ? 'a' : 'b'}${n}`);
    const cells = names.flatMap((from) => names.map((to) => cell(from, to)));
    const text = renderMatrix(proofOf(cells, names), () => undefined, voice);
    expect(text).toContain('Summed up by domain');
    expect(text.split('\n').length).toBeLessThan(10);
  });
});

describe('renderProof', () => {
  it('ends with the verdict, and names every leak', () => {
    const leak = cell('a', 'b', { measured: 'open', verdict: 'mismatch' });
    const text = renderProof(proofOf([leak, cell('b', 'a')]), () => undefined, voice);
    expect(text).toContain('✗ a reaches b');
    expect(text).toMatch(/1 of 2 probes are not as declared/);
  });

  it('says that it is about the tree of the last sync where infra.yml went on', () => {
    const good: Proof = { ...proofOf([cell('b', 'a')]), holds: true };
    expect(renderProof(good, () => undefined, voice)).toMatch(/✓ The isolation is as declared/);
    const stale = { ...good, stale: { en: 'older', fr: 'ancien' } };
    const text = renderProof(stale, () => undefined, voice);
    expect(text).toMatch(/! The isolation is as the tree of the last sync declares/);
    expect(text).not.toContain('✓ The isolation');
  });

  // Matrix: PR-303
  it('does not call it a proof when nothing was tested', () => {
    const nothing: Proof = { ...proofOf([]), holds: false };
    expect(renderProof(nothing, () => undefined, voice)).toContain('nothing is proved');
  });
});
