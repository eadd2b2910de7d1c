import { isNic, nicTarget } from '../nics.ts';
import { type DangerSurroundings, type Device, error, type Found, warning } from './danger.ts';

/** Judges a NIC of a machine: the first on the bridge of its own domain, named by `network`, is what rules know. */
export function judgeNic(
  name: string,
  device: Device,
  around: DangerSurroundings,
): Found | undefined {
  if (!isNic(device)) return undefined;
  // Incus refuses one that says neither.
  if (!device.network && !device.nictype) return undefined;
  const { kind, name: target, word } = nicTarget(device, around.nics);
  switch (kind) {
    case 'own':
      return target !== around.nics.own || isPinned(name, device)
        ? undefined
        : unpinned(name, target);
    case 'other-domain': {
      const report = around.opened?.has(target) ? warning : error;
      return report(
        word,
        `it stands in another domain ('${target}'), past the isolation rules between the two`,
        `elle se trouve dans un autre domaine (« ${target} »), hors des règles d'isolation entre les deux`,
      );
    }
    case 'other-network':
    case 'host-bridge':
      return error(
        word,
        `it stands on '${target}', which belongs to no domain and has no isolation rules`,
        `elle se trouve sur « ${target} », qui n'appartient à aucun domaine et n'a pas de règles d'isolation`,
      );
    case 'direct':
      return error(
        word,
        `it reaches the networks of the host directly (${target}), past every isolation rule`,
        `elle atteint directement les réseaux de l'hôte (${target}), hors de toute règle d'isolation`,
      );
  }
}

function isPinned(name: string, device: Device): boolean {
  const off = ['security.mac_filtering', 'security.ipv4_filtering', 'security.ipv6_filtering'].some(
    (key) => /^(false|0|no|off)$/i.test(device[key] ?? ''),
  );
  return name === 'eth0' && (device.network ?? '') !== '' && !off;
}

function unpinned(name: string, target: string): Found {
  return warning(
    'nic:unpinned',
    `nothing ties '${name}' on '${target}' to the machine's own address and MAC`,
    `rien ne lie « ${name} » sur « ${target} » à l'adresse et à la MAC de la machine`,
  );
}
