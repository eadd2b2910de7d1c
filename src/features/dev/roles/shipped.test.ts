import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { productRoot } from '../../../base/system/index.ts';
import { rolesIn, scenariosOf } from './scenario.ts';

const folder = join(productRoot(), 'roles');
const roles = await rolesIn(folder);

async function readYaml(role: string, path: string): Promise<Record<string, unknown>> {
  const file = join(folder, role, path);
  return existsSync(file) ? (parse(await readFile(file, 'utf8')) ?? {}) : {};
}

describe.each(roles)('the role %s', (role) => {
  it('P17-13: has a test that converges twice and verifies', async () => {
    const scenarios = await scenariosOf(folder, role);
    for (const scenario of scenarios) {
      expect(scenario.sequence).toEqual(
        expect.arrayContaining(['create', 'converge', 'idempotence', 'verify', 'destroy']),
      );
      for (const file of ['converge.yml', 'verify.yml'])
        expect(existsSync(join(scenario.folder, file))).toBe(true);
    }
  });

  it('documents each variable: a comment, an argument, a line in the README, and its own prefix', async () => {
    const defaults = await readYaml(role, 'defaults/main.yml');
    const names = Object.keys(defaults);
    const specs = await readYaml(role, 'meta/argument_specs.yml');
    const options = (specs.argument_specs as { main: { options: Record<string, unknown> } })?.main
      .options;
    expect(Object.keys(options ?? {})).toEqual(names);
    const readme = await readFile(join(folder, role, 'README.md'), 'utf8');
    for (const name of names) {
      expect(name.startsWith(`${role}_`)).toBe(true);
      expect(readme).toContain(`\`${name}\``);
      expect((options[name] as { default?: unknown }).default).toEqual(defaults[name]);
    }
  });
});
