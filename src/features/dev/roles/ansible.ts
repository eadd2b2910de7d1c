import { AnklumeError, ExitCode, silent, step } from '../../../base/messages/index.ts';
import { aptInstall, aptUpdate, findProgram } from '../../../base/system/index.ts';
import type { InstallOptions } from '../../../sandbox/index.ts';

/** Sees to it that Ansible is there. Throws `ansible-missing` (exit 4) where it may not be installed. */
export async function requireAnsible(options: InstallOptions): Promise<void> {
  if (await findProgram('ansible-playbook')) return;
  const { ask, assumeYes, emit = silent, signal } = options;
  const mayInstall =
    process.getuid?.() === 0 &&
    (await findProgram('apt-get')) !== undefined &&
    (assumeYes || (await ask?.(QUESTION)));
  if (!mayInstall) throw missing();
  const label = { en: 'Installing Ansible', fr: "Installation d'Ansible" };
  await step(emit, { id: 'ansible', label }, async () => {
    await aptUpdate(signal);
    await aptInstall(['ansible-core'], signal);
  });
}

const QUESTION = {
  en: 'Testing roles needs ansible-core. Install that now?',
  fr: "Tester les rôles demande ansible-core. Faut-il l'installer maintenant ?",
};

function missing(): AnklumeError {
  return new AnklumeError({
    code: 'ansible-missing',
    exit: ExitCode.environment,
    message: {
      en: 'Ansible is not installed, and roles are tested with it.',
      fr: "Ansible n'est pas installé, et les rôles sont testés avec lui.",
    },
    remedy: {
      en: "Run it again with --yes to have it installed, or install it yourself: 'apt install ansible-core'.",
      fr: "Relancez avec --yes pour l'installer, ou installez-le vous-même : « apt install ansible-core ».",
    },
  });
}
