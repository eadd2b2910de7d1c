import { error, type Finding, type Path } from '../finding.ts';
import { collide, type Listen, listensOf, listenText } from '../listens.ts';
import { mapValues } from '../mapping.ts';
import type { RawInfra } from '../schema.ts';
import { declaredProfiles, enabledMachines, type MachineEntry } from '../walk.ts';

interface Claim extends Listen {
  readonly machine: string;
  readonly device: string;
  readonly path: Path;
}

/** Two proxies cannot listen on one address of the host: the second machine would not start. */
export function proxies(raw: RawInfra): Finding[] {
  const claims = enabledMachines(raw).flatMap(claimsOf);
  const byPort = new Map<string, Claim[]>();
  const findings = new Map<string, Finding>();
  for (const claim of claims) {
    const key =
      claim.protocol === 'unix' ? `unix ${claim.address}` : `${claim.protocol} ${claim.port}`;
    const before = (byPort.get(key) ?? []).find((other) => collide(claim, other));
    byPort.set(key, [...(byPort.get(key) ?? []), claim]);
    const place = claim.path.join('\0');
    if (before && !findings.has(place)) findings.set(place, taken(claim, before));
  }
  return [...findings.values()];
}

/** What a machine listens on, by itself and through its profiles; a device of its own hides one of the same name. */
function claimsOf(entry: MachineEntry): Claim[] {
  const devices = new Map<string, { readonly path: Path; readonly keys: Record<string, string> }>();
  const add = (all: MachineEntry['body']['devices'], path: Path): void => {
    for (const [name, device] of Object.entries(all ?? {}))
      devices.set(name, { path: [...path, name], keys: mapValues(device, String) });
  };
  for (const profile of declaredProfiles(entry))
    add(entry.parent.profiles?.[profile]?.devices, [
      ...['domains', entry.domain, 'profiles', profile, 'devices'],
    ]);
  add(entry.body.devices, [...entry.path, 'devices']);
  return [...devices].flatMap(([device, { path, keys }]) =>
    listensOf(keys).map((listen) => ({
      ...listen,
      machine: entry.name,
      device,
      path: [...path, 'listen'],
    })),
  );
}

function taken(claim: Claim, before: Claim): Finding {
  const address = listenText(claim);
  return error(
    'listen-taken',
    claim.path,
    {
      en: `The device '${claim.device}' of '${claim.machine}' listens on ${address}, as '${before.device}' of '${before.machine}' does: only one of them can.`,
      fr: `Le périphérique « ${claim.device} » de « ${claim.machine} » écoute sur ${address}, comme « ${before.device} » de « ${before.machine} » : un seul des deux le peut.`,
    },
    {
      ...(before.path.join('\0') !== claim.path.join('\0') && { relatedPath: before.path }),
      remedy: {
        en: 'Give one of them another port, or another address of the host.',
        fr: "Donnez à l'un des deux un autre port, ou une autre adresse de l'hôte.",
      },
    },
  );
}
