import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RouteMap } from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { commandBriefs, routes } from '../src/cli/routes.ts';
import { PHASES } from '../src/features/apply/commands/apply.ts';
import type { CliContext } from '../src/kit/context.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The words a shell would hand over, which is what the command receives. */
function forwarded(...words: string[]): string[] {
  const line = execFileSync('make', ['--no-print-directory', '-n', ...words], {
    cwd: root,
    encoding: 'utf8',
  });
  const recorder = 'record() { printf "%s\\n" "$@"; }; ';
  const shell = recorder + line.replaceAll('./anklume', 'record');
  return execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).trimEnd().split('\n');
}

const CASES: readonly (readonly [make: readonly string[], anklume: readonly string[]])[] = [
  [['demo'], ['demo']],
  [['init'], ['init']],
  [
    ['init', 'DIR=my lab', 'EXAMPLE=teacher-lab'],
    ['init', 'my lab', '--example', 'teacher-lab'],
  ],
  [
    ['quickstart', 'DIR=my lab'],
    ['init', 'my lab'],
  ],
  [['doctor'], ['doctor']],
  [['validate'], ['validate']],
  [['config'], ['config']],
  [['schema'], ['schema']],
  [
    ['apply-base', 'G=pro'],
    ['apply', 'provision', '--tags', 'base_system', '--limit', 'pro'],
  ],
  [
    ['apply-llm', 'I=ai-ollama'],
    ['apply', 'provision', '--tags', 'ollama_server,open_webui', '--limit', 'ai-ollama'],
  ],
  [['apply-stt'], ['apply', 'provision', '--tags', 'stt_server']],
  [
    ['apply-ai'],
    [
      ...['apply', 'provision', '--tags'],
      'ollama_server,open_webui,stt_server,lobechat,opencode_server',
    ],
  ],
  [
    ['down', 'G=pro'],
    ['down', 'pro'],
  ],
  [['down'], ['down']],
  [
    ['destroy', 'I=pro-dev'],
    ['destroy', 'pro-dev'],
  ],
  [['ps'], ['ps']],
  [
    ['top', 'G=pro', 'ARGS=--once'],
    ['top', 'pro', '--once'],
  ],
  [
    ['shell', 'I=pro-dev'],
    ['shell', 'pro-dev'],
  ],
  [
    ['ssh', 'I=pro-dev'],
    ['shell', 'pro-dev'],
  ],
  [
    ['exec', 'I=pro-dev', 'CMD=uname -a; id'],
    ['exec', 'pro-dev', '--', 'sh', '-c', 'uname -a; id'],
  ],
  [
    ['exec', 'G=pro', 'CMD=uptime'],
    ['domain', 'exec', 'pro', '--', 'sh', '-c', 'uptime'],
  ],
  [
    ['logs', 'I=pro-dev'],
    ['logs', 'pro-dev'],
  ],
  [['start'], ['instance', 'start', 'all']],
  [
    ['stop', 'I=pro-dev'],
    ['instance', 'stop', 'pro-dev'],
  ],
  [
    ['restart', 'G=pro'],
    ['instance', 'restart', 'pro'],
  ],
  [
    ['incus', 'G=pro', 'CMD=list --all-projects'],
    ['incus', '--domain', 'pro', '--', 'list', '--all-projects'],
  ],
  [['test-generator'], ['dev', 'test', 'check']],
  [['sync'], ['sync']],
  [['sync-dry'], ['sync', '--dry-run']],
  [
    ['plan', 'G=pro'],
    ['plan', '--limit', 'pro'],
  ],
  [['apply'], ['apply']],
  [
    ['apply', 'TAGS=networks', 'G=homelab', 'ARGS=--yes --json'],
    ['apply', '--tags', 'networks', '--limit', 'homelab', '--yes', '--json'],
  ],
  [
    ['apply', 'G=pro', 'I=pro-dev'],
    ['apply', '--limit', 'pro-dev'],
  ],
  [['disp'], ['disp']],
  [
    ['disp', 'IMAGE=debian/13', 'CMD=bash', 'DOMAIN=sandbox'],
    ['disp', '--image', 'debian/13', '--domain', 'sandbox', '--', 'sh', '-c', 'bash'],
  ],
  [['apply-infra'], ['apply', 'infra']],
  [
    ['apply-limit', 'G=homelab'],
    ['apply', '--limit', 'homelab'],
  ],
  [
    ['apply-provision', 'TAGS=base_system', 'I=pro-dev'],
    ['apply', 'provision', '--tags', 'base_system', '--limit', 'pro-dev'],
  ],
  [
    ['bootstrap', 'DRY_RUN=1'],
    ['host', 'bootstrap', '--dry-run'],
  ],
  [['uninstall'], ['host', 'uninstall']],
  [['upgrade'], ['upgrade']],
  [
    ['upgrade', 'TO=1.2.3'],
    ['upgrade', '--to', '1.2.3'],
  ],
  [['import-infra'], ['import']],
  [
    ['import-infra', 'FILE=infra.yml'],
    ['import', '--out', 'infra.yml'],
  ],
  [['flush'], ['flush']],
  [
    ['flush', 'FORCE=true'],
    ['flush', '--force', '--yes'],
  ],
  [
    ['snapshot', 'I=pro-dev', 'S=before change'],
    ['snapshot', 'create', 'pro-dev', 'before change'],
  ],
  [
    ['snapshot-list', 'G=pro'],
    ['snapshot', 'list', 'pro'],
  ],
  [
    ['restore', 'I=pro-dev', 'S=monday'],
    ['snapshot', 'restore', 'pro-dev', 'monday'],
  ],
  [
    ['snapshot-restore', 'I=pro-dev', 'S=monday'],
    ['snapshot', 'restore', 'pro-dev', 'monday'],
  ],
  [
    ['snapshot-delete', 'I=pro-dev', 'S=monday'],
    ['snapshot', 'delete', 'pro-dev', 'monday'],
  ],
  [
    ['rollback', 'T=2', 'DRY_RUN=1'],
    ['rollback', '2', '--dry-run'],
  ],
  [['rollback-list'], ['history']],
  [['history'], ['history']],
  [
    ['rollback-cleanup', 'KEEP=1'],
    ['history', 'delete', '--keep', '1'],
  ],
  [
    ['test-role', 'NAME=base_system'],
    ['dev', 'test-role', 'base_system'],
  ],
  [['test-role'], ['dev', 'test-role', '--all']],
  [['up'], ['up']],
  [['status'], ['status']],
  [['nftables'], ['network', 'rules']],
  [['nftables-deploy'], ['network', 'deploy']],
  [['prove'], ['prove']],
  [
    ['golden-create', 'NAME=web golden'],
    ['golden', 'create', 'web golden'],
  ],
  [
    ['golden-derive', 'TEMPLATE=web-golden', 'INSTANCE=web-1'],
    ['golden', 'derive', 'web-golden', 'web-1'],
  ],
  [
    ['golden-publish', 'TEMPLATE=web-golden', 'ALIAS=web'],
    ['golden', 'publish', 'web-golden', 'web'],
  ],
  [['golden-list'], ['golden', 'list']],
  [
    ['golden-update', 'NAME=web-golden'],
    ['golden', 'update', 'web-golden'],
  ],
  [['export-images'], ['image', 'export']],
  [
    ['export-images', 'DIR=/srv/my images'],
    ['image', 'export', '--to', '/srv/my images'],
  ],
  [['import-images'], ['image', 'import']],
  [
    ['import-images', 'DIR=/srv/my images'],
    ['image', 'import', '--from', '/srv/my images'],
  ],
  [['image-list'], ['image', 'list']],
  [
    ['image-build', 'NAME=debian/13'],
    ['image', 'build', 'debian/13'],
  ],
  [['backup'], ['backup', 'create']],
  [
    ['backup', 'I=pro-dev', 'GPG_RECIPIENT=me@example.org', 'DIR=/mnt/my usb', 'KEEP=3'],
    [
      ...['backup', 'create', 'pro-dev', '--to', '/mnt/my usb'],
      ...['--recipient', 'me@example.org', '--keep', '3'],
    ],
  ],
  [
    ['restore-backup', 'FILE=a b.tar.gz', 'NAME=other'],
    ['backup', 'restore', 'a b.tar.gz', 'other'],
  ],
  [
    ['file-copy', 'SRC=pro-dev:/root/a b', 'DST=box:/root/'],
    ['file', 'copy', 'pro-dev:/root/a b', 'box:/root/'],
  ],
  [['sandbox-start'], ['sandbox', 'start']],
  [
    ['sandbox-start', 'NAME=lab'],
    ['sandbox', 'start', 'lab'],
  ],
  [['sandbox-status'], ['sandbox', 'status']],
  [
    ['sandbox-stop', 'NAME=lab'],
    ['sandbox', 'stop', 'lab'],
  ],
  [
    ['sandbox-delete', 'NAME=lab'],
    ['sandbox', 'delete', 'lab'],
  ],
  [['check'], ['dev', 'check']],
  [['lint'], ['dev', 'lint']],
  [['test-role'], ['dev', 'test-role', '--all']],
  [
    ['test-role', 'NAME=base_system'],
    ['dev', 'test-role', 'base_system'],
  ],
  [['test-sandboxed'], ['test-sandboxed']],
  [
    ['test-sandboxed', 'NAME=base_system'],
    ['test-sandboxed', 'base_system'],
  ],
  [['test-runner-create'], ['test-runner-create']],
  [['test-runner-destroy'], ['dev', 'test-runner-delete']],
  [['test'], ['dev', 'test']],
  [['bench'], ['dev', 'bench']],
  [['scenario-test'], ['scenario', 'run']],
  [
    ['scenario-test', 'NAME=bad', 'ARGS=--shuffle 7'],
    ['scenario', 'run', 'bad', '--shuffle', '7'],
  ],
  [['scenario-test-best'], ['scenario', 'run', 'best']],
  [['scenario-test-bad'], ['scenario', 'run', 'bad']],
  [['matrix-coverage'], ['dev', 'matrix-coverage']],
  [['scenario-list'], ['scenario', 'list']],
];

/** What the ROADMAP lets people type, target by target; those without a command of theirs yet, by that command. */
const ROADMAP: Readonly<Record<string, readonly string[]>> = {
  here: [
    ...['apply', 'apply-ai', 'apply-infra', 'apply-limit', 'apply-llm', 'apply-stt', 'backup'],
    ...['disp', 'export-images', 'file-copy', 'flush', 'golden-create', 'golden-derive'],
    ...['golden-publish', 'help', 'import-infra', 'lint', 'matrix-coverage', 'nftables-deploy'],
    ...['quickstart', 'restore', 'restore-backup', 'rollback', 'rollback-cleanup', 'rollback-list'],
    ...['scenario-test', 'snapshot', 'sync', 'sync-dry', 'test-generator', 'test-runner-create'],
    ...['test-runner-destroy', 'test-sandboxed', 'upgrade'],
  ],
  agent: ['agent-develop', 'agent-fix', 'agent-runner-setup'],
  ai: [
    ...['ai-develop', 'ai-improve', 'ai-switch', 'ai-test', 'matrix-generate'],
    ...['mine-experiences', 'ollama-dev'],
  ],
  app: ['export-app', 'export-list', 'export-remove'],
  console: ['console'],
  guide: ['guide'],
  'apply print': ['apply-print'],
  'apply tor': ['apply-tor'],
  'dev audit': ['audit', 'audit-json'],
  'dev graph': ['call-graph', 'code-graph', 'dead-code', 'dep-graph'],
  'dev smoke': ['smoke'],
  lab: [
    ...['lab-check', 'lab-deploy', 'lab-hint', 'lab-list', 'lab-reset', 'lab-solution'],
    'lab-start',
  ],
  telemetry: [
    ...['telemetry-clear', 'telemetry-off', 'telemetry-on', 'telemetry-report'],
    ...['telemetry-report-html', 'telemetry-status'],
  ],
};

/** The commands, two words deep, as the program itself routes them; phases of apply count as one. */
function commands(): ReadonlySet<string> {
  const below = (map: RouteMap<CliContext>): string[] =>
    map.getAllEntries().flatMap(({ name, target }) => {
      const word = name['convert-camel-to-kebab'];
      if (!('getAllEntries' in target)) return [word];
      return [word, ...below(target).map((next) => `${word} ${next}`)];
    });
  return new Set([...below(routes('en', '', true)), ...PHASES.map((phase) => `apply ${phase}`)]);
}

/** Commands that make cannot say more shortly than they are. */
const WITHOUT = ['completion'];

describe('Makefile', () => {
  const made = [...readFileSync(`${root}/Makefile`, 'utf8').matchAll(/^\.PHONY: (\S+)$/gm)].map(
    ([, name = '']) => name,
  );

  it('P00-04: every target of the ROADMAP whose command exists is here', () => {
    const there = commands();
    expect(ROADMAP.here?.filter((target) => !made.includes(target))).toEqual([]);
    for (const [command, targets] of Object.entries(ROADMAP)) {
      if (command === 'here') continue;
      const exists = there.has(command);
      const missing = targets.filter((target) => made.includes(target) !== exists);
      expect([command, exists, missing]).toEqual([command, exists, []]);
    }
  });

  it('every command that help tells of has a target, but those that need more words', () => {
    const first = new Set(CASES.map(([, [word]]) => word));
    const without = [...commandBriefs('en').values()]
      .flatMap((section) => [...section.keys()])
      .filter((name) => !first.has(name) && !made.includes(name));
    expect(without.sort()).toEqual(WITHOUT);
  });

  it.each(CASES)('P00-04: make %j calls anklume %j', (make, anklume) => {
    expect(forwarded(...make)).toEqual(anklume);
  });

  it('apply-limit without a domain is refused instead of applying everything', () => {
    const { status, stderr } = spawnSync('make', ['-n', 'apply-limit'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('apply-limit needs a domain');
  });

  it('help lists every target under a category, and every target is tested here', () => {
    const text = readFileSync(`${root}/Makefile`, 'utf8');
    const targets = [...text.matchAll(/^\.PHONY: (\S+)$/gm)].map((match) => match[1]);
    const help = execFileSync('make', ['--no-print-directory', 'help'], {
      cwd: root,
      encoding: 'utf8',
    });
    const listed = [...help.matchAll(/^ {2}([a-z-]+) +\S/gm)].map((match) => match[1]);
    expect(listed).toEqual(targets);
    const tested = new Set(CASES.map(([make]) => make[0]));
    expect(targets.filter((target) => target !== 'help' && !tested.has(target ?? ''))).toEqual([]);
  });
});
