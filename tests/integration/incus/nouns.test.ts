import { expect, it } from 'vitest';
import { readAndWrite } from '../../../src/incus/index.ts';
import { incusCli, incusQuery, uniqueName } from '../support.ts';
import { door, probe } from './world.ts';

it('describes the daemon once, however often it is asked', async () => {
  const incus = await door();
  const [server, again] = await Promise.all([incus.server(), incus.server()]);
  expect(server).toBe(again);
  expect(incus.requests).toBe(1);
  expect(await incusCli('version')).toContain(server.environment.server_version);
  expect(await incus.has('projects')).toBe(true);
  expect(await incus.has('no_such_extension')).toBe(false);
  expect((await incus.resources()).cpu.total).toBeGreaterThan(0);
});

it('makes, changes and removes a network, and refuses to overwrite what others changed', async () => {
  const incus = await door();
  const name = uniqueName('br-');
  const config = { 'ipv4.address': 'none', 'ipv6.address': 'none' };
  await incus.networks.create({ name, type: 'bridge', config });
  const { value, etag } = await incus.networks.get(name);
  expect(value.config).toMatchObject(config);
  await incusCli('network', 'set', name, 'user.other=1');
  const put = { description: 'ours é', config: { ...value.config, 'user.ours': '1' } };
  await expect(incus.networks.update(name, put, { etag })).rejects.toMatchObject({
    kind: 'etag-mismatch',
    status: 412,
  });
  await readAndWrite(
    () => incus.networks.get(name),
    (now) => ({ description: 'ours é', config: { ...now.config, 'user.ours': '1' } }),
    (body, fresh) => incus.networks.update(name, body, { etag: fresh }),
  );
  const seen = await incusQuery<{ description: string; config: object }>(`/1.0/networks/${name}`);
  expect(seen).toMatchObject({
    description: 'ours é',
    config: { 'user.other': '1', 'user.ours': '1' },
  });
  expect(await incus.networks.leases(name)).toEqual([]);
  await expect(incus.networks.create({ name, type: 'bridge', config })).rejects.toMatchObject({
    kind: 'already-exists',
  });
  await incus.networks.delete(name);
  await expect(incus.networks.get(name)).rejects.toMatchObject({ kind: 'not-found' });
});

it('makes a project with its profile, volume and container, and takes them away', async () => {
  const incus = await door();
  const project = uniqueName('pro-');
  const own = { 'features.images': 'false', 'features.networks': 'false' };
  await incus.projects.create({ name: project, description: 'd', config: own });
  await expect(incus.projects.create({ name: project, config: own })).rejects.toMatchObject({
    kind: 'already-exists',
  });
  const before = await incus.projects.get(project);
  const config = { ...before.value.config, 'user.x': 'y' };
  await incus.projects.update(project, { description: 'e', config }, { etag: before.etag });
  const devices = { root: { type: 'disk', path: '/', pool: 'default' } };
  const profile = { description: '', config: { 'user.p': '1' }, devices };
  await incus.profiles.update('default', profile, { project });
  await incus.profiles.create({ name: 'extra', config: {} }, { project });
  await incus.volumes.create('default', { name: 'data', config: {} }, { project });
  const withProfile = probe('web', { start: true, profiles: ['default'], devices: {} });
  await incus.instances.create(withProfile, { project });

  const seen = await incusQuery<{ status: string; profiles: string[] }>(
    `/1.0/instances/web?project=${project}`,
  );
  expect(seen).toMatchObject({ status: 'Running', profiles: ['default'] });
  expect(await incus.projects.list()).toContainEqual(
    expect.objectContaining({ name: project, description: 'e' }),
  );
  expect(await incus.profiles.list()).toContainEqual(
    expect.objectContaining({ project, name: 'default', config: { 'user.p': '1' } }),
  );
  expect(await incus.volumes.list('default')).toContainEqual(
    expect.objectContaining({ project, name: 'data', pool: 'default' }),
  );
  const listed = (await incus.instances.list()).filter((each) => each.project === project);
  expect(listed.map((each) => each.name)).toEqual(['web']);
  expect((await incus.instances.listFull({ project }))[0]?.state?.pid).toBeGreaterThan(1);
  await expect(incus.projects.delete(project)).rejects.toMatchObject({ kind: 'in-use' });

  await incus.instances.setState('web', 'stop', { project, force: true });
  await incus.instances.delete('web', { project });
  await incus.volumes.delete('default', 'data', { project });
  await incus.profiles.delete('extra', { project });
  await incus.projects.delete(project);
  expect(await incusCli('project', 'list', '--format', 'csv')).not.toContain(project);
});

it('takes an instance that is already in the wanted state for a success', async () => {
  const incus = await door();
  const name = uniqueName('state-');
  await incus.instances.create(probe(name, { start: true }));
  await incus.instances.setState(name, 'start');
  await incus.instances.setState(name, 'freeze');
  expect(await incusCli('list', name, '--format', 'csv', '--columns', 's')).toContain('FROZEN');
  await incus.instances.setState(name, 'unfreeze');
  await incus.instances.setState(name, 'restart', { force: true });
  await incus.instances.setState(name, 'stop', { force: true });
  await incus.instances.setState(name, 'stop', { force: true });
  await incus.instances.patch(name, { config: { 'security.protection.delete': 'true' } });
  await expect(incus.instances.delete(name)).rejects.toMatchObject({ kind: 'protected' });
  await incus.instances.patch(name, { config: { 'security.protection.delete': '' } });
  const { value, etag } = await incus.instances.get(name);
  await incus.instances.update(name, { ...value, description: 'changed' }, { etag });
  await incus.instances.rename(name, `${name}-b`);
  expect(await incusCli('list', name, '--format', 'csv', '--columns', 'nd')).toContain('changed');
  await incus.instances.delete(`${name}-b`);
});

it('tells a create that failed from one that stands', async () => {
  const incus = await door();
  const name = uniqueName('twice-');
  await incus.instances.create(probe(name));
  await expect(incus.instances.create(probe(name))).rejects.toMatchObject({
    kind: 'already-exists',
  });
  await expect(
    incus.instances.create(probe(uniqueName('bad-'), { config: { 'no.such': '1' } })),
  ).rejects.toMatchObject({ kind: 'invalid' });
  await expect(
    incus.instances.create(probe(uniqueName('bad-'), { profiles: ['nowhere'] })),
  ).rejects.toThrow('nowhere');
  await incusCli('delete', name);
});

it('a pool in use stays', async () => {
  const incus = await door();
  expect(await incus.pools.list()).toContainEqual(
    expect.objectContaining({ name: 'default', status: 'Created' }),
  );
  const name = uniqueName('pool-');
  await incus.pools.create({ name, driver: 'dir', config: {} });
  await incus.volumes.create(name, { name: 'v', config: {} });
  await expect(incus.pools.delete(name)).rejects.toMatchObject({ kind: 'in-use' });
  await incusCli('storage', 'volume', 'delete', name, 'v');
  await incus.pools.delete(name);
  await expect(incus.pools.get(name)).rejects.toMatchObject({ kind: 'not-found' });
});

it('128 calls at once on one connection pool all get their own answer', async () => {
  const incus = await door();
  const names = Array.from({ length: 128 }, (_, index) => `none-${index}`);
  const answers = await Promise.allSettled(names.map((name) => incus.projects.get(name)));
  for (const [index, answer] of answers.entries())
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: { kind: 'not-found', message: expect.stringContaining(`'none-${index}'`) },
    });
  await incus.close();
});
