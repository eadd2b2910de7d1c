import { describe, expect, it } from 'vitest';
import { placeSection } from './managed-section.ts';
import {
  brokenMarkers,
  changedMeanwhile,
  editWarning,
  refused,
  sharedFile,
  writeFailed,
} from './sync-problems.ts';

const PATH = 'host_vars/web.yml';

describe('a managed section that was edited by hand', () => {
  const fresh = String(placeSection(Buffer.from('# mine\n---\n'), 'a: 1\n'));
  const told = (text: string) => editWarning(PATH, Buffer.from(text));

  it('is told with its line; one that was not is not', () => {
    expect(told(fresh.replace('a: 1', 'a: 2'))).toMatchObject({
      code: 'managed-section-edited',
      severity: 'warning',
      path: [],
      place: { file: PATH, line: 3, column: 1 },
    });
    for (const text of [fresh, 'a: 1\n', '', '# === END MANAGED ===\n'])
      expect(told(text)).toBeUndefined();
  });
});

it('what a sync refuses is told with where', () => {
  const message = { en: 'Broken.', fr: 'Rompu.' };
  const broken = brokenMarkers(PATH, { line: 4, source: '  # === END MANAGED ===\r', message });
  expect(broken).toMatchObject({
    code: 'managed-section-broken',
    severity: 'error',
    path: [],
    place: { file: PATH, line: 4, column: 1, source: '  # === END MANAGED ===' },
    message,
  });
  expect(sharedFile(PATH, 'host_vars/db.yml')).toMatchObject({
    code: 'tree-shared-file',
    severity: 'error',
    path: [],
    place: { file: PATH, line: 1, column: 1 },
    related: { file: 'host_vars/db.yml', line: 1, column: 1 },
  });
  expect(refused([broken])).toMatchObject({ code: 'sync-refused', exit: 2, problems: [broken] });
  expect(changedMeanwhile(PATH)).toMatchObject({ code: 'tree-changed-meanwhile' });
});

it('what the system refuses is told with its own word for it', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  expect(writeFailed(PATH, full)).toMatchObject({ code: 'tree-write-failed', cause: full });
  expect(writeFailed(PATH, full).message).toContain('(ENOSPC)');
  expect(writeFailed(PATH, new Error('odd')).message).toContain('(Error: odd)');
});
