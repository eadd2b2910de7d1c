import { instanceId, MARK, plainDefaults } from '../../engine/index.ts';
import type { InstancePost } from '../../incus/index.ts';
import { DISPOSABLE_PORT, networkCard } from '../../world/tree/index.ts';
import type { Home } from './home.ts';
import { type Tag, tagText } from './tag.ts';

/**
 * What is asked of the daemon for one machine. It has the default profile of its project, a card whose address and
 * MAC are pinned where it has a network, and does not come back when the host boots.
 */
export function disposableBody(
  home: Home,
  {
    name,
    fingerprint,
    address = '',
    tag,
  }: {
    readonly name: string;
    readonly fingerprint: string;
    readonly address?: string;
    readonly tag: Tag;
  },
): InstancePost {
  const { domain } = home;
  const card =
    domain &&
    networkCard(
      domain,
      { instance: name, ip: address, devices: {}, profiles: ['default'] },
      DISPOSABLE_PORT,
    );
  return {
    name,
    type: 'container',
    description: 'Disposable',
    start: true,
    ephemeral: true,
    source: { type: 'image', fingerprint },
    profiles: ['default'],
    config: {
      ...plainDefaults(domain),
      'boot.autostart': 'false',
      'security.protection.delete': 'false',
      // Nothing in there has a reason to speak to the daemon.
      'security.guestapi': 'false',
      [MARK.id]: instanceId(home.project, name),
      [MARK.disposable]: tagText(tag),
      ...(domain && { [MARK.project]: home.projectName, [MARK.domain]: domain.name }),
    },
    devices: card ? { eth0: card } : {},
  };
}
