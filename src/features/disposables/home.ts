import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Desired, DesiredDomain } from '../../world/tree/index.ts';

/** The Incus project of machines without any network. It is there while it holds one. */
export const OWN_PROJECT = 'anklume-disposable';

/** Where a disposable machine lives: in a domain and behind its walls, or by itself and without a network. */
export type Home =
  | { readonly project: string; readonly domain: DesiredDomain; readonly projectName: string }
  | { readonly project: typeof OWN_PROJECT; readonly domain?: undefined };

export const ALONE: Home = { project: OWN_PROJECT };

/** The home that a domain gives. Throws `unknown-domain` (exit 2). */
export function homeIn(desired: Desired, name: string): Home {
  const domain = desired.domains.find((one) => one.name === name);
  if (domain) return { project: domain.project, domain, projectName: desired.projectName };
  const known = desired.domains.map((one) => one.name).join(', ');
  const shown = printable(name).slice(0, 100);
  throw new AnklumeError({
    code: 'unknown-domain',
    exit: ExitCode.usage,
    message: {
      en: `--domain: there is no domain '${shown}' in this infrastructure.`,
      fr: `--domain : il n'y a pas de domaine « ${shown} » dans cette infrastructure.`,
    },
    remedy: {
      en: `Domains: ${known || 'none'}. Without --domain the machine has no network at all.`,
      fr: `Domaines : ${known || 'aucun'}. Sans --domain, la machine n'a aucun réseau.`,
    },
  });
}
