import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Protection } from '../protection.ts';

/** On commands that write or read encrypted archives. */
export const passphraseFlag = word('FILE', {
  en: 'A file whose first line is the passphrase (or ANKLUME_BACKUP_PASSPHRASE)',
  fr: 'Un fichier dont la première ligne est la phrase secrète (ou ANKLUME_BACKUP_PASSPHRASE)',
});

/** How archives are to be closed: by `--recipient` or GPG_RECIPIENT, by a passphrase, or not at all. */
export async function protectionOf(
  session: Session,
  flags: { readonly recipient?: string | undefined; readonly passphraseFile?: string | undefined },
): Promise<Protection> {
  const { recipientKey, UNPROTECTED } = await import('../protection.ts');
  if (flags.recipient !== undefined && flags.passphraseFile !== undefined) throw both();
  if (flags.passphraseFile === undefined) {
    const recipient = flags.recipient ?? (session.env.GPG_RECIPIENT || undefined);
    if (recipient !== undefined) return recipientKey(recipient);
  }
  const passphrase = await passphraseOf(session, flags.passphraseFile);
  return passphrase === undefined ? UNPROTECTED : { kind: 'passphrase', passphrase };
}

/** The passphrase that was given, if any. Throws `no-passphrase` (exit 2) for a file that holds none. */
export async function passphraseOf(
  session: Session,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return session.env.ANKLUME_BACKUP_PASSPHRASE || undefined;
  const text = await readFile(resolve(session.cwd, file), 'utf8').catch(() => '');
  const [line = ''] = text.split(/\r?\n/);
  if (line !== '') return line;
  const shown = printable(file);
  throw new AnklumeError({
    code: 'no-passphrase',
    exit: ExitCode.usage,
    message: {
      en: `There is no passphrase in the first line of ${shown}, or it cannot be read.`,
      fr: `Il n'y a pas de phrase secrète sur la première ligne de ${shown}, ou le fichier est illisible.`,
    },
  });
}

function both(): AnklumeError {
  return new AnklumeError({
    code: 'two-protections',
    exit: ExitCode.usage,
    message: {
      en: '--recipient and --passphrase-file are two ways to encrypt.',
      fr: '--recipient et --passphrase-file sont deux façons de chiffrer.',
    },
    remedy: { en: 'Give one of them.', fr: "N'en donnez qu'une." },
  });
}
