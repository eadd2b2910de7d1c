import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../../base/messages/index.ts';
import { cleanOrphans, findStaleness, planSync, readTree, renderTree, writeSync } from './index.ts';
import { cutSection } from './managed-section.ts';
import { freshProject, load, SAMPLE, snapshot, sync, worlds } from './worlds.fixture.ts';

const infra = load(SAMPLE);

/** The sample without some of its domains. */
function without(...names: string[]) {
  const domains = Object.entries(SAMPLE.domains).filter(([name]) => !names.includes(name));
  return load({ ...SAMPLE, domains: Object.fromEntries(domains), network_policies: [] });
}

async function syncedProject(): Promise<string> {
  const root = await freshProject();
  await sync(infra, root);
  return root;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

describe('planSync and writeSync', () => {
  // Matrix: TR-103
  it('P01-07: a plan names every change and writes nothing; the sync makes exactly those', async () => {
    const root = await freshProject();
    const plan = await planSync(infra, root);
    expect(await snapshot(root)).toEqual({});
    expect(plan.created).toHaveLength(12);
    await writeSync(plan);
    expect(Object.keys(await snapshot(root))).toEqual(plan.created);
    const before = await snapshot(root);
    const next = await planSync(without('empty'), root);
    expect(await snapshot(root)).toEqual(before);
    expect(next).toMatchObject({ created: [], updated: ['group_vars/all.yml'] });
    expect(JSON.parse(JSON.stringify(next))).toEqual(next);
  });

  // Matrix: TR-102
  it('P01-08 P18b-04: a second sync changes no byte and no mtime', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (written) => {
        const root = await freshProject();
        await sync(load(written), root);
        const first = await snapshot(root);
        const plan = await sync(load(written), root);
        expect(plan).toMatchObject({ created: [], updated: [], edited: [], problems: [] });
        expect(await snapshot(root)).toEqual(first);
        await rm(root, { recursive: true });
      }),
      { seed: 31, endOnFailure: true, numRuns: 12 },
    );
  }, 30_000);

  // Matrix: TR-201
  it("P01-04 P18b-04: the user's bytes outside the section survive a changed infra.yml, whatever they are", async () => {
    const root = await syncedProject();
    const path = join(root, 'host_vars/pro-dev.yml');
    const parts = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    let other = false;
    await fc.assert(
      fc.asyncProperty(parts, parts, async (before, after) => {
        const cut = cutSection(await readFile(path));
        if ('message' in cut || cut.section === undefined) throw new Error('no section');
        const section = `# === MANAGED BY infra.yml ===\n${cut.section}# === END MANAGED ===\n`;
        const front = Buffer.concat([before, Buffer.from('\n')]);
        await writeFile(path, Buffer.concat([front, Buffer.from(section, 'latin1'), after]));
        other = !other;
        await sync(
          load({ ...SAMPLE, project_name: other ? 'x' : 'y', domains: changed(other) }),
          root,
        );
        expect(cutSection(await readFile(path))).toMatchObject({
          before: front.toString('latin1'),
          section: expect.stringContaining(other ? 'images:other' : 'images:debian'),
          after: after.toString('latin1'),
        });
      }),
      { seed: 32, endOnFailure: true, numRuns: 25 },
    );
  }, 30_000);

  // Matrix: TR-202
  it('P01-09: a new domain brings its files and leaves the files of the others as they were', async () => {
    const root = await freshProject();
    await sync(without('lab'), root);
    const before = await snapshot(root);
    const plan = await sync(load({ ...SAMPLE, network_policies: [] }), root);
    expect(plan.created).toEqual([
      'group_vars/lab.yml',
      'host_vars/lab-one.yml',
      'inventory/lab.yml',
    ]);
    const { 'group_vars/all.yml': _, ...others } = before;
    expect(await snapshot(root)).toMatchObject(others);
  });

  // Matrix: TR-301
  it('P22-21: an edit inside a managed section is told, with where it belongs, and then replaced', async () => {
    const root = await syncedProject();
    const path = join(root, 'host_vars/pro-dev.yml');
    const original = await readFile(path, 'utf8');
    await edit(path, (text) => text.replace('instance_gpu: false', 'instance_gpu: true'));
    const plan = await planSync(infra, root);
    expect(plan).toMatchObject({
      edited: ['host_vars/pro-dev.yml'],
      updated: ['host_vars/pro-dev.yml'],
      problems: [
        {
          code: 'managed-section-edited',
          severity: 'warning',
          place: { file: 'host_vars/pro-dev.yml', line: 2 },
          remedy: { en: expect.stringContaining('# === END MANAGED ===') },
        },
      ],
    });
    await writeSync(plan);
    expect(await readFile(path, 'utf8')).toBe(original);
    expect((await planSync(infra, root)).problems).toEqual([]);
  });

  // Matrix: TR-302
  it('writes nothing at all when one file has broken markers', async () => {
    const root = await syncedProject();
    await edit(join(root, 'group_vars/pro.yml'), (text) =>
      text.replace('# === END MANAGED ===', ''),
    );
    await rm(join(root, 'host_vars/pro-dev.yml'));
    const before = await snapshot(root);
    const plan = await planSync(infra, root);
    expect(plan.problems).toMatchObject([
      { code: 'managed-section-broken', place: { file: 'group_vars/pro.yml', line: 2 } },
    ]);
    await expect(writeSync(plan)).rejects.toMatchObject({ code: 'sync-refused', exit: 2 });
    expect(await snapshot(root)).toEqual(before);
  });

  it.each(['folder', 'file'])('never follows a linked %s out of the project', async (kind) => {
    const root = await syncedProject();
    const outside = await freshProject();
    const path = join(root, kind === 'folder' ? 'host_vars' : 'host_vars/pro-dev.yml');
    await rename(path, join(outside, 'there'));
    await symlink(join(outside, 'there'), path);
    const before = await snapshot(outside);
    const plan = await planSync(load({ ...SAMPLE, domains: changed(true) }), root);
    expect(errorsOf(plan.problems)[0]).toMatchObject({ code: 'tree-outside-project' });
    await expect(writeSync(plan)).rejects.toThrow();
    expect(await snapshot(outside)).toEqual(before);
  });

  it('follows a link inside the project and keeps it a link', async () => {
    const root = await syncedProject();
    await rename(join(root, 'host_vars'), join(root, 'elsewhere'));
    await symlink('elsewhere', join(root, 'host_vars'));
    await sync(load({ ...SAMPLE, domains: changed(true) }), root);
    expect(await readFile(join(root, 'elsewhere/pro-dev.yml'), 'utf8')).toContain('images:other');
    expect((await planSync(load({ ...SAMPLE, domains: changed(true) }), root)).updated).toEqual([]);
  });

  it('places what is no file, a link to nowhere, and one file under two names', async () => {
    const root = await syncedProject();
    await rm(join(root, 'host_vars'), { recursive: true });
    await mkdir(join(root, 'host_vars/pro-dev.yml'), { recursive: true });
    await symlink('nowhere', join(root, 'host_vars/pro-mail.yml'));
    spawnSync('mkfifo', [join(root, 'host_vars/lab-one.yml')]);
    await rm(join(root, 'inventory/pro.yml'));
    await symlink('lab.yml', join(root, 'inventory/pro.yml'));
    const codes = (await planSync(infra, root)).problems.map(
      ({ code, place }) => `${place?.file} ${code}`,
    );
    expect(codes).toEqual([
      'host_vars/lab-one.yml tree-not-a-file',
      'host_vars/pro-dev.yml tree-not-a-file',
      'host_vars/pro-mail.yml tree-broken-link',
      'inventory/pro.yml tree-shared-file',
    ]);
  });

  it('leaves a file alone that somebody changed after the plan, and all the others too', async () => {
    const root = await syncedProject();
    const plan = await planSync(load({ ...SAMPLE, domains: changed(true) }), root);
    await edit(join(root, 'host_vars/pro-dev.yml'), (text) => `${text}mine: 1\n`);
    const before = await snapshot(root);
    await expect(writeSync(plan)).rejects.toMatchObject({ code: 'tree-changed-meanwhile' });
    expect(await snapshot(root)).toEqual(before);
  });

  it('keeps the permissions that a user gave a file', async () => {
    const root = await syncedProject();
    const path = join(root, 'host_vars/pro-dev.yml');
    await chmod(path, 0o600);
    await sync(load({ ...SAMPLE, domains: changed(true) }), root);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

function changed(other: boolean) {
  const pro = SAMPLE.domains.pro;
  const dev = { ...pro.machines['pro-dev'], os_image: other ? 'images:other' : 'images:debian' };
  return { ...SAMPLE.domains, pro: { ...pro, machines: { ...pro.machines, 'pro-dev': dev } } };
}

describe('orphans', () => {
  it('P01-06: are listed with what protects them, deleted by nobody, and gone when declared again', async () => {
    const root = await syncedProject();
    const before = await snapshot(root);
    const plan = await planSync(without('lab', 'pro'), root);
    expect(plan.orphans).toEqual([
      orphan('group_vars/lab.yml', false),
      orphan('group_vars/pro.yml', true),
      orphan('host_vars/lab-one.yml', false),
      orphan('host_vars/pro-dev.yml', true),
      orphan('host_vars/pro-mail.yml', false),
      orphan('inventory/lab.yml', false),
      orphan('inventory/pro.yml', true),
    ]);
    expect(Object.keys(await snapshot(root))).toEqual(Object.keys(before));
    expect((await planSync(infra, root)).orphans).toEqual([]);
  });

  // Matrix: TR-204
  it('are removed on request, but not protected ones, nor those with text of the user', async () => {
    const root = await syncedProject();
    await edit(join(root, 'group_vars/lab.yml'), (text) => `${text}mine: 1\n`);
    const { orphans } = await planSync(without('lab', 'pro'), root);
    expect(await cleanOrphans(root, orphans)).toEqual({
      removed: ['host_vars/lab-one.yml', 'host_vars/pro-mail.yml', 'inventory/lab.yml'],
      kept: [
        { path: 'group_vars/lab.yml', reason: 'user-text' },
        { path: 'group_vars/pro.yml', reason: 'protected' },
        { path: 'host_vars/pro-dev.yml', reason: 'protected' },
        { path: 'inventory/pro.yml', reason: 'protected' },
      ],
    });
    expect(Object.keys(await snapshot(root))).not.toContain('host_vars/lab-one.yml');
  });

  it('of a protected domain whose machines all moved to others hold nothing that has to stay', async () => {
    // Under another name a domain takes those of its machines along that are named.
    const moved = (...names: string[]) => {
      const { pro, ...others } = SAMPLE.domains;
      const machines = Object.fromEntries(names.map((name) => [name, machinesOf[name] ?? {}]));
      return load({
        ...SAMPLE,
        domains: { ...others, work: { ...pro, machines } },
        network_policies: [],
      });
    };
    const machinesOf: Readonly<Record<string, object>> = SAMPLE.domains.pro.machines;
    const names = Object.keys(SAMPLE.domains.pro.machines);
    const root = await syncedProject();
    const some = await planSync(moved(...names.slice(0, 1)), root);
    expect(some.orphans.filter(({ kind }) => kind === 'domain')).toEqual([
      orphan('group_vars/pro.yml', true),
      orphan('inventory/pro.yml', true),
    ]);
    const { orphans } = await sync(moved(...names), root);
    expect((await cleanOrphans(root, orphans)).removed).toEqual([
      'group_vars/pro.yml',
      'inventory/pro.yml',
    ]);
    expect((await readTree(root)).problems).toEqual([]);
  });

  it('that are protected go once none of their machines exists, and those of one that does stay', async () => {
    const root = await syncedProject();
    const { orphans } = await planSync(without('lab', 'pro'), root);
    const { kept } = await cleanOrphans(root, orphans, ({ kind }) => kind === 'machine');
    expect(kept.map(({ path }) => path)).toEqual(['group_vars/pro.yml', 'inventory/pro.yml']);
    const { removed } = await cleanOrphans(root, orphans, () => true);
    expect(removed).toEqual(['group_vars/pro.yml', 'inventory/pro.yml']);
  });

  it('make their domain one that is left behind, as long as infra.yml can be read', async () => {
    const root = await syncedProject();
    const left = async (rendered?: ReturnType<typeof renderTree>) =>
      (await readTree(root, rendered)).desired?.domains.flatMap(({ name, undeclared }) =>
        undeclared ? [name] : [],
      );
    expect(await left(renderTree(without('lab', 'pro')))).toEqual(['lab', 'pro']);
    expect(await left(renderTree(infra))).toEqual([]);
    expect(await left()).toEqual([]);
    await writeFile(
      join(root, 'inventory/own.yml'),
      'own:\n  hosts: {}\n  vars:\n    incus_project: own\n    incus_network: {name: net-own, subnet: 10.9.9.0/24, gateway: 10.9.9.254}\n',
    );
    expect(await left(renderTree(infra))).toEqual([]);
  });

  it("are never files of the user's own", async () => {
    const root = await syncedProject();
    await writeFile(join(root, 'group_vars/web.yml'), 'port: 80\n');
    await writeFile(join(root, 'inventory/notes.txt'), '# === MANAGED BY infra.yml ===\n');
    await writeFile(join(root, 'host_vars/odd.yml'), '# === END MANAGED ===\n');
    expect((await planSync(infra, root)).orphans).toEqual([]);
  });

  it('are kept when something changed since they were listed', async () => {
    const root = await syncedProject();
    const { orphans } = await planSync(without('lab'), root);
    await sync(
      load({
        ...SAMPLE,
        domains: { ...SAMPLE.domains, lab: { ...SAMPLE.domains.lab, ephemeral: false } },
      }),
      root,
    );
    const { removed, kept } = await cleanOrphans(root, orphans);
    expect(removed).toEqual(['inventory/lab.yml']);
    expect(kept.map(({ reason }) => reason)).toEqual(['changed', 'changed']);
  });
});

function orphan(path: string, isProtected: boolean) {
  const [folder, file = ''] = path.split('/');
  return {
    path,
    kind: folder === 'host_vars' ? 'machine' : 'domain',
    name: file.replace('.yml', ''),
    protected: isProtected,
    userText: false,
  };
}

describe('findStaleness', () => {
  it('P22-15: tells what infra.yml says and the tree does not', async () => {
    const root = await freshProject();
    await sync(without('lab'), root);
    expect(await findStaleness(renderTree(without('lab')), root)).toMatchObject({ stale: false });
    expect(await findStaleness(renderTree(infra), root)).toMatchObject({
      stale: true,
      missing: ['group_vars/lab.yml', 'host_vars/lab-one.yml', 'inventory/lab.yml'],
      different: ['group_vars/all.yml'],
      leftover: [],
    });
    await sync(infra, root);
    expect(await findStaleness(renderTree(without('lab')), root)).toMatchObject({
      stale: true,
      leftover: ['group_vars/lab.yml', 'host_vars/lab-one.yml', 'inventory/lab.yml'],
    });
  });

  it('P22-15: a value that changed is enough: nothing is missing, nothing is left over', async () => {
    const root = await syncedProject();
    const { pro, ...others } = SAMPLE.domains;
    const domains = { ...others, pro: { ...pro, description: 'changed' } };
    expect(await findStaleness(renderTree(load({ ...SAMPLE, domains })), root)).toEqual({
      stale: true,
      missing: [],
      different: ['group_vars/pro.yml'],
      leftover: [],
    });
  });

  it('P22-15: files that no sync may remove are orphans and not staleness', async () => {
    const root = await syncedProject();
    await edit(join(root, 'group_vars/lab.yml'), (text) => `${text}mine: 1\n`);
    const { orphans } = await sync(without('lab', 'pro'), root);
    await cleanOrphans(root, orphans);
    expect((await planSync(without('lab', 'pro'), root)).orphans).toHaveLength(4);
    expect(await findStaleness(renderTree(without('lab', 'pro')), root)).toMatchObject({
      stale: false,
    });
  });
});
