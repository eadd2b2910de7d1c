import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Text } from '../../base/messages/index.ts';
import { readIfExists } from '../../base/system/index.ts';
import { locateSocket } from '../locate.ts';
import { quoted } from '../words.ts';
import { remoteProblem } from './problem.ts';

/** Where a remote is reached. */
export type Remote =
  | { readonly socket: string }
  | {
      readonly name: string;
      readonly url: URL;
      /** The client's own folder: its certificate and key. */
      readonly clientDir: string;
      /** Folders with a `servercerts/<remote>.crt`, the first that has one counts. */
      readonly configDirs: readonly string[];
    };

/** Remotes that every user of the machine has, beneath those of the user's own. */
const systemDir = '/etc/incus';

/** Looks a remote up in the `incus` client's configuration: `configDir`, else INCUS_CONF, else `~/.config/incus`. */
export async function findRemote(
  name: string,
  configDir: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Remote> {
  const clientDir =
    configDir ?? (env.INCUS_CONF || join(env.HOME || homedir(), '.config', 'incus'));
  const configDirs = [clientDir, env.INCUS_GLOBAL_CONF || systemDir];
  for (const folder of configDirs) {
    const remotes = await readRemotes(join(folder, 'config.yml'));
    const untrustedRemote = Object.hasOwn(remotes, name) ? remotes[name] : undefined;
    if (untrustedRemote) return checked(name, untrustedRemote, clientDir, configDirs, env);
  }
  if (name === 'local') return { socket: await locateSocket(env) };
  throw remoteProblem('incus-remote-unknown', undefined, {
    en: `The 'incus' client knows no remote '${quoted(name)}' (looked in ${clientDir}).`,
    fr: `Le client « incus » ne connaît aucun serveur distant « ${quoted(name)} » (cherché dans ${clientDir}).`,
  });
}

async function readRemotes(path: string): Promise<Record<string, unknown>> {
  const bytes = await readIfExists(path);
  if (!bytes) return {};
  try {
    const untrustedConfig: unknown = parse(bytes.toString('utf8'), { maxAliasCount: 100 });
    return asMap(asMap(untrustedConfig).remotes);
  } catch (error) {
    throw remoteProblem('incus-config-unreadable', error, {
      en: `The 'incus' client's configuration ${path} is not readable YAML.`,
      fr: `La configuration du client « incus », ${path}, n'est pas du YAML lisible.`,
    });
  }
}

/** A server of images that the client knows under a name. */
export interface ImageServer {
  readonly url: string;
  /** PEM of the certificate that was accepted for it. */
  readonly certificate?: string;
}

/** Looks an image server up in the `incus` client's configuration; undefined where no remote of the name is one. */
export async function findImageServer(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ImageServer | undefined> {
  const clientDir = env.INCUS_CONF || join(env.HOME || homedir(), '.config', 'incus');
  for (const folder of [clientDir, env.INCUS_GLOBAL_CONF || systemDir]) {
    const remotes = await readRemotes(join(folder, 'config.yml'));
    const { addr, protocol } = asMap(Object.hasOwn(remotes, name) ? remotes[name] : undefined);
    if (protocol !== 'simplestreams' || typeof addr !== 'string' || !addr.startsWith('https://'))
      continue;
    if (!URL.canParse(addr)) continue;
    const certificate = await readIfExists(join(folder, 'servercerts', `${name}.crt`));
    return { url: addr, ...(certificate && { certificate: certificate.toString() }) };
  }
  return undefined;
}

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function checked(
  name: string,
  untrustedRemote: unknown,
  clientDir: string,
  configDirs: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Remote> {
  const { addr, protocol, auth_type: auth } = asMap(untrustedRemote);
  const address = typeof addr === 'string' ? addr : '';
  if (protocol !== undefined && protocol !== '' && protocol !== 'incus')
    throw unusable(name, {
      en: `is an image server ('${quoted(String(protocol))}'), not a daemon`,
      fr: `est un serveur d'images (« ${quoted(String(protocol))} »), pas un démon`,
    });
  if (auth === 'oidc')
    throw unusable(name, {
      en: 'is logged in to through a web page (OIDC); a client certificate is needed here',
      fr: 'demande une connexion par page web (OIDC) ; il faut ici un certificat client',
    });
  if (address.startsWith('unix:')) {
    const path = address.replace(/^unix:(\/\/)?/, '');
    return { socket: path === '' ? await locateSocket(env) : path };
  }
  if (address.startsWith('https://') && URL.canParse(address))
    return { name, url: new URL(address), clientDir, configDirs };
  throw unusable(name, {
    en: `has the address '${quoted(address)}', which is neither https:// nor unix://`,
    fr: `a pour adresse « ${quoted(address)} », qui n'est ni https:// ni unix://`,
  });
}

function unusable(name: string, why: Text) {
  return remoteProblem('incus-remote-unusable', undefined, {
    en: `The remote '${quoted(name)}' ${why.en}.`,
    fr: `Le serveur distant « ${quoted(name)} » ${why.fr}.`,
  });
}
