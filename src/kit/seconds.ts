import { AnklumeError, ExitCode } from '../base/messages/index.ts';

/** A day: whoever needs longer has forgotten it. */
const LONGEST = 86_400;

/** The number behind a flag such as `--agent-wait`. Throws `bad-seconds` (exit 2) for anything but 1 to a day. */
export function parseSeconds(flag: string, untrustedWord: string): number {
  const seconds = /^\d{1,6}$/.test(untrustedWord) ? Number(untrustedWord) : 0;
  if (seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new AnklumeError({
    code: 'bad-seconds',
    exit: ExitCode.usage,
    message: {
      en: `${flag} takes a number of seconds from 1 to ${LONGEST}.`,
      fr: `${flag} demande un nombre de secondes de 1 à ${LONGEST}.`,
    },
  });
}
