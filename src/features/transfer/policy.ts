import type { Text } from '../../base/messages/index.ts';
import type { Declared, FileService } from './declared.ts';
import type { Place } from './place.ts';

/** Whether files may go from one place to another, and by which declaration; or what one could declare. */
export type Decision =
  | { readonly allowed: true; readonly rule: string }
  | { readonly allowed: false; readonly remedy: Text };

/**
 * Between two domains a service must say so: the receiver's accepts files from the sender, or the sender's gives
 * them to the receiver. With the host, a service whose consumer is `host`, or the domain's portal, for the folders
 * it names. Within one domain nothing has to be declared: its machines reach each other anyway.
 */
export function decide(from: Place, to: Place, declared: Declared): Decision {
  if (from.kind === 'host' && to.kind === 'host') return { allowed: true, rule: 'host' };
  if (from.kind === 'machine' && to.kind === 'machine' && from.domain === to.domain)
    return { allowed: true, rule: 'domain' };
  const service = declared.services.find(
    (one) => (one.accepts && serves(one, to, from)) || (one.provides && serves(one, from, to)),
  );
  if (service) return { allowed: true, rule: `services.${service.name}` };
  const portal = portalFor(from, to, declared);
  if (portal !== undefined) return { allowed: true, rule: `domains.${portal}.file_portal` };
  return { allowed: false, remedy: remedyFor(from, to) };
}

/** Whether the service stands in the one place and names the other among its consumers. */
function serves({ machine, consumers }: FileService, here: Place, there: Place): boolean {
  if (here.kind !== 'machine' || here.machine !== machine) return false;
  const names = there.kind === 'host' ? ['host'] : [there.machine, there.domain];
  return names.some((name) => consumers.includes(name));
}

/** The domain whose portal names the host's end of this copy. */
function portalFor(from: Place, to: Place, { portals }: Declared): string | undefined {
  const [host, machine] = from.kind === 'host' ? [from, to] : [to, from];
  if (host.kind !== 'host' || machine.kind !== 'machine') return undefined;
  const toHost = to.kind === 'host';
  return portals.find(
    ({ domain, paths, readOnly }) =>
      domain === machine.domain &&
      !(toHost && readOnly) &&
      paths.some((path) => isWithin(host.path, path)),
  )?.domain;
}

function isWithin(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, '');
  const inner = path.replace(/\/+$/, '');
  return inner === base || inner.startsWith(`${base}/`);
}

function remedyFor(from: Place, to: Place): Text {
  const consumer = (place: Place) => (place.kind === 'host' ? 'host' : place.machine);
  const words =
    to.kind === 'machine'
      ? `services: {${to.machine}-files: {machine: ${to.machine}, tools: [file_accept], consumers: [${consumer(from)}]}}`
      : `services: {${consumer(from)}-files: {machine: ${consumer(from)}, tools: [file_provide], consumers: [host]}}`;
  return {
    en: `Declare it in infra.yml if it is meant: ${words}`,
    fr: `Déclarez-le dans infra.yml si c'est voulu : ${words}`,
  };
}
