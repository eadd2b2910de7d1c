import { describe, expect, it } from 'vitest';
import type { Proof } from './proof.ts';
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
    expect(page).toContain('The walls stand as declared.');
  });
});
