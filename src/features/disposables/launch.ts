import { randomInt } from 'node:crypto';
import { AnklumeError } from '../../base/messages/index.ts';
import { MARK, separateIdmaps } from '../../engine/index.ts';
import { type Incus, type Instance, isKind, isNotFound } from '../../incus/index.ts';
import { freeAddresses } from './address.ts';
import { disposableBody } from './body.ts';
import type { Home } from './home.ts';
import { disposableName } from './name.ts';
import { ensureOwnProject } from './own-project.ts';
import { removeDisposable } from './remove.ts';
import { type Disposable, type Tag, tagText } from './tag.ts';

/** Tries until another name and another address are free. */
const TRIES = 8;

/** Addresses among which one is drawn: those who start at the same moment rarely draw the same. */
const DRAWN = 50;

/**
 * Makes and starts one machine. `instances` is what the daemon had a moment ago. The daemon judges who was first
 * where two took the same name or address; the other one tries again.
 */
export async function launch(
  incus: Incus,
  home: Home,
  fingerprint: string,
  tag: Tag,
  instances: readonly Instance[],
): Promise<Disposable> {
  const { project, domain } = home;
  if (!domain) await ensureOwnProject(incus);
  let known = instances;
  for (let left = TRIES; ; left -= 1) {
    const name = disposableName(performance.timeOrigin + performance.now());
    const address = domain && draw(freeAddresses(domain, known), domain.name);
    const body = disposableBody(home, { name, fingerprint, tag, ...(address && { address }) });
    try {
      await incus.instances.create(body, { project });
      await separateIdmaps(incus, [{ project, name }], true);
      return { name, project, status: 'Running', fingerprint, since: '', tag };
    } catch (error) {
      await removeFailed(incus, { name, project }, tag, error);
      if (left === 1) throw error;
      // The last of the others went, and the project with it.
      if (!domain && isNotFound(error)) await ensureOwnProject(incus);
      else if (domain && isNotFound(error)) throw notApplied(domain.name, error);
      else if (!isKind(error, 'already-exists', 'conflict', 'busy')) throw error;
      known = await incus.instances.list();
    }
  }
}

/** What was made and did not come to run; a machine of that name with another mark is not ours. */
async function removeFailed(
  incus: Incus,
  place: Pick<Disposable, 'name' | 'project'>,
  tag: Tag,
  error: unknown,
): Promise<void> {
  // Then the watcher looks what came of it, once there is a daemon to ask.
  if (isKind(error, 'unreachable', 'unknown-outcome')) return;
  try {
    const { value } = await incus.instances.get(place.name, { project: place.project });
    if (value.config[MARK.disposable] === tagText(tag)) await removeDisposable(incus, place);
  } catch (cause) {
    if (!(cause instanceof AnklumeError)) throw cause;
  }
}

function draw(addresses: readonly string[], domain: string): string {
  const address = addresses[randomInt(Math.max(1, Math.min(addresses.length, DRAWN)))];
  if (address !== undefined) return address;
  throw new AnklumeError({
    code: 'no-address-left',
    message: {
      en: `The network of the domain '${domain}' has no address left.`,
      fr: `Le réseau du domaine « ${domain} » n'a plus d'adresse libre.`,
    },
    remedy: {
      en: "Stop disposable machines that are not needed: 'anklume disp list'.",
      fr: 'Arrêtez des machines jetables inutiles : « anklume disp list ».',
    },
  });
}

function notApplied(domain: string, cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'domain-not-applied',
    cause,
    message: {
      en: `The domain '${domain}' is declared, and Incus does not have it (or its bridge) yet.`,
      fr: `Le domaine « ${domain} » est déclaré, et Incus ne l'a pas encore (ou n'a pas son pont).`,
    },
    remedy: { en: "'anklume apply' makes it.", fr: '« anklume apply » le crée.' },
  });
}
