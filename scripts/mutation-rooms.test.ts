import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOMS, ROOT, sourcesOf, testsOf } from '../tests/mutation/rooms.ts';

const tried = Object.values(ROOMS).flatMap(sourcesOf);

describe('the mutation runs', () => {
  it.each(readdirSync(join(ROOT, 'src')).filter((room) => room !== 'cli'))(
    'cover what decides in %s',
    (room) => {
      expect(tried.filter((path) => path.startsWith(`src/${room}/`))).not.toEqual([]);
    },
  );

  it.each([
    'isolation/model',
    'isolation/rules',
    'isolation/load',
    'isolation/proof',
    'isolation/proof/reality',
    'isolation/foreign',
    'isolation/vm',
    'world/infra',
    'world/tree',
    'engine/reality',
    'engine/idmap',
  ])('and in %s, a room within a room', (folder) => {
    expect(tried.filter((path) => path.startsWith(`src/${folder}/`))).not.toEqual([]);
  });

  it.each(Object.entries(ROOMS))(
    'know where the files of %s are, each in one room, with tests',
    (_name, room) => {
      const sources = sourcesOf(room);
      expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
      expect(sources.filter((path) => tried.filter((other) => other === path).length > 1)).toEqual(
        [],
      );
      expect(testsOf(room)).not.toEqual([]);
    },
  );
});
