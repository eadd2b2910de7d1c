import { appendFile } from 'node:fs/promises';
import {
  AnklumeError,
  type Emit,
  ExitCode,
  silent,
  step,
  type Text,
} from '../base/messages/index.ts';
import {
  aptCandidate,
  aptInstall,
  aptMirrors,
  aptUpdate,
  findProgram,
  readHostFacts,
  run,
  writeAtomic,
} from '../base/system/index.ts';
import { type Missing, missingRequirements } from './requirements.ts';

export interface InstallOptions {
  /** Nobody needs to be asked. */
  readonly assumeYes?: boolean;
  /** Asks the person at the terminal; absent where nobody can answer. */
  readonly ask?: (question: Text) => Promise<boolean>;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/** What Incus's own package gives root when it finds no range. */
const ROOT_RANGE = 'root:1000000:1000000000\n';

const BACKPORTS_LIST = '/etc/apt/sources.list.d/anklume-backports.list';

/**
 * Installs what the sandbox lacks on this machine, where that is possible and allowed; nothing lacking is a success.
 * Throws `requirements-missing` (exit 4) with the list and what to do otherwise. No service is started.
 */
export async function installRequirements(options: InstallOptions = {}): Promise<void> {
  const missing = await missingRequirements();
  if (missing.length === 0) return;
  const packages = missing.filter(({ kind }) => kind === 'package').map(({ name }) => name);
  const facts = await readHostFacts();
  if (!facts.isRoot) throw lacking(missing, asRoot);
  if (packages.length > 0 && !(await findProgram('apt-get'))) throw lacking(missing, elsewhere);
  if (!options.assumeYes && !(await options.ask?.(question(missing))))
    throw lacking(missing, withYes);
  const label = {
    en: `Installing ${packages.join(', ') || names(missing)}`,
    fr: `Installation de ${packages.join(', ') || names(missing)}`,
  };
  await step(options.emit ?? silent, { id: 'requirements', label }, async () => {
    if (packages.length > 0) await installPackages(packages, facts.system.codename, options);
    for (const { kind, name } of await missingRequirements())
      if (kind === 'sub-ids') await appendFile(name, ROOT_RANGE);
  });
  const still = await missingRequirements();
  if (still.length > 0) throw lacking(still, elsewhere);
}

async function installPackages(
  packages: readonly string[],
  codename: string,
  { emit = silent, signal }: InstallOptions,
): Promise<void> {
  await aptUpdate(signal);
  const wantsDaemon = packages.includes('incus-base');
  // Debian 12 has Incus in its backports only; later ones have it in main.
  if (wantsDaemon && codename === 'bookworm' && !(await aptCandidate('incus-base'))) {
    const { main } = await aptMirrors();
    await writeAtomic(BACKPORTS_LIST, `deb ${main} bookworm-backports main\n`);
    emit({ type: 'note', level: 'info', ...backportsAdded(main) });
    await aptUpdate(signal);
  }
  await aptInstall(packages, signal);
  if (wantsDaemon) await leaveHostDaemonOff(emit);
}

const HOST_UNITS = ['incus.socket', 'incus.service', 'incus-startup.service', 'incus-user.socket'];

/** The package would start an Incus of the machine's own at the next boot; nobody asked for one. */
async function leaveHostDaemonOff(emit: Emit): Promise<void> {
  if (!(await readHostFacts()).systemd) return;
  await run(['systemctl', 'disable', '--quiet', ...HOST_UNITS], { accept: [0, 1] });
  emit({
    type: 'note',
    level: 'info',
    code: 'host-incus-off',
    text: {
      en: "This machine's own Incus is installed but stays off.",
      fr: "L'Incus de cette machine est installé mais reste arrêté.",
    },
    remedy: {
      en: 'To use it: systemctl enable --now incus.socket incus-startup.service',
      fr: "Pour l'utiliser : systemctl enable --now incus.socket incus-startup.service",
    },
  });
}

function backportsAdded(mirror: string): { code: string; text: Text } {
  return {
    code: 'backports-added',
    text: {
      en: `Debian 12 has Incus in its backports only: ${mirror} bookworm-backports is added in ${BACKPORTS_LIST}.`,
      fr: `Debian 12 n'a Incus que dans ses rétroportages : ${mirror} bookworm-backports est ajouté dans ${BACKPORTS_LIST}.`,
    },
  };
}

function names(missing: readonly Missing[]): string {
  return missing.map(({ name }) => name).join(', ');
}

function question(missing: readonly Missing[]): Text {
  return {
    en: `The sandbox needs ${names(missing)}. Install that now?`,
    fr: `Le bac à sable a besoin de ${names(missing)}. Faut-il l'installer maintenant ?`,
  };
}

function lacking(missing: readonly Missing[], how: (missing: readonly Missing[]) => Text) {
  const list = (language: keyof Text): string =>
    missing.map(({ name, why }) => `${name} (${why[language]})`).join(', ');
  return new AnklumeError({
    code: 'requirements-missing',
    exit: ExitCode.environment,
    message: {
      en: `This machine lacks what the sandbox needs: ${list('en')}.`,
      fr: `Il manque à cette machine ce dont le bac à sable a besoin : ${list('fr')}.`,
    },
    remedy: how(missing),
  });
}

function asRoot(): Text {
  return {
    en: 'Run the command as root, for instance with sudo: it can then install what is missing.',
    fr: 'Lancez la commande en tant que root, par exemple avec sudo : elle pourra alors installer ce qui manque.',
  };
}

function withYes(missing: readonly Missing[]): Text {
  const packages = missing.filter(({ kind }) => kind === 'package').map(({ name }) => name);
  const byHand = packages.length > 0 ? `apt install ${packages.join(' ')}` : undefined;
  return {
    en: `Run it again with --yes to have it installed${byHand ? `, or install it yourself: ${byHand}` : ''}.`,
    fr: `Relancez avec --yes pour l'installer${byHand ? `, ou installez-le vous-même : ${byHand}` : ''}.`,
  };
}

function elsewhere(): Text {
  return {
    en: 'These are the names of Debian packages; install what provides the same with your package manager. /etc/subuid and /etc/subgid need the line root:1000000:1000000000.',
    fr: 'Ce sont des noms de paquets Debian ; installez leurs équivalents avec votre gestionnaire de paquets. /etc/subuid et /etc/subgid ont besoin de la ligne root:1000000:1000000000.',
  };
}
