import { expect, it } from 'vitest';
import { mirrorsOf, parseDeb822, parseOneLine } from './apt-sources.ts';

const STANZAS = `Types: deb
# a comment inside
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
Components: main
 contrib
`;

it('reads stanzas: several suites, comments, continued lines; neither sources nor what is turned off', () => {
  expect(parseDeb822(STANZAS)).toEqual([
    { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'] },
    { uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main'] },
    {
      uri: 'http://mirror.example/debian-security/',
      suite: 'bookworm-security',
      components: ['main', 'contrib'],
    },
  ]);
});

it('reads lines, with options and comments', () => {
  const text = `# deb http://no.example/debian x main
deb [arch=amd64 signed-by=/k.gpg] https://one.example/debian trixie main contrib # why
deb-src https://one.example/debian trixie main
`;
  expect(parseOneLine(text)).toEqual([
    { uri: 'https://one.example/debian', suite: 'trixie', components: ['main', 'contrib'] },
  ]);
});

it('tells the main and the security mirror from others', () => {
  const other = parseOneLine('deb https://tools.example/apt stable main\n');
  expect(mirrorsOf([...other, ...parseDeb822(STANZAS)])).toEqual({
    main: 'http://mirror.example/debian',
    security: 'http://mirror.example/debian-security/',
  });
  expect(mirrorsOf(other)).toBeUndefined();
});

it('does not take backports for the main archive of a machine', () => {
  const backports = 'deb http://back.example/debian bookworm-backports main\n';
  const main = 'deb http://main.example/debian bookworm main\n';
  expect(mirrorsOf(parseOneLine(backports + main))?.main).toBe('http://main.example/debian');
});
