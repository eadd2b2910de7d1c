import type { Infra } from '../../world/infra/index.ts';

/** One service of infra.yml, as far as files are concerned. */
export interface FileService {
  readonly name: string;
  readonly machine: string;
  /** Takes files from its consumers. */
  readonly accepts: boolean;
  /** Gives files to its consumers. */
  readonly provides: boolean;
  /** Machines, domains or `host`. */
  readonly consumers: readonly string[];
}

/** Folders of the host that a domain may exchange files with. */
export interface Portal {
  readonly domain: string;
  readonly paths: readonly string[];
  /** Files go to the domain, and none come back. */
  readonly readOnly: boolean;
}

export interface Declared {
  readonly services: readonly FileService[];
  readonly portals: readonly Portal[];
}

/** What infra.yml says about handing files over. What it says in a way that is not understood opens nothing. */
export function declaredIn({ services, domains }: Infra): Declared {
  return {
    services: servicesIn(services),
    portals: domains.flatMap(({ name, filePortal }) =>
      filePortal
        ? [{ domain: name, paths: filePortal.allowedPaths, readOnly: filePortal.readOnly }]
        : [],
    ),
  };
}

/** Named entries, or a list of entries with names. */
export function servicesIn(untrusted: unknown): FileService[] {
  if (Array.isArray(untrusted)) return untrusted.flatMap((one) => serviceOf(undefined, one));
  if (!isRecord(untrusted)) return [];
  return Object.entries(untrusted).flatMap(([name, one]) => serviceOf(name, one));
}

function serviceOf(key: string | undefined, untrusted: unknown): FileService[] {
  if (!isRecord(untrusted)) return [];
  const { name = key, machine, tools, consumers } = untrusted;
  if (typeof name !== 'string' || typeof machine !== 'string') return [];
  const named = strings(tools);
  const accepts = named.includes('file_accept');
  const provides = named.includes('file_provide');
  if (!accepts && !provides) return [];
  return [{ name, machine, accepts, provides, consumers: strings(consumers) }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
