import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ansibleCommand } from './ansible.ts';

const program = { path: '/usr/bin/ansible-playbook', prefix: ['setpriv', '--pdeathsig', 'TERM'] };
const socket = { socket: '/run/incus.socket' };

function optionOf(argv: readonly string[], option: string): string | undefined {
  const at = argv.indexOf(option);
  return at < 0 ? undefined : argv[at + 1];
}

describe('the call of Ansible', () => {
  it('names the machines and the playbook of the project, and no tag when none is asked for', () => {
    const { argv } = ansibleCommand(program, '/srv/p', ['a', 'b'], {}, socket);
    expect(argv.slice(0, 5)).toEqual([...program.prefix, program.path, 'site.yml']);
    expect(optionOf(argv, '--limit')).toBe('a,b');
    expect(argv).not.toContain('--tags');
    expect(argv).not.toContain('--skip-tags');
  });

  it('hands tags on, those to leave out too', () => {
    const tags = { tags: ['base_system', 'web'], skipTags: ['facts'] };
    const { argv } = ansibleCommand(program, '/srv/p', ['a'], tags, socket);
    expect(optionOf(argv, '--tags')).toBe('base_system,web');
    expect(optionOf(argv, '--skip-tags')).toBe('facts');
  });

  it('works on all machines at once up to a number that this host can bear', () => {
    const forks = (count: number) => {
      const names = Array.from({ length: count }, (_, at) => `m${at}`);
      return Number(optionOf(ansibleCommand(program, '/', names, {}, socket).argv, '--forks'));
    };
    expect(forks(1)).toBe(1);
    expect(forks(8)).toBe(8);
    expect(forks(1000)).toBe(Math.max(8, 4 * availableParallelism()));
  });

  it('names the settings of the project, which Ansible passes over in a folder that others may write to', () => {
    const { env } = ansibleCommand(program, '/srv/p', ['a'], {}, socket);
    expect(env.ANSIBLE_CONFIG).toBe('/srv/p/ansible.cfg');
  });

  it('reaches the daemon by its socket or as a remote of the incus client, never both', () => {
    const local = ansibleCommand(program, '/', ['a'], {}, socket).env;
    expect([local.INCUS_SOCKET, local.ANKLUME_INCUS_REMOTE]).toEqual([
      '/run/incus.socket',
      undefined,
    ]);
    const far = ansibleCommand(program, '/', ['a'], {}, { remote: 'tower' }).env;
    expect([far.INCUS_SOCKET, far.ANKLUME_INCUS_REMOTE]).toEqual([undefined, 'tower']);
  });
});
