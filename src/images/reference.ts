import type { InstanceType } from '../incus/index.ts';

/** What `images:debian/13`, `debian/13` or `local:golden` asks for. */
export interface Reference {
  /** `images` when none is written; `local` means the daemon itself. */
  readonly remote: string;
  readonly alias: string;
}

/** Takes an image reference apart. The part before the first colon is the remote. */
export function parseReference(reference: string): Reference {
  const colon = reference.indexOf(':');
  if (colon < 0) return { remote: 'images', alias: reference };
  return { remote: reference.slice(0, colon) || 'local', alias: reference.slice(colon + 1) };
}

/** The public servers that every `incus` client knows by these names. */
const SERVERS: Readonly<Record<string, string>> = {
  images: 'https://images.linuxcontainers.org',
};

/** Address of a remote's simplestreams server, or undefined for a remote that we do not know. */
export function serverOf(remote: string): string | undefined {
  return Object.hasOwn(SERVERS, remote) ? SERVERS[remote] : undefined;
}

/**
 * The alias an image has on the daemon. An image server keeps containers and virtual machines under one name; a daemon
 * cannot, so that there a virtual machine's image has `/vm` behind its name. What is asked for as local keeps its name.
 */
export function localAlias(reference: string, type: InstanceType): string {
  const { remote, alias } = parseReference(reference);
  return type === 'virtual-machine' && remote !== 'local' ? `${alias}/vm` : alias;
}
