import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import {
  connectionLimit,
  type Endpoint,
  keepAliveMilliseconds,
  unixEndpoint,
} from '../endpoint.ts';
import { readCredentials } from './credentials.ts';
import { findRemote } from './find.ts';
import { remoteProblem } from './problem.ts';

/** The daemon that the `incus` client knows under this name, with that client's own certificate. */
export async function remoteEndpoint(
  name: string,
  configDir: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Endpoint> {
  const remote = await findRemote(name, configDir, env);
  if ('socket' in remote) return unixEndpoint(remote.socket);
  return httpsEndpoint(remote.url, tlsSettings(name, remote.url, await readCredentials(remote)));
}

interface Credentials {
  readonly cert: string;
  readonly key: string;
  /** The server's certificate as it was accepted when the remote was added; without it, the system's authorities count. */
  readonly pinned?: string;
}

function tlsSettings(name: string, url: URL, credentials: Credentials): ConnectionOptions {
  const host = hostOf(url);
  const { cert, key, pinned } = credentials;
  const settings: ConnectionOptions = {
    host,
    port: Number(url.port || 443),
    cert,
    key,
    minVersion: 'TLSv1.2',
    ...(!isIP(host) && { servername: host }),
  };
  if (pinned === undefined) return settings;
  const expected = fingerprintOf(name, pinned);
  return {
    ...settings,
    ca: pinned,
    // The pinned certificate itself is the identity; its names need not match the address.
    checkServerIdentity: (_host, actual) =>
      actual.fingerprint256 === expected ? undefined : changedCertificate(),
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function fingerprintOf(name: string, pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch (error) {
    throw remoteProblem('incus-certificate-unreadable', error, {
      en: `The stored certificate of the remote '${name}' cannot be read.`,
      fr: `Le certificat enregistré du serveur distant « ${name} » est illisible.`,
    });
  }
}

function changedCertificate(): Error {
  return Object.assign(new Error('not the pinned certificate'), {
    code: 'ERR_TLS_CERT_NOT_PINNED',
  });
}

function httpsEndpoint(url: URL, settings: ConnectionOptions): Endpoint {
  const agent = new Agent({
    ...settings,
    keepAlive: true,
    timeout: keepAliveMilliseconds,
    maxSockets: connectionLimit,
  });
  return {
    where: url.origin,
    request: (options) =>
      request({ ...options, agent, host: hostOf(url), port: Number(url.port || 443) }),
    open: () => connectTls(settings),
    ready: 'secureConnect',
    close: () => agent.destroy(),
  };
}
