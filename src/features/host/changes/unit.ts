import { ANY_STATUS, run } from '../../../base/system/index.ts';
import type { UnitChange } from '../step.ts';
import type { Handler } from './handler.ts';

/** A unit that runs now and at every boot. */
export const unit: Handler<UnitChange> = {
  async stands({ name }) {
    const { enabled, active } = await stateOf(name);
    return enabled === 'enabled' && active === 'active';
  },
  async former({ name }) {
    return { ...(await stateOf(name)) };
  },
  async carryOut({ name }) {
    await run(['systemctl', 'enable', '--quiet', '--now', '--', name]);
    return {};
  },
  async standing({ name }) {
    const { enabled, active } = await stateOf(name);
    if (enabled === 'not-found') return 'missing';
    return enabled === 'enabled' && active === 'active' ? 'kept' : 'changed';
  },
  async takeBack({ name }, former) {
    const now = await stateOf(name);
    if (former.enabled !== 'enabled' && now.enabled === 'enabled')
      await run(['systemctl', 'disable', '--quiet', '--', name]);
    if (former.active !== 'active' && now.active !== 'inactive')
      await run(['systemctl', 'stop', '--', name], { accept: [0, 5] });
    return undefined;
  },
};

async function stateOf(name: string): Promise<{ enabled: string; active: string }> {
  const any = { accept: ANY_STATUS, env: { LC_ALL: 'C' } };
  const enabled = await run(['systemctl', 'is-enabled', '--', name], any);
  const active = await run(['systemctl', 'is-active', '--', name], any);
  return { enabled: enabled.stdout.trim() || 'not-found', active: active.stdout.trim() };
}
