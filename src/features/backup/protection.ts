import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable, run, through } from '../../base/system/index.ts';

/** How archives are closed to others. GnuPG does it, so that they open without this program too. */
export type Protection =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'recipient';
      /** Of the one key that was meant, 40 or more hexadecimal digits. */
      readonly fingerprint: string;
    }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

export const UNPROTECTED: Protection = { kind: 'none' };

/** No terminal, no questions, no second compression of what is compressed already. */
const GPG = ['gpg', '--batch', '--yes', '--no-tty', '--quiet', '--compress-algo', 'none'];

/** A passphrase comes on descriptor 3: arguments and environment can be read by others. */
const WITH_PASSPHRASE = ['--pinentry-mode', 'loopback', '--passphrase-fd', '3'];

/** The stream as it is to lie on the disk. */
export function protect(
  bytes: AsyncIterable<Buffer>,
  protection: Protection,
): AsyncIterable<Buffer> {
  switch (protection.kind) {
    case 'none':
      return bytes;
    case 'recipient':
      // The person named the key; whether others vouch for it is not asked.
      return through(
        [...GPG, '--trust-model', 'always', '--recipient', protection.fingerprint, '--encrypt'],
        bytes,
      );
    case 'passphrase':
      return through(
        [...GPG, ...WITH_PASSPHRASE, '--cipher-algo', 'AES256', '--symmetric'],
        bytes,
        { secret: protection.passphrase },
      );
  }
}

/** The stream as it was before; with a passphrase that is for it, else with the person's own keys. */
export async function* unprotect(
  bytes: AsyncIterable<Buffer>,
  passphrase: string | undefined,
): AsyncGenerator<Buffer> {
  const argv = [...GPG, ...(passphrase === undefined ? [] : WITH_PASSPHRASE), '--decrypt'];
  try {
    yield* through(argv, bytes, passphrase === undefined ? {} : { secret: passphrase });
  } catch (error) {
    if (error instanceof AnklumeError && error.code === 'program-failed') throw locked(error);
    throw error;
  }
}

/** The one key that a recipient's name or number stands for. Throws `no-such-key` or `several-keys` (exit 2). */
export async function recipientKey(untrustedName: string): Promise<Protection> {
  const argv = ['gpg', '--batch', '--no-tty', '--with-colons', '--list-keys', '--', untrustedName];
  const { code, stdout } = await run(argv, { accept: [2] });
  const keys = fingerprintsIn(stdout);
  const [fingerprint] = keys;
  if (code !== 0 || fingerprint === undefined) throw noKey(untrustedName);
  if (keys.length > 1) throw severalKeys(untrustedName, keys);
  return { kind: 'recipient', fingerprint };
}

/** The fingerprints of the primary keys in a listing with colons. */
export function fingerprintsIn(untrustedListing: string): string[] {
  const found: string[] = [];
  let afterPrimary = false;
  for (const line of untrustedListing.split('\n')) {
    const fields = line.split(':');
    if (fields[0] === 'pub') afterPrimary = true;
    if (fields[0] !== 'fpr' || !afterPrimary) continue;
    afterPrimary = false;
    if (/^[0-9A-F]{40,64}$/.test(fields[9] ?? '')) found.push(fields[9] ?? '');
  }
  return found;
}

function noKey(untrustedName: string): AnklumeError {
  const name = printable(untrustedName);
  return new AnklumeError({
    code: 'no-such-key',
    exit: ExitCode.usage,
    message: {
      en: `GnuPG knows no key for '${name}'.`,
      fr: `GnuPG ne connaît aucune clé pour « ${name} ».`,
    },
    remedy: {
      en: "Import it ('gpg --import FILE'); 'gpg --list-keys' shows those there are.",
      fr: 'Importez-la (« gpg --import FICHIER ») ; « gpg --list-keys » montre celles qui existent.',
    },
  });
}

function severalKeys(untrustedName: string, keys: readonly string[]): AnklumeError {
  const name = printable(untrustedName);
  return new AnklumeError({
    code: 'several-keys',
    exit: ExitCode.usage,
    message: {
      en: `'${name}' stands for ${keys.length} keys.`,
      fr: `« ${name} » désigne ${keys.length} clés.`,
    },
    remedy: {
      en: `Name one by its fingerprint: ${keys.join(', ')}.`,
      fr: `Désignez-en une par son empreinte : ${keys.join(', ')}.`,
    },
  });
}

function locked(cause: AnklumeError): AnklumeError {
  return new AnklumeError({
    code: 'backup-locked',
    message: {
      en: `The archive could not be decrypted. ${cause.text.en}`,
      fr: `L'archive n'a pas pu être déchiffrée. ${cause.text.fr}`,
    },
    remedy: {
      en: 'The secret key it was made for must be in your keyring, or the passphrase be the right one (--passphrase-file).',
      fr: 'La clé secrète pour laquelle elle a été faite doit être dans votre trousseau, ou la phrase secrète être la bonne (--passphrase-file).',
    },
    cause,
  });
}
