import type { Outside } from './place.ts';

/** An address that is reserved for documentation: nobody's. */
export const INTERNET = '198.51.100.2';
const HOST = '198.51.100.1';

/** A stand-in for the internet: a namespace behind a cable to the sandbox, whose machines are not known there. */
export async function standInternet(outside: Outside): Promise<void> {
  const spaces = await outside.onHost('ip', 'netns', 'list');
  if (/^internet\b/m.test(spaces)) return;
  const inside = ['ip', '-n', 'internet'];
  await outside.onHost('ip', 'netns', 'add', 'internet');
  await outside.onHost(
    ...['ip', 'link', 'add', 'uplink', 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', 'internet'],
  );
  await outside.onHost('ip', 'address', 'add', `${HOST}/24`, 'dev', 'uplink');
  await outside.onHost('ip', 'link', 'set', 'uplink', 'up');
  await outside.onHost(...inside, 'address', 'add', `${INTERNET}/24`, 'dev', 'eth0');
  await outside.onHost(...inside, 'link', 'set', 'eth0', 'up');
}
