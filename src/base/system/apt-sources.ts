import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../messages/index.ts';

/** One source of packages, in either of apt's two formats. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** Where this machine gets Debian from. */
export interface AptMirrors {
  /** URI of the main archive. */
  readonly main: string;
  /** URI of the security archive, where one is set up. */
  readonly security?: string;
}

/** Every source of packages that this machine uses. */
async function readAptSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.sort().map((name) => join('sources.list.d', name))];
  const lists = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8').catch(() => '');
      if (name.endsWith('.sources')) return parseDeb822(text);
      return name.endsWith('.list') ? parseOneLine(text) : [];
    }),
  );
  return lists.flat();
}

/** This machine's Debian mirrors. Throws `mirror-unknown` on a machine that has none. */
export async function aptMirrors(folder = '/etc/apt'): Promise<AptMirrors> {
  const mirrors = mirrorsOf(await readAptSources(folder));
  if (mirrors) return mirrors;
  throw new AnklumeError({
    code: 'mirror-unknown',
    exit: ExitCode.environment,
    message: {
      en: 'this machine has no source of Debian packages in /etc/apt',
      fr: "cette machine n'a pas de source de paquets Debian dans /etc/apt",
    },
  });
}

/** The mirrors among `sources`: told by the end of the address and the suite, as every Debian mirror has them. */
export function mirrorsOf(sources: readonly AptSource[]): AptMirrors | undefined {
  const main = sources.find(
    ({ uri, suite, components }) =>
      /\/debian\/?$/.test(uri) && components.includes('main') && !suite.includes('-backports'),
  );
  const security = sources.find(({ uri }) => /\/debian-security\/?$/.test(uri));
  return main && { main: main.uri, ...(security && { security: security.uri }) };
}

/** The one-line format: `deb [options] uri suite component...`. */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, rest = ''] =
      /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line) ?? [];
    if (uri === undefined || suite === undefined) return [];
    return [{ uri, suite, components: words(rest) }];
  });
}

/** The stanza format: `Types`, `URIs`, `Suites` and `Components`, each with several words; comments may stand between. */
export function parseDeb822(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const field = (name: string): string[] =>
        words(new RegExp(`^${name}:(.*(?:\n[ \t].*)*)`, 'im').exec(stanza)?.[1] ?? '');
      if (!field('Types').includes('deb') || field('Enabled')[0]?.toLowerCase() === 'no') return [];
      const components = field('Components');
      return field('URIs').flatMap((uri) =>
        field('Suites').map((suite) => ({ uri, suite, components })),
      );
    });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
