import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';

/** The one of that name. Throws `unknown-disposable` (exit 2). */
export function disposableNamed<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const shown = printable(name).slice(0, 100);
  throw new AnklumeError({
    code: 'unknown-disposable',
    exit: ExitCode.usage,
    message: {
      en: `There is no disposable machine '${shown}' (any more).`,
      fr: `Il n'y a pas (ou plus) de machine jetable « ${shown} ».`,
    },
    remedy: { en: "'anklume disp list' shows them.", fr: '« anklume disp list » les montre.' },
  });
}
