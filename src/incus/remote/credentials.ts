import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { readIfExists } from '../../base/system/index.ts';
import type { Remote } from './find.ts';
import { remoteProblem } from './problem.ts';

/** The client's certificate and key, and the server's certificate where one was accepted. */
export async function readCredentials(remote: Exclude<Remote, { readonly socket: string }>) {
  const [cert, key] = await Promise.all([
    readIfExists(join(remote.clientDir, 'client.crt')),
    readIfExists(join(remote.clientDir, 'client.key')),
  ]);
  if (!cert || !key)
    throw remoteProblem('incus-no-client-certificate', undefined, {
      en: `The 'incus' client has no certificate in ${remote.clientDir}: the remote '${remote.name}' cannot know you.`,
      fr: `Le client « incus » n'a pas de certificat dans ${remote.clientDir} : le serveur distant « ${remote.name} » ne peut pas vous reconnaître.`,
    });
  checkKey(key, remote.clientDir);
  const pinned = await firstPresent(
    remote.configDirs.map((folder) => join(folder, 'servercerts', `${remote.name}.crt`)),
  );
  return {
    cert: cert.toString(),
    key: key.toString(),
    ...(pinned && { pinned: pinned.toString() }),
  };
}

/** Refused here with a sentence, as OpenSSL's own words about a locked key are hard to read. */
function checkKey(pem: Buffer, clientDir: string): void {
  try {
    createPrivateKey(pem);
  } catch (error) {
    throw remoteProblem(
      'incus-client-key',
      error,
      {
        en: `The key ${join(clientDir, 'client.key')} cannot be used: it is damaged or locked by a passphrase.`,
        fr: `La clé ${join(clientDir, 'client.key')} est inutilisable : abîmée, ou protégée par une phrase secrète.`,
      },
      {
        en: `A key without a passphrase is needed; 'incus remote generate-certificate' makes one.`,
        fr: `Il faut une clé sans phrase secrète ; « incus remote generate-certificate » en crée une.`,
      },
    );
  }
}

async function firstPresent(paths: readonly string[]): Promise<Buffer | undefined> {
  for (const path of paths) {
    const bytes = await readIfExists(path);
    if (bytes) return bytes;
  }
  return undefined;
}
