import { expect, it } from 'vitest';
import { LINTERS } from './linters.ts';

const FILES = [
  { path: 'anklume', first: '#!/bin/sh' },
  { path: '.ci/run', first: '#!/usr/bin/env bash' },
  { path: 'roles/a/files/part.sh', first: '# no interpreter' },
  { path: 'roles/a/files/log.py', first: '#!/usr/bin/python3' },
  { path: 'roles/a/tasks/main.yml', first: '---' },
  { path: 'tests/gallery/bad.yml', first: 'a: [' },
  { path: 'docs/x.md', first: '# sh' },
];

function paths(name: string): string[][] {
  const calls = LINTERS.find((linter) => linter.name === name)?.calls(FILES) ?? [];
  return calls.map((args) => args.slice(args.indexOf('--') + 1));
}

it('gives each linter its files', () => {
  expect(paths('shellcheck')).toEqual([['anklume', '.ci/run'], ['roles/a/files/part.sh']]);
  expect(paths('yamllint')).toEqual([['roles/a/tasks/main.yml']]);
});

it('starts no linter that has nothing to read', () => {
  for (const name of ['shellcheck', 'yamllint', 'ansible-lint'])
    expect(LINTERS.find((linter) => linter.name === name)?.calls([])).toEqual([]);
});
