import { expect, it } from 'vitest';
import { incusCli, uniqueName } from '../support.ts';
import { door, patiently } from './world.ts';

it('tells what others do to the daemon, in every project', async () => {
  const incus = await door();
  const project = uniqueName('seen-');
  const controller = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const item of incus.events(['lifecycle', 'operation'], controller.signal))
      if (item.type === 'lifecycle') seen.push(`${item.metadata.action} ${item.metadata.source}`);
  })();
  await incusCli('project', 'create', project);
  // Nothing is told of what happened before the stream was connected.
  await expect
    .poll(async () => {
      await incusCli('project', 'set', project, `user.seen=${seen.length}`);
      return seen.join('\n');
    }, patiently)
    .toContain(`project-updated /1.0/projects/${project}`);
  await incusCli('profile', 'create', 'extra', '--project', project);
  await expect
    .poll(() => seen.join('\n'), patiently)
    .toContain(`/1.0/profiles/extra?project=${project}`);
  controller.abort();
  await following;
  await incusCli('profile', 'delete', 'extra', '--project', project);
  await incusCli('project', 'delete', project);
});
