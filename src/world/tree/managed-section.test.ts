import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSection, hasUserText, isEdited, placeSection } from './managed-section.ts';

const BEGIN = '# === MANAGED BY infra.yml ===';
const END = '# === END MANAGED ===';

function place(existing: Buffer | string | undefined, managed = 'a: 1\n'): Buffer {
  const bytes = typeof existing === 'string' ? Buffer.from(existing) : existing;
  const placed = placeSection(bytes, managed);
  if (!Buffer.isBuffer(placed)) throw new Error(placed.message.en);
  return placed;
}

function cut(bytes: Buffer | string) {
  const found = cutSection(Buffer.from(bytes));
  if ('message' in found) throw new Error(found.message.en);
  return found;
}

/** Any bytes, and those that are likely to trip: line ends, tabs, NULs, markers that are none, no UTF-8. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom(
        '\n',
        '\r\n',
        '\r',
        '\t',
        '\0',
        '---',
        '---\n',
        '...\n',
        '# note\n',
        '%YAML 1.1\n',
        '\ufeff',
        'x: 1\n',
        ` ${BEGIN}\n`,
        ` ${END}\n`,
        `x${END}\n`,
        `${END} x\n`,
        'é',
      ),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.from(parts.join(''))),
);

describe('placeSection', () => {
  it('gives a missing file its full form', () => {
    expect(place(undefined).toString()).toBe(
      [
        '---',
        BEGIN,
        '# Do not edit this section — it will be overwritten by `anklume sync`',
        '# checksum: 37b128c59f1f',
        'a: 1',
        END,
        '',
        '# Your custom variables below:',
        '',
      ].join('\n'),
    );
  });

  it('P01-04 P18b-04: bytes before and after the section survive whatever they are', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (before, after) => {
        const front = before.length === 0 ? before : Buffer.concat([before, Buffer.from('\n')]);
        const file = Buffer.concat([front, Buffer.from(`${BEGIN}\nold: 1\n${END}\n`), after]);
        fc.pre(!('message' in cutSection(file)));
        const parts = cutSection(place(file, 'new: é\n'));
        expect(parts).toMatchObject({
          before: front.toString('latin1'),
          after: after.toString('latin1'),
        });
      }),
      { seed: 1, numRuns: 1000 },
    );
  }, 30_000);

  it('P01-04 P18b-04: a file without markers keeps every byte, and a second time changes nothing', () => {
    fc.assert(
      fc.property(anyBytes, (user) => {
        fc.pre(cutSection(user).line === 0);
        const once = place(user);
        const { before, after } = cut(once);
        expect(isSplitOf(user.toString('latin1'), before, after)).toBe(true);
        expect(place(once)).toEqual(once);
      }),
      { seed: 2, numRuns: 500 },
    );
  }, 30_000);

  it.each([
    ['---\nuser: 1\n', `---\n${BEGIN}`],
    ['# notes\n\n---\nuser: 1\n', `# notes\n\n---\n${BEGIN}`],
    ['\ufeff---\r\nuser: 1\r\n', `\ufeff---\r\n${BEGIN}`],
    ['\ufeffuser: 1\n', `\ufeff---\n${BEGIN}`],
    ['user: 1\n', `---\n${BEGIN}`],
    ['--- # mine', `--- # mine\n${BEGIN}`],
  ])('stands inside the document of %j, so that Ansible still sees one', (user, start) => {
    expect(place(user).toString().startsWith(start)).toBe(true);
  });

  it.each([
    ['only a begin', `x: 1\n${BEGIN}\na: 1\n`, 2],
    ['only an end', `a: 1\n${END}\n`, 2],
    ['an end before the begin', `${END}\n${BEGIN}\n`, 1],
    ['two sections', `${BEGIN}\n${END}\n${BEGIN}\n${END}\n`, 3],
    ['two ends', `${BEGIN}\n${END}\nb: 1\n${END}\n`, 4],
  ])('refuses %s and says where', (_, text, line) => {
    expect(placeSection(Buffer.from(text), 'a: 1\n')).toMatchObject({ line });
  });

  it('is not confused by markers inside a string of the user', () => {
    const user = `note: |\n  ${BEGIN}\n  ${END}\nquoted: "${END}"\n`;
    expect(place(`${BEGIN}\n${END}\n${user}`).toString().endsWith(`${END}\n${user}`)).toBe(true);
  });

  it('knows its markers in a file that an editor saved with CRLF or trailing blanks', () => {
    const file = place(undefined).toString().replaceAll('\n', '\r\n');
    expect(cut(file).section).toContain('a: 1');
    expect(cut(`${BEGIN}  \na: 1\n${END}\t\n`).section).toBe('a: 1\n');
    expect(cut(`${BEGIN}\na: 1\n${END}`).section).toBe('a: 1\n');
  });
});

/** Whether the text was cut once and nothing but a `---` line or a line break was put at the cut. */
function isSplitOf(text: string, before: string, after: string): boolean {
  return [...Array(text.length + 1).keys()].some((at) => {
    const [head, rest] = [text.slice(0, at), text.slice(at)];
    return (
      [head, `${head}\n`, `${head}---\n`].includes(before) && [rest, `\n${rest}`].includes(after)
    );
  });
}

describe('isEdited', () => {
  const section = cut(place(undefined, 'a: é\nb: 2\n')).section ?? '';

  it('P22-21: sees any change inside the section', () => {
    expect(isEdited(section)).toBe(false);
    expect(isEdited(section.replace('b: 2', 'b: 3'))).toBe(true);
    expect(isEdited(`${section}c: 1\n`)).toBe(true);
    expect(isEdited(`mine: 1\n${section}`)).toBe(true);
  });

  it('does not mind CRLF, nor a section written without a checksum', () => {
    expect(isEdited(section.replaceAll('\n', '\r\n'))).toBe(false);
    expect(isEdited('# some other header\na: 1\n')).toBe(false);
  });
});

describe('hasUserText', () => {
  it('tells what sync wrote from what a user wrote', () => {
    const fresh = place(undefined).toString();
    expect(hasUserText(cut(fresh))).toBe(false);
    expect(hasUserText(cut(fresh.replaceAll('\n', '\r\n')))).toBe(false);
    expect(hasUserText(cut(`${fresh}# a note\n`))).toBe(true);
    expect(hasUserText(cut(fresh.replace('---', '--- # mine')))).toBe(true);
  });
});
