import { describe, expect, it } from 'vitest';
import { AnklumeError, type Language, type Problem, verbatim } from '../../base/messages/index.ts';
import type { ApplyReport, MachineStatus, Plan } from '../../engine/index.ts';
import { renderStatus } from '../../features/instances/render/machines.ts';
import { typeset } from '../typography.ts';
import { renderFailure } from './failure.ts';
import { makePaint } from './paint.ts';
import { renderPlan } from './plan.ts';
import { renderProblems, type Voice } from './problems.ts';
import { renderReport } from './report.ts';
import { renderTable } from './table.ts';
import { visibleLength } from './wrap.ts';

function voice(language: Language, colour = false): Voice {
  return {
    paint: makePaint(colour),
    t: (text) => typeset(text, language),
    cwd: '/home/me/project',
    width: 80,
  };
}

const problem: Problem = {
  code: 'duplicate-address',
  severity: 'error',
  path: ['domains', 'pro', 'machines', 'pro-dev', 'ip'],
  place: {
    file: '/home/me/project/infra.yml',
    line: 12,
    column: 13,
    source: '        ip: 10.100.1.10',
  },
  related: { file: '/home/me/project/infra.yml', line: 7, column: 13, source: 'x' },
  message: { en: 'The address is taken.', fr: "L'adresse est prise." },
  remedy: { en: 'Choose another.', fr: 'Choisissez-en une autre.' },
};

describe('renderProblems', () => {
  it('shows place, source line with a caret under the column, sentence and remedy', () => {
    expect(renderProblems([problem], voice('en'))).toMatchInlineSnapshot(`
      "error infra.yml:12:13 duplicate-address
        12 |         ip: 10.100.1.10
           |             ^
        The address is taken.
        See also infra.yml:7:13
        7 | x
          |             ^
        → Choose another."
    `);
  });

  it('P01-05: speaks French and counts', () => {
    const warning: Problem = { ...problem, severity: 'warning' };
    const text = renderProblems([warning, problem], voice('fr'));
    expect(text.indexOf('erreur')).toBeLessThan(text.indexOf('avertissement'));
    expect(text).toContain("L'adresse est prise.");
    expect(text).toMatch(/1 erreur, 1 avertissement$/);
  });

  it('sends no control character of a file to the terminal', () => {
    const place = { file: 'a\u001b[31m', line: 1, column: 1, source: '\u001b]0;title\u0007' };
    const hostile: Problem = { ...problem, place, message: verbatim('\u001b[2J') };
    expect(renderProblems([hostile], voice('en'))).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('cuts endless words and keeps a sentence on its line', () => {
    const said = `'${'x'.repeat(100_000)}' and 'a\n\n✓ all is well' are wrong.`;
    const shown = renderProblems([{ ...problem, message: { en: said, fr: said } }], voice('en'));
    expect(shown.length).toBeLessThan(1000);
    expect(shown).toContain("'a\\n\\n✓ all is well' are wrong.");
  });

  it('keeps the caret under its column in a very long line', () => {
    const source = `${'x'.repeat(300)}HERE${'y'.repeat(300)}`;
    const place = { file: 'infra.yml', line: 1, column: 301, source };
    const { related: _, ...alone } = problem;
    const lines = renderProblems([{ ...alone, place }], voice('en')).split('\n');
    expect(lines[1]?.[lines[2]?.indexOf('^') ?? -1]).toBe('H');
  });
});

describe('renderFailure', () => {
  it('tells what is wrong and what to do', () => {
    const error = new AnklumeError({
      code: 'x',
      message: { en: 'It broke.', fr: 'Cassé.' },
      remedy: { en: 'Mend it.', fr: 'Réparez.' },
    });
    expect(renderFailure(error, voice('en'), false)).toBe('✗ It broke.\n→ Mend it.');
    expect(renderFailure(error, voice('fr'), false)).toBe('✗ Cassé.\n→ Réparez.');
  });

  it('calls a refusal of the system what it is', () => {
    const error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', path: '/p/nftables/x' });
    expect(renderFailure(error, voice('en'), false)).toContain(
      '✗ /p/nftables/x cannot be used: the disk is full (ENOSPC).',
    );
    expect(renderFailure(error, voice('fr'), false)).toContain('le disque est plein');
  });

  it('calls what nobody explained a bug, with a stack only on request', () => {
    const text = renderFailure(new Error('oops'), voice('en'), false);
    expect(text).toMatch(/bug in anklume.*oops/);
    expect(text).not.toContain('at ');
    expect(renderFailure(new Error('oops'), voice('en'), true)).toMatch(/ {4}at /);
  });
});

const plan: Plan = {
  projectName: 'test',
  unchanged: 3,
  orphans: [{ id: 'instance:old/old-1', kind: 'instance', protected: true }],
  notes: [],
  entries: [
    {
      id: 'network:net-pro',
      kind: 'network',
      name: 'net-pro',
      domain: 'pro',
      needs: [],
      action: 'update',
      reason: { en: 'differs', fr: 'diffère' },
      changes: [
        { key: 'config.ipv4.nat', from: 'true', to: 'false' },
        { key: 'config.a', to: '1' },
        { key: 'config.b', from: '2' },
      ],
      body: { config: {} },
    },
    {
      id: 'instance:pro/pro-vm',
      kind: 'instance',
      name: 'pro-vm',
      project: 'pro',
      domain: 'pro',
      needs: [],
      action: 'refuse',
      code: 'no-kvm',
      reason: { en: 'this host runs no virtual machines', fr: 'pas de machines virtuelles ici' },
      remedy: { en: 'Use lxc.', fr: 'Utilisez lxc.' },
    },
  ],
} as unknown as Plan;

describe('renderPlan', () => {
  it('is a diff by domain with every changed key', () => {
    expect(renderPlan(plan, voice('en'), false)).toMatchInlineSnapshot(`
      "pro
        ~ network  net-pro  differs
            ~ config.ipv4.nat: true → false
            + config.a: 1
            - config.b: 2
        ! instance pro-vm  this host runs no virtual machines
            → Use lxc.

      Made by anklume, no longer declared (removed only with --prune):
        ? instance:old/old-1 protected, stays

      1 to update, 1 refused, 3 unchanged"
    `);
  });

  it('tells an orphan once: as an entry where it is to be removed', () => {
    const entry = {
      ...{ id: 'instance:old/old-1', kind: 'instance', name: 'old-1', domain: 'old', needs: [] },
      ...{ action: 'delete', reason: verbatim('is no longer declared') },
    };
    const pruned = renderPlan({ ...plan, entries: [entry] } as unknown as Plan, voice('en'), false);
    expect(pruned.match(/old-1/g)).toHaveLength(1);
  });

  it('says so when there is nothing to do', () => {
    const empty: Plan = { ...plan, entries: [], orphans: [] };
    expect(renderPlan(empty, voice('en'), false, true)).toContain('! Nothing that apply would');
    expect(renderPlan(empty, voice('fr'), false)).toBe('✓ Rien à faire, 3 sans changement');
  });
});

describe('renderReport', () => {
  const report: ApplyReport = {
    done: 1,
    failed: 1,
    skipped: 1,
    unchanged: 2,
    outcomes: [
      { id: 'project:pro', action: 'create', result: 'done' },
      {
        id: 'image:x',
        action: 'create',
        result: 'failed',
        message: { en: 'no such image', fr: 'image inconnue' },
        remedy: { en: 'Import it.', fr: 'Importez-la.' },
      },
      { id: 'instance:pro/a', action: 'create', result: 'skipped', message: verbatim('later') },
    ],
  };

  it('tells what failed and why, what was not begun, and the counts', () => {
    expect(renderReport(report, voice('en'), 1.25)).toMatchInlineSnapshot(`
      "✗ image:x: no such image
        → Import it.
      - instance:pro/a: later
      ✗ 1 change, 2 unchanged, 1 failed, 1 skipped 1.3 s"
    `);
  });

  it('tells what was not tried once for each reason', () => {
    const message = verbatim('network:net-a is missing');
    const outcomes = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => ({
      ...{ id: `instance:a/${name}`, action: 'create' as const, result: 'skipped' as const },
      message,
    }));
    const report = { done: 0, failed: 0, skipped: 6, unchanged: 0, outcomes };
    const lines = renderReport(report, voice('en'), 1).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('instance:a/four and 2 more: network:net-a is missing');
    expect(lines[1]).toMatch(/^! 0 changes, 0 unchanged, 6 skipped/);
  });

  it('writes numbers as French does', () => {
    expect(renderReport(report, voice('fr'), 1.25)).toContain('1 changement, 2 sans changement');
    expect(renderReport(report, voice('fr'), 1.25)).toContain('1,3 s');
  });
});

const machine: MachineStatus = {
  domain: 'pro',
  trust: 'trusted',
  machine: 'pro-dev',
  instance: 'pro-dev',
  project: 'pro',
  network: 'net-pro',
  type: 'lxc',
  declaredIp: '10.100.2.10',
  addresses: ['10.100.2.10'],
  state: 'Running',
  drift: [],
  protected: false,
};

describe('renderStatus', () => {
  it('shows addresses, states and drift', () => {
    const drifted: MachineStatus = {
      ...machine,
      machine: 'pro-b',
      declaredIp: '10.100.2.11',
      addresses: ['10.100.2.99'],
      drift: [{ key: 'config.limits.cpu', from: '1', to: '2' }],
      protected: true,
    };
    expect(renderStatus([machine, drifted], voice('en'))).toMatchInlineSnapshot(`
      "pro  trusted, 2/2 running
        pro-dev  10.100.2.10                running
        pro-b    10.100.2.11 ≠ 10.100.2.99  running  drift: config.limits.cpu,
                                                     protected
      2 of 2 running, 1 has drifted"
    `);
  });

  it('colours by trust level, and not at all without colours', () => {
    const untrusted = { ...machine, trust: 'untrusted' };
    expect(renderStatus([untrusted], voice('en', true))).toContain('\u001b[31mpro-dev');
    expect(renderStatus([untrusted], voice('en'))).not.toContain('\u001b');
  });

  it('B07-11: fits 60, 80 and 120 columns with 61 machines in six domains', () => {
    const many = Array.from(
      { length: 61 },
      (_, at): MachineStatus => ({
        ...machine,
        domain: `class-${at % 6}`,
        machine: `class-${at % 6}-student-${at}`,
        protected: at % 3 === 0,
        drift: at % 7 === 0 ? [{ key: 'config.limits.cpu', from: '1', to: '2' }] : [],
      }),
    );
    const sorted = many.sort((a, b) => (a.domain < b.domain ? -1 : 1));
    for (const width of [60, 80, 120]) {
      const text = renderStatus(sorted, { ...voice('en'), width });
      expect(visibleLength(text)).toBeLessThanOrEqual(width);
      for (const { machine: name } of sorted) expect(text).toContain(name);
      expect(text.split('\n').length, text).toBeLessThanOrEqual(width < 80 ? 130 : 90);
    }
  });

  it('fits the terminal', () => {
    const wide: MachineStatus = { ...machine, machine: 'm'.repeat(60), domain: 'd'.repeat(60) };
    expect(visibleLength(renderStatus([wide], voice('en')))).toBeLessThanOrEqual(80);
  });
});

describe('renderTable', () => {
  it('is left wider than a terminal that is too narrow to read', () => {
    expect(() => renderTable(['a', 'b', 'c'], [['x'.repeat(40), 'y', 'z']], 5)).not.toThrow();
  });
});
