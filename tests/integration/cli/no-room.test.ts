import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { listed } from '../engine/daemon.ts';
import { clearAway, uniqueName } from '../support.ts';
import { type TestProject, testProject, twoDomains } from './projects.ts';

const [a, b] = ['a', 'b'].map(uniqueName) as [string, string];
let project: TestProject;
let home: string;

beforeAll(async () => {
  project = await testProject(twoDomains(a, b, 229));
  home = await mkdtemp(join(tmpdir(), 'anklume-room-'));
  await writeFile(join(home, 'kept'), 'x');
});
afterAll(async () => {
  await clearAway(project.folder, [a, b]);
  await rm(home, { recursive: true, force: true });
});

/**
 * Puts a small file system over a folder, with what the folder holds, and fills it or forbids writing; runs the program
 * there; tells what became of the files. All of it in a mount namespace that ends with the last process.
 */
const SCRIPT = `
set -e
folder=$1 state=$2; shift 2
mount --make-rprivate /
copy=$(mktemp -d); cp -a "$folder/." "$copy"
mount -t tmpfs -o size=512k anklume-test "$folder"
cp -a "$copy/." "$folder"; rm -r "$copy"
if [ "$state" = full ]; then dd if=/dev/zero of="$folder/filler" bs=4k 2>/dev/null || true; else mount -o remount,ro "$folder"; fi
digest() { (cd "$folder" && find . ! -name filler -printf '%p %m\\n' | sort && find . -type f ! -name filler -print0 | sort -z | xargs -0 sha256sum) | sha256sum; }
before=$(digest)
cd "$1"; shift
status=0; "$@" || status=$?
[ "$before" = "$(digest)" ] || echo "FILES CHANGED" >&2
exit $status
`;

type State = 'full' | 'ro';

async function onDisk(folder: string, state: State, args: readonly string[]) {
  const inside = [folder, state, project.folder, process.execPath, program, ...args];
  const { code, stdout, stderr } = await run(
    ['unshare', '-m', 'sh', '-c', SCRIPT, 'sh', ...inside],
    {
      env: {
        ANKLUME_HOME: home,
        ANKLUME_LANG: 'en',
        NO_COLOR: '1',
        INCUS_SOCKET: inject('socket'),
      },
      accept: Array.from({ length: 256 }, (_, at) => at),
    },
  );
  expect(stderr).not.toMatch(/bug in anklume|FILES CHANGED/);
  return { code, stdout, stderr };
}

const WHY = { full: /full|ENOSPC/, ro: /read-only|EROFS/ } as const;

describe.each<State>(['full', 'ro'])('B07-03: a disk that is %s', (state) => {
  it('of the project: what writes there says so, and no file changes', async () => {
    await rm(join(project.folder, 'group_vars'), { recursive: true, force: true });
    for (const words of [
      ['sync'],
      ['init', 'new'],
      ['import', '--out', 'new.yml'],
      ['prove', '--html', 'proof.html'],
      ['scenario', 'run', '--report', 'report.json'],
    ]) {
      const { code, stderr } = await onDisk(project.folder, state, words);
      expect([words, code]).toEqual([words, words[0] === 'prove' ? expect.any(Number) : 1]);
      expect(stderr).toMatch(words[0] === 'prove' ? /tree|inventory|sync/ : WHY[state]);
    }
  });

  it('of the home folder or the project: apply begins nothing', async () => {
    const { code, stderr } = await run([process.execPath, program, 'sync'], {
      cwd: project.folder,
      env: { ANKLUME_LANG: 'en' },
    }).then((done) => done);
    expect(code, stderr).toBe(0);
    for (const folder of [home, project.folder]) {
      // From a home of its own, the sandbox counts as another machine.
      const words = ['apply', 'infra', '--yes', '--no-isolation'];
      const apply = await onDisk(folder, state, words);
      expect([apply.code, apply.stderr]).toEqual([1, expect.stringMatching(WHY[state])]);
      expect(await listed(a, b)).toEqual([]);
    }
    const proof = await onDisk(project.folder, state, ['prove', '--html', 'proof.html']);
    expect([proof.code, proof.stderr]).toEqual([1, expect.stringMatching(WHY[state])]);
    const backup = await onDisk(home, state, ['backup', 'create']);
    expect(backup.code).toBe(1);
  });
});
