import { debianBase, metadata, nestingTemplates, type Recipe } from './recipe.ts';

/** Versions with long support whose packages make a machine as Debian's do. */
const SUITES: Readonly<Record<string, string>> = { '24.04': 'noble' };

/** In Debian's words; the archive has these two, and others live on `ports.ubuntu.com`. */
const MAIN_ARCHITECTURES = ['amd64', 'i386'];

const KEYRING = '/usr/share/keyrings/ubuntu-archive-keyring.gpg';

/** The recipe for an alias such as `ubuntu/24.04` or `ubuntu/noble`; undefined for anything else. */
export function ubuntuRecipe(alias: string): Recipe | undefined {
  const [, word] = /^ubuntu\/([a-z0-9.]+)$/.exec(alias) ?? [];
  const [version, suite] =
    Object.entries(SUITES).find(([number, name]) => word === number || word === name) ?? [];
  // What is in it, and what is done to it, is the same: only the packages come from elsewhere.
  const base = debianBase('debian/13');
  if (!base || version === undefined || suite === undefined) return undefined;
  const said = metadata('ubuntu', `Ubuntu ${version} (${suite})`, suite);
  return {
    ...base,
    alias,
    suite,
    version,
    metadata: { ...said, ...nestingTemplates({ metadata: said }) },
    archive: {
      sources: sourcesOf(suite, base.architecture),
      keyring: { path: KEYRING, package: 'ubuntu-keyring' },
    },
  };
}

function sourcesOf(suite: string, architecture: string): string[] {
  const isMain = MAIN_ARCHITECTURES.includes(architecture);
  const [archive, security] = isMain
    ? ['http://archive.ubuntu.com/ubuntu', 'http://security.ubuntu.com/ubuntu']
    : ['http://ports.ubuntu.com/ubuntu-ports', 'http://ports.ubuntu.com/ubuntu-ports'];
  const line = (uri: string, pocket: string) => `deb [signed-by=${KEYRING}] ${uri} ${pocket} main`;
  return [
    line(archive, suite),
    line(archive, `${suite}-updates`),
    line(security, `${suite}-security`),
  ];
}
