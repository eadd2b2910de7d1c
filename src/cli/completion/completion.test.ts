import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { completionScript } from '../../features/completion/scripts.ts';
import { placeOf, typedSoFar } from '../../kit/completion/typed.ts';
import { proposeLines } from './propose.ts';

const exec = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-completion-'));
  await writeFile(
    join(folder, 'infra.yml'),
    'project_name: p\ndomains: {work: {subnet_id: 1, machines: {desk: {}, files: {}}}}\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const proposed = async (...words: string[]) => {
  const around = { env: {}, cwd: folder, process };
  const lines = await proposeLines(words, 'en', around);
  return lines.split('\n').flatMap((line) => line.split('\t')[0] || []);
};

it('machines are known from infra.yml before the first sync', async () => {
  expect(await proposed('shell', '')).toEqual(['work', 'desk', 'files']);
  expect(await proposed('snapshot', 'create', 'd')).toEqual(['desk']);
}, 30_000);
it('and from the project that the words name', async () => {
  const around = { env: {}, cwd: '/', process };
  expect(await proposeLines(['shell', '-C', folder, 'fi'], 'en', around)).toMatch(/^files\t/);
}, 30_000);
it('values of flags are proposed behind =', async () => {
  expect(await proposed('status', '--format=y')).toEqual(['--format=yaml']);
  expect(await proposed('status', '--sandbox=no-such')).toEqual([]);
});
it('flags only for those who typed a dash', async () => {
  expect(await proposed('status', '--sand')).toEqual(['--sandbox']);
});
it('reads where a command works from the words before the cursor', () => {
  expect(typedSoFar(['status', '--sandbox=lab', '-C', '/x', '--infra', 'y'])).toEqual({
    sandbox: 'lab',
    directory: '/x',
    infra: 'y',
  });
  expect(typedSoFar(['status', '--sandbox'])).toEqual({ sandbox: 'default' });
  expect(placeOf('/a', { directory: 'b' })).toEqual({ cwd: '/a/b', infra: undefined });
});
it('bash: words that it takes apart at = and : are one word for us', async () => {
  const asks = `anklume() { shift 2; printf '%s\\n' "$@" > ${folder}/asked; printf -- '--sandbox=lab\\tx\\n'; }`;
  const script = `${asks}\n${completionScript('bash')}
COMP_WORDS=(anklume status --sandbox = la); COMP_CWORD=4; _anklume; printf '%s' "\${COMPREPLY[*]}"; cat ${folder}/asked`;
  const { stdout } = await exec('bash', ['-c', script]);
  expect(stdout).toBe('labstatus\n--sandbox=la\n');
});
