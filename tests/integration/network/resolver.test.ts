import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyDesired, awaitedOf, waitForAddresses } from '../../../src/engine/index.ts';
import type { Incus } from '../../../src/incus/index.ts';
import { door, removeDomains } from '../engine/daemon.ts';
import { incusCli, uniqueName } from '../support.ts';
import { desiredWorld } from './world.ts';

const [open, shut] = [uniqueName('o'), uniqueName('s')];
const plain = desiredWorld(75, [
  { name: open, machines: [`${open}-1`] },
  { name: shut, machines: [`${shut}-1`], internet: false },
]);
const withInternet = (online: boolean) => ({
  ...plain,
  domains: plain.domains.map((domain) => ({
    ...domain,
    project: domain.name,
    internet: domain.name === open || online,
  })),
});

let incus: Incus;
beforeAll(async () => {
  incus = await door();
});
afterAll(async () => {
  await removeDomains(open, shut);
  await incus.close();
});

/** What the resolver of a machine's gateway answers. */
async function lookUp(domain: string, name: string, gateway: string): Promise<string> {
  const script = 'timeout 3 busybox nslookup "$1" "$2" 2>&1; true';
  const command = ['sh', '-c', script, 'sh', name, gateway];
  return incusCli('exec', '--project', domain, `${domain}-1`, '--', ...command);
}

it('a domain without internet has a resolver for its own names and for no others', async () => {
  const desired = withInternet(false);
  expect(await applyDesired(desired, incus)).toMatchObject({ failed: 0, skipped: 0 });
  await waitForAddresses(incus, awaitedOf(desired));
  const gateway = '10.75.1.254';
  expect(await lookUp(shut, `${shut}-1.incus`, gateway)).toContain('10.75.1.1');
  expect(await lookUp(shut, 'data-in-a-name.example.com', gateway)).toContain('REFUSED');
  expect(await incusCli('network', 'get', `net-${open}`, 'raw.dnsmasq')).toBe('');
});

it('and gets the resolver of others back with the internet', async () => {
  expect(await applyDesired(withInternet(true), incus)).toMatchObject({ failed: 0, skipped: 0 });
  expect(await incusCli('network', 'get', `net-${shut}`, 'raw.dnsmasq')).toBe('');
});
