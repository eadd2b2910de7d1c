import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeRolesOf } from './role-description.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'anklume-roles-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const one = async (role: string, whole = true) => {
  const described = await describeRolesOf(root)(new Map([[role, whole]]));
  return described.has(role) ? { is: described.get(role) } : 'left out';
};

const SPECS = `argument_specs:
  main:
    options:
      web_port: {type: int, choices: [80, 443]}
      web_names: {type: list, elements: str}
      web_root:
`;

describe('what roles say of themselves', () => {
  it('their variables, with types and choices, and those of their defaults', async () => {
    await put('roles_custom/web/meta/argument_specs.yml', SPECS);
    await put('roles_custom/web/defaults/main.yaml', 'web_port: 80\nweb_inner: 1\n');
    expect(await one('web')).toEqual({
      is: {
        variables: {
          web_port: { type: 'int', choices: [80, 443] },
          web_names: { type: 'list', elements: 'str' },
          web_root: {},
        },
        defaults: ['web_port', 'web_inner'],
      },
    });
  });

  it('meta/main.yml may hold them too', async () => {
    await put('roles_custom/web/meta/main.yml', `galaxy_info: {}\n${SPECS}`);
    expect(Object.keys((await variablesOf('web')) ?? {})).toContain('web_port');
  });

  it.each(['[', '- 1', 'argument_specs: 3', 'a: &a [*a, *a]', ''])(
    'files that make no sense (%j) say nothing',
    async (text) => {
      await put('roles_custom/web/meta/argument_specs.yml', text);
      await put('roles_custom/web/defaults/main.yml', text === '' ? '' : '[');
      expect(await one('web')).toEqual({ is: { defaults: [] } });
    },
  );

  it("the user's own come before ours, and what is beside the playbook after both, as in site.yml", async () => {
    await put('roles/base_system/tasks/main.yml', '[]');
    await put('roles/web/meta/argument_specs.yml', SPECS);
    expect(Object.keys((await variablesOf('base_system')) ?? {})).toContain('base_system_locale');
    expect(Object.keys((await variablesOf('web')) ?? {})).toContain('web_port');
    await put('roles_custom/base_system/meta/argument_specs.yml', SPECS);
    expect(Object.keys((await variablesOf('base_system')) ?? {})).toContain('web_port');
  });

  it('nothing is read where nobody asks for variables', async () => {
    expect(await one('base_system', false)).toEqual({ is: { defaults: [] } });
  });

  it('a role that is nowhere is undefined, unless it may be fetched; a collection is left to Ansible', async () => {
    expect(await one('web')).toEqual({ is: undefined });
    expect(await one('community.example.web')).toBe('left out');
    for (const none of ['roles: []\n', 'collections: [{name: community.general}]\n']) {
      await put('requirements.yml', none);
      expect(await one('web')).toEqual({ is: undefined });
    }
    for (const some of ['roles: [{src: ./web.tar.gz}]\n', '- src: ./web.tar.gz\n', '[']) {
      await put('requirements.yml', some);
      expect(await one('web')).toBe('left out');
    }
  });
});

async function variablesOf(role: string) {
  const described = await one(role);
  return described === 'left out' ? undefined : described.is?.variables;
}
