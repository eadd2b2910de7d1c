import { run } from '../../../base/system/index.ts';
import type { MemberChange } from '../step.ts';
import type { Handler } from './handler.ts';

/** A user in a group; recorded only where they were none of its members. */
export const member: Handler<MemberChange> = {
  stands: ({ user, group }) => belongs(user, group),
  async former() {
    return {};
  },
  async carryOut({ user, group }) {
    await run(['gpasswd', '--add', user, group]);
    return {};
  },
  async standing({ user, group }) {
    return (await belongs(user, group)) ? 'kept' : 'missing';
  },
  async takeBack({ user, group }) {
    if (await belongs(user, group)) await run(['gpasswd', '--delete', user, group]);
    return undefined;
  },
};

async function belongs(user: string, group: string): Promise<boolean> {
  const { stdout } = await run(['getent', 'group', group], { accept: [0, 2] });
  return (stdout.trim().split(':')[3] ?? '').split(',').includes(user);
}
