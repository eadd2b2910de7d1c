import type { DesiredDomain, DesiredMachine } from '../world/tree/index.ts';
import type { Refusal } from './decide.ts';
import { findProfile, type Observed } from './observed.ts';
import { imageAlias } from './resources/image.ts';
import { wantsGpu } from './resources/instance-spec.ts';
import type { Spec } from './spec.ts';

/** What the daemon or the host lacks for this machine, found before anything is changed. */
export function unmetRequirement(
  spec: Spec,
  { domain, machine }: { domain: DesiredDomain; machine: DesiredMachine },
  observed: Observed,
): Refusal | undefined {
  if (!isInstanceName(spec.name)) return invalidName(spec.name);
  if (machine.type === 'vm' && !observed.server.environment.driver.includes('qemu'))
    return vmUnsupported(spec.name);
  if (observed.gpus === 0 && wantsGpu(domain, machine)) return gpuMissing(spec.name);
  const missing = machine.profiles.find((name) => !hasProfile(name, domain, observed));
  if (missing !== undefined) return profileMissing(spec.name, missing, domain.name);
  return imageOfOtherType(spec, observed);
}

/** Incus: 1 to 63 letters, digits and hyphens, no hyphen at the ends, not only digits. */
function isInstanceName(name: string): boolean {
  return /^(?!\d+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name);
}

function hasProfile(name: string, domain: DesiredDomain, observed: Observed): boolean {
  return (
    name === 'default' ||
    domain.profiles.some((profile) => profile.name === name) ||
    findProfile(observed, domain.project, name) !== undefined
  );
}

function imageOfOtherType(spec: Spec, observed: Observed): Refusal | undefined {
  const alias = imageAlias(spec.wanted.image ?? '', spec.wanted.type);
  const images = observed.images.filter((image) => image.aliases.some((one) => one.name === alias));
  if (images.length === 0 || images.some((image) => image.type === spec.wanted.type))
    return undefined;
  return {
    code: 'image-type',
    reason: {
      en: `The image '${alias}' on the daemon is not one for a ${spec.wanted.type}.`,
      fr: `L'image « ${alias} » présente sur le démon n'est pas prévue pour le type ${spec.wanted.type}.`,
    },
    remedy: {
      en: `Import one of that type under the same alias, or name another image for '${spec.name}'.`,
      fr: `Importez-en une de ce type sous le même alias, ou nommez une autre image pour « ${spec.name} ».`,
    },
  };
}

function invalidName(name: string): Refusal {
  return {
    code: 'invalid-name',
    reason: {
      en: `'${name}' cannot be the name of an instance: at most 63 letters, digits and hyphens, not only digits.`,
      fr: `« ${name} » ne peut pas nommer une instance : au plus 63 lettres, chiffres et traits d'union, et pas seulement des chiffres.`,
    },
  };
}

function vmUnsupported(name: string): Refusal {
  return {
    code: 'vm-unsupported',
    reason: {
      en: `'${name}' is a virtual machine, and this daemon cannot run any: it lacks KVM or QEMU.`,
      fr: `« ${name} » est une machine virtuelle, et ce démon ne peut pas en lancer : il lui manque KVM ou QEMU.`,
    },
    remedy: {
      en: `Switch virtualisation on in the firmware and install QEMU (package incus or qemu-system-x86), or declare 'type: lxc'.`,
      fr: `Activez la virtualisation dans le micrologiciel et installez QEMU (paquet incus ou qemu-system-x86), ou déclarez « type: lxc ».`,
    },
  };
}

function gpuMissing(name: string): Refusal {
  return {
    code: 'gpu-missing',
    reason: {
      en: `'${name}' asks for a GPU, and the daemon lists none on its host.`,
      fr: `« ${name} » demande un GPU, et le démon n'en liste aucun sur son hôte.`,
    },
    remedy: {
      en: `Check the card and its driver with 'anklume incus -- info --resources', or take the GPU off the machine.`,
      fr: `Vérifiez la carte et son pilote avec « anklume incus -- info --resources », ou retirez le GPU de la machine.`,
    },
  };
}

function profileMissing(name: string, profile: string, domain: string): Refusal {
  return {
    code: 'profile-missing',
    reason: {
      en: `'${name}' uses the profile '${profile}', which the domain '${domain}' does not declare.`,
      fr: `« ${name} » utilise le profil « ${profile} », que le domaine « ${domain} » ne déclare pas.`,
    },
    remedy: {
      en: `Declare it under 'profiles' of the domain, or take it off the machine.`,
      fr: `Déclarez-le sous « profiles » du domaine, ou retirez-le de la machine.`,
    },
  };
}
