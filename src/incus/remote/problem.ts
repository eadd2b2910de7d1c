import type { Text } from '../../base/messages/index.ts';
import { IncusError } from '../errors.ts';

/** An error of the `incus` client's configuration: nothing was sent. */
export function remoteProblem(
  code: string,
  cause: unknown,
  message: Text,
  remedy: Text = {
    en: `See 'incus remote list'; 'incus remote add' makes a remote known and trusted.`,
    fr: `Voyez « incus remote list » ; « incus remote add » fait connaître et approuver un serveur distant.`,
  },
): IncusError {
  return new IncusError({ status: 0, kind: 'unreachable', code, message, remedy, cause });
}
