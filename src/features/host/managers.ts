export type ManagerName = 'apt' | 'dnf' | 'pacman';

/** How a package manager is called: lists of words, and how its answers are read. */
export interface Manager {
  /** Prints the installed packages, one a line. */
  readonly list: readonly string[];
  /** Refreshes what it knows; it must fail where a source does not answer. */
  readonly update: readonly string[];
  /** Fails where an earlier installation was left half done. */
  readonly check: readonly string[];
  /** Ends what a killed installation left half done; empty where the manager does that by itself. */
  readonly repair: readonly (readonly string[])[];
  /** Says which packages an installation would bring, and installs nothing; absent where it cannot say. */
  readonly plan?: readonly string[];
  readonly planned: (untrustedText: string) => string[];
  /** Fetches all and installs nothing: what a mirror does not have is known before anything is changed. */
  readonly download: readonly string[];
  readonly install: readonly string[];
  /** Removes packages, and those alone. */
  readonly remove: readonly string[];
  /** Says what a removal would take along, and removes nothing. */
  readonly planRemoval?: readonly string[];
  readonly plannedRemoval: (untrustedText: string) => string[];
  readonly env: Readonly<Record<string, string>>;
}

const APT = ['apt-get', '--quiet', '--yes', '--option', 'DPkg::Lock::Timeout=300'];
const LEAN = '--no-install-recommends';

export const MANAGERS: Readonly<Record<ManagerName, Manager>> = {
  apt: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a pattern of dpkg-query
    list: ['dpkg-query', '--show', '--showformat', '${db:Status-Status} ${Package}\\n'],
    update: [...APT, '--option', 'APT::Update::Error-Mode=any', 'update'],
    check: ['apt-get', '--quiet', 'check'],
    repair: [
      ['dpkg', '--configure', '--pending'],
      [...APT, '--fix-broken', 'install'],
    ],
    plan: [...APT, '--simulate', LEAN, 'install'],
    planned: (text) => namesAfter(text, 'Inst'),
    download: [...APT, '--download-only', LEAN, 'install'],
    install: [...APT, LEAN, 'install'],
    remove: [...APT, '--no-auto-remove', 'purge'],
    planRemoval: [...APT, '--no-auto-remove', '--simulate', 'purge'],
    plannedRemoval: (text) => [...namesAfter(text, 'Purg'), ...namesAfter(text, 'Remv')],
    env: {
      DEBIAN_FRONTEND: 'noninteractive',
      APT_LISTCHANGES_FRONTEND: 'none',
      NEEDRESTART_MODE: 'l',
      LC_ALL: 'C',
    },
  },
  dnf: {
    list: ['rpm', '--query', '--all', '--queryformat', 'installed %{NAME}\\n'],
    update: ['dnf', '--assumeyes', 'makecache'],
    check: ['dnf', 'check'],
    repair: [],
    planned: () => [],
    download: [
      ...['dnf', '--assumeyes', '--setopt=install_weak_deps=False', '--downloadonly', 'install'],
    ],
    install: ['dnf', '--assumeyes', '--setopt=install_weak_deps=False', 'install'],
    remove: ['dnf', '--assumeyes', 'remove'],
    plannedRemoval: () => [],
    env: { LC_ALL: 'C' },
  },
  pacman: {
    list: ['pacman', '--query', '--quiet'],
    update: ['pacman', '--noconfirm', '--sync', '--refresh'],
    check: ['pacman', '--database', '--check', '--quiet'],
    repair: [],
    plan: ['pacman', '--sync', '--needed', '--print', '--print-format', '%n'],
    planned: words,
    download: ['pacman', '--noconfirm', '--sync', '--needed', '--downloadonly'],
    install: ['pacman', '--noconfirm', '--sync', '--needed'],
    remove: ['pacman', '--noconfirm', '--remove', '--nosave'],
    planRemoval: ['pacman', '--remove', '--print', '--print-format', '%n'],
    plannedRemoval: words,
    env: { LC_ALL: 'C' },
  },
};

/** The names in the list of installed packages; Debian's has others in it, such as those that left their settings. */
export function installedIn(untrustedList: string): Set<string> {
  const names = untrustedList.split('\n').flatMap((line) => {
    const [first = '', second] = line.trim().split(/\s+/);
    if (second === undefined) return isPackage(first) ? [first] : [];
    return first === 'installed' && isPackage(second) ? [second] : [];
  });
  return new Set(names);
}

/** `Inst name (version ...)`: packages that are new alone. An upgrade has its old version in brackets. */
function namesAfter(text: string, verb: string): string[] {
  const line = new RegExp(`^${verb} (\\S+)(?: \\[)?`);
  return text.split('\n').flatMap((one) => {
    const name = line.exec(one)?.[1];
    if (name === undefined || !isPackage(name)) return [];
    return verb === 'Inst' && /^Inst \S+ \[/.test(one) ? [] : [name.replace(/:.*$/, '')];
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(isPackage);
}

/** Never an option of a program that is given the name. */
function isPackage(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9+._:@-]*$/.test(word);
}
