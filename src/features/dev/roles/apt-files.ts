import type { AptMirrors } from '../../../base/system/index.ts';

/** How apt is set up in a machine that lives for one test. */
export interface AptFiles {
  /** Path to content. */
  readonly written: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

/** Sources and proxy of the host. Nothing is flushed to disk: the machine is thrown away. */
export function aptFiles(codename: string, mirrors: AptMirrors, proxy?: string): AptFiles {
  const suites = [`deb ${mirrors.main} ${codename} main`];
  if (mirrors.security) suites.push(`deb ${mirrors.security} ${codename}-security main`);
  const conf = ['Acquire::Languages "none";'];
  if (proxy !== undefined) conf.push(`Acquire::http::Proxy "${proxy}";`);
  return {
    written: {
      '/etc/apt/sources.list': lines(suites),
      '/etc/apt/apt.conf.d/90role-test': lines(conf),
      '/etc/dpkg/dpkg.cfg.d/role-test': 'force-unsafe-io\n',
    },
    removed: ['/etc/apt/sources.list.d/debian.sources'],
  };
}

/** `trixie`, from an os-release file that came out of a machine; undefined where that is not Debian. */
export function codenameOf(untrustedText: string): string | undefined {
  if (!/^ID="?debian"?$/m.test(untrustedText)) return undefined;
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(untrustedText)?.[1];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
