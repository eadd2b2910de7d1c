import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { InstanceType } from '../../../incus/index.ts';

/** What the reader asked for; nothing leaves the choice to us. */
export type Wish = 'container' | 'vm' | undefined;

/** What a runner is made as. */
export interface Kind {
  readonly type: InstanceType;
  /** Why it is no virtual machine, where nobody asked for a container. */
  readonly why?: Text;
}

/** What a daemon can run. */
export interface Abilities {
  /** The daemon's own words: `lxc | qemu`. */
  readonly drivers: string;
  /** Why it runs no virtual machines, where it says that: `vhost_vsock kernel module not loaded`. */
  readonly untrustedReason: string | undefined;
}

/** A virtual machine where the daemon runs them, else a container. Throws `test-runner-no-vm`. */
export function chooseKind(wish: Wish, { drivers, untrustedReason }: Abilities): Kind {
  if (wish === 'container') return { type: 'container' };
  if (/\bqemu\b/.test(drivers)) return { type: 'virtual-machine' };
  const why = untrustedReason === undefined ? NO_QEMU : because(untrustedReason);
  if (wish === 'vm') throw noVm(why);
  return { type: 'container', why };
}

function because(untrustedReason: string): Text {
  const words = printable(untrustedReason).slice(0, 200);
  return {
    en: `the daemon runs no virtual machines (${words})`,
    fr: `le démon n'exécute pas de machines virtuelles (${words})`,
  };
}

const NO_QEMU: Text = {
  en: 'the daemon runs no virtual machines: it lacks QEMU or KVM',
  fr: "le démon n'exécute pas de machines virtuelles : il lui manque QEMU ou KVM",
};

function noVm(why: Text): AnklumeError {
  return new AnklumeError({
    code: 'test-runner-no-vm',
    exit: ExitCode.environment,
    message: {
      en: `The test runner cannot be a virtual machine: ${why.en}.`,
      fr: `La machine d'essai ne peut pas être une machine virtuelle : ${why.fr}.`,
    },
    remedy: {
      en: "Without --vm it is a container. For a virtual machine, switch virtualisation on in the firmware and install the package 'incus', which brings QEMU.",
      fr: "Sans --vm, c'est un conteneur. Pour une machine virtuelle, activez la virtualisation dans le micrologiciel et installez le paquet « incus », qui apporte QEMU.",
    },
  });
}
