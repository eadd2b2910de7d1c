import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../src/base/messages/index.ts';
import { applyDesired, planFor, statusOf } from '../../../src/engine/index.ts';
import { ensureImage } from '../../../src/images/index.ts';
import type { Incus } from '../../../src/incus/index.ts';
import type { NestingContext } from '../../../src/world/infra/index.ts';
import { door, removeDomains, writesDuring } from '../engine/daemon.ts';
import { crowd, world } from '../engine/world.ts';
import { incusCli, uniqueName } from '../support.ts';

const name = uniqueName('n');
const desired = world('nesting-test', [crowd(name, 41, 2)]);
const [one, two] = [`${name}-1`, `${name}-2`];
const host: NestingContext = { relativeLevel: 0, vmNested: false, yolo: false };
const yolo: NestingContext = { ...host, yolo: true };

let incus: Incus;
beforeAll(async () => {
  incus = await door();
  await ensureImage(incus, 'probe');
});
afterAll(async () => {
  await removeDomains(name);
  await incus.close();
});

const inside = (machine: string, ...words: string[]) =>
  incusCli('exec', machine, '--project', name, '--', ...words);
const told = async (machine: string) =>
  (await inside(machine, 'sh', '-c', 'cd /etc/anklume && cat *_level vm_nested yolo')).split('\n');
/** When it started, in the kernel's own count. */
const firstProcess = async (machine: string) =>
  (await inside(machine, 'cat', '/proc/1/stat')).split(' ')[21];
const apply = (nesting: NestingContext, emit?: (event: Event) => void) =>
  applyDesired(desired, incus, { nesting, ...(emit && { emit }) });

describe('what a machine is told of where it stands', () => {
  // Matrix: NE-102
  it('P16-02: it finds four files at its first boot, and the plan is then empty', async () => {
    expect(await apply(host)).toMatchObject({ failed: 0 });
    expect(await told(one)).toEqual(['1', '1', 'false', 'false']);
    const before = incus.requests;
    expect((await planFor(desired, incus, { nesting: host })).entries).toEqual([]);
    expect(incus.requests - before).toBeLessThanOrEqual(10);
  });

  it('P16-05: a host that switches YOLO on is drift, and tells running machines without a restart', async () => {
    const started = await firstProcess(one);
    const rows = await statusOf(desired, incus, yolo);
    expect(rows[0]?.drift.map(({ key }) => key)).toEqual(['config.user.anklume.nesting.yolo']);
    expect(await apply(yolo)).toMatchObject({ done: 2, failed: 0 });
    expect(await told(one)).toEqual(['1', '1', 'false', 'true']);
    expect(await told(two)).toEqual(['1', '1', 'false', 'true']);
    expect(await firstProcess(one)).toBe(started);
    expect((await statusOf(desired, incus, yolo))[0]?.drift).toEqual([]);
  });

  it('puts right at the next start what a machine made of its files', async () => {
    await inside(two, 'sh', '-c', 'echo 9 > /etc/anklume/absolute_level; rm /etc/anklume/yolo');
    await incusCli('restart', '--force', two, '--project', name);
    expect(await told(two)).toEqual(['1', '1', 'false', 'true']);
  });

  it('is neither held by a pipe nor by a link in the place of a file', async () => {
    await inside(one, 'sh', '-c', 'cd /etc/anklume; rm yolo; ln -s /etc/passwd yolo');
    await inside(two, 'sh', '-c', 'cd /etc/anklume; rm yolo; /bin/busybox mkfifo yolo');
    expect(await apply(host)).toMatchObject({ done: 2, failed: 0 });
    expect(await told(one)).toEqual(['1', '1', 'false', 'false']);
    expect(await told(two)).toEqual(['1', '1', 'false', 'false']);
    expect(await inside(one, 'cat', '/etc/passwd')).toContain('root:');
  });

  it('a machine that cannot be told runs all the same, is warned about, and stays a difference', async () => {
    await inside(one, 'sh', '-c', 'rm -r /etc/anklume; echo mine > /etc/anklume');
    const codes: string[] = [];
    const listen = (event: Event) => {
      if (event.type === 'note') codes.push(event.code);
    };
    expect(await apply(yolo, listen)).toMatchObject({ done: 2, failed: 0 });
    expect(codes).toEqual(['nesting-not-told']);
    expect(await inside(one, 'cat', '/etc/anklume')).toBe('mine');
    const left = (await planFor(desired, incus, { nesting: yolo })).entries;
    expect(left.map(({ name, action }) => [name, action])).toEqual([[one, 'update']]);
    await inside(one, 'rm', '/etc/anklume');
    await apply(yolo);
    expect(await told(one)).toEqual(['1', '1', 'false', 'true']);
  });

  it('nothing is said, and nothing unsaid, where nobody knows where the host stands', async () => {
    expect((await planFor(desired, incus)).entries).toEqual([]);
    expect(await told(one)).toEqual(['1', '1', 'false', 'true']);
  });
});

describe('an image that knows nothing of it', () => {
  beforeAll(async () => {
    await incusCli('image', 'set-property', 'probe', 'anklume.nesting', 'no');
    await incusCli('delete', '--force', one, two, '--project', name);
  });
  afterAll(() => incusCli('image', 'set-property', 'probe', 'anklume.nesting', 'templates'));

  it('P16-02: the files are written before the first start', async () => {
    const within = { ...host, absoluteLevel: 4, relativeLevel: 2, vmNested: true };
    const writes = await writesDuring(() => apply(within));
    expect(await told(one)).toEqual(['5', '3', 'true', 'false']);
    const mine = writes.filter(({ source }) => source.includes(`/instances/${one}`));
    const order = mine.map(({ action }) => action);
    expect(order).toContain('instance-file-pushed');
    expect(order.lastIndexOf('instance-file-pushed')).toBeLessThan(
      order.indexOf('instance-started'),
    );
  });

  it('a run that was killed between the creation and the files is finished by the next', async () => {
    await incusCli('delete', '--force', one, '--project', name);
    const marks = ['project=nesting-test', `domain=${name}`, `machine=${one}`];
    const flags = marks.flatMap((mark) => ['--config', `user.anklume.${mark}`]);
    await incusCli('init', 'probe', one, '--quiet', '--project', name, ...flags);
    expect(await apply({ ...host, absoluteLevel: 1 })).toMatchObject({ failed: 0 });
    expect(await told(one)).toEqual(['2', '1', 'false', 'false']);
    expect(await incusCli('list', one, '--project', name, '--format', 'csv', '-c', 's')).toBe(
      'RUNNING',
    );
  });
});
