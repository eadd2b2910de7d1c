import { describe, expect, it } from 'vitest';
import type { Proof, ProofAbout, ProofCell } from './proof.ts';
import { renderProofHtml } from './proof-html.ts';

const cell = {
  protocol: 'tcp',
  port: 22,
  expected: 'open',
  measured: 'open',
  verdict: 'ok',
} as const;
const proof: Proof = {
  holds: false,
  depth: 'full',
  running: 2,
  machines: [
    { name: 'web', domain: 'pro', ip: '10.0.0.1' },
    { name: 'db', domain: 'lab', ip: '10.0.1.1' },
  ],
  cells: [
    { ...cell, from: 'web', to: 'db' },
    { ...cell, from: 'db', to: 'web', expected: 'closed', verdict: 'mismatch' },
  ],
  forgeries: [
    {
      forged: 'arp',
      from: 'web',
      to: 'db',
      protocol: 'icmp',
      expected: 'closed',
      measured: 'closed',
      verdict: 'ok',
    },
  ],
  deviations: [{ place: 'chain between', change: 'added', line: 'accept' }],
  findings: [],
  notes: [],
  counts: { probes: 3, ok: 2, open: 1, closed: 1, mismatches: 1, untested: 0 },
  mismatches: [
    {
      ...cell,
      from: 'db',
      to: 'web',
      code: 'inter-domain',
      text: { en: 'db <b>& co</b> gets through', fr: 'db <b>& co</b> passe' },
    },
  ],
  untested: [{ machine: 'vm', reason: { en: 'not running', fr: 'arrêtée' } }],
  exempt: [],
  lost: 0,
  seconds: 1.5,
};

describe('the page of a proof', () => {
  it.each(['en', 'fr'] as const)(
    'says everything in %s and needs nothing from elsewhere',
    (language) => {
      const page = renderProofHtml(proof, language);
      expect(page).toContain(`<html lang="${language}">`);
      expect(page).toContain('chain between');
      expect(page).toContain(language === 'en' ? 'vm: not running' : 'vm : arrêtée');
      expect(page).toContain('web → db tcp/22');
      expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import/);
    },
  );

  // Matrix: PR-304
  it('shows hostile words as text', () => {
    expect(renderProofHtml(proof, 'en')).toContain(
      'db &#60;b&#62;&#38; co&#60;/b&#62; gets through',
    );
  });

  it('leaves out what there is nothing to say about', () => {
    const page = renderProofHtml({ ...proof, holds: true, mismatches: [], deviations: [] }, 'en');
    expect(page).not.toContain('What differs');
    expect(page).toContain('The isolation is as declared.');
  });

  const about: ProofAbout = {
    date: '2026-11-22T03:15:00.000Z',
    infrastructure: 'home <1>',
    host: 'desk',
    versions: { anklume: '0.1.0', incus: '6.0.4', kernel: '6.12.1' },
    rules: 'ab'.repeat(32),
    domains: [
      { name: 'pro', trust: 'trusted' },
      { name: 'lab', trust: 'untrusted' },
      { name: 'odd', trust: '"><script>' },
    ],
  };

  it.each(['en', 'fr'] as const)(
    'B06-17: says in %s when, where and of what it is a proof',
    (language) => {
      const page = renderProofHtml({ ...proof, about }, language);
      const rows = [...page.matchAll(/<tr><th scope="row">([^<]*)<\/th><td>(.*?)<\/td><\/tr>/g)];
      const found = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
      const [date, host, rules] =
        language === 'en'
          ? ['Date', 'Host', 'Rules (SHA-256)']
          : ['Date', 'Hôte', 'Règles (SHA-256)'];
      expect(found[date ?? '']).toContain('datetime="2026-11-22T03:15:00.000Z"');
      expect(found.Infrastructure).toBe('home &#60;1&#62;');
      expect(found[host ?? '']).toBe('desk');
      expect(found.Versions).toBe('anklume 0.1.0, Incus 6.0.4, Linux 6.12.1');
      expect(found[rules ?? '']).toContain('ab'.repeat(32));
      const inside = renderProofHtml({ ...proof, about: { ...about, sandbox: 'demo' } }, language);
      expect(inside).toContain(
        language === 'en' ? 'sandbox demo on desk' : 'bac à sable demo sur desk',
      );
    },
  );

  it('B06-17: rows and columns are in one order, machines by domain as declared, in trust colours', () => {
    const names = ['b2', 'b1', 'a2', 'a1'];
    const machines = names.map((name) => ({
      name,
      domain: name.startsWith('a') ? 'lab' : 'pro',
      ip: '',
    }));
    const ends = [...names, 'host'];
    const cells = ends.flatMap((from) =>
      ends.filter((to) => to !== from).map((to) => ({ ...cell, from, to })),
    );
    const page = renderProofHtml({ ...proof, about, machines, cells }, 'en');
    const columns = [...page.matchAll(/<th scope="col"[^>]*><span>([^<]*)/g)].map(
      ([, name]) => name,
    );
    const rows = [
      ...page.matchAll(
        /<tr>(?:<th scope="rowgroup"[^>]*>[^<]*<\/th>)?<th scope="row"[^>]*>([^<]*)<\/th><td class="/g,
      ),
    ];
    expect(columns).toEqual(['b1', 'b2', 'a1', 'a2', 'host']);
    expect(rows.map(([, name]) => name)).toEqual(columns);
    expect(page).toContain('colspan="2" class="trust trusted">pro<');
    expect(page).toContain('rowspan="2" class="trust untrusted">lab<');
    expect(page).toContain('<span class="trust untrusted">untrusted</span>');
    expect(page).not.toContain('<script');
  });

  it('what is worse hides what is better in a cell', () => {
    const seen = (...cells: Partial<ProofCell>[]) => {
      const all = cells.map((one) => ({ ...cell, from: 'web', to: 'db', ...one }));
      const page = renderProofHtml({ ...proof, cells: all }, 'en');
      return /<td class="([a-z]+)" title="web → db: [^"]*">/.exec(page)?.[1];
    };
    const closed = { measured: 'closed', expected: 'closed' } as const;
    const unseen = { verdict: 'untested' } as const;
    expect(seen({})).toBe('open');
    expect(seen(closed)).toBe('closed');
    expect(seen({}, closed)).toBe('partly');
    expect(seen({}, closed, unseen)).toBe('untested');
    expect(seen(unseen, closed, { verdict: 'mismatch' }, unseen)).toBe('mismatch');
    expect(seen({ from: 'web', to: 'db' }, { to: 'gateway:lab' })).toBe('open');
  });

  it('B06-15: says what was left out by the question', () => {
    const say = (more: Partial<Proof>) => renderProofHtml({ ...proof, ...more }, 'en');
    expect(say({ limit: ['pro'] })).toContain('Only packets from and to pro were tried.');
    expect(say({ depth: 'quick', running: 9 })).toContain('between 2 of 9 machines');
    expect(say({ depth: 'quick', running: 2 })).not.toContain('some of each domain');
    expect(say({ depth: 'full', running: 9 })).not.toContain('some of each domain');
  });
});
