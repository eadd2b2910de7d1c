import { AnklumeError, ExitCode, type Text } from '../base/messages/index.ts';
import { type IncusErrorKind, kindOf } from './kinds.ts';
import { de, quoted } from './words.ts';

export interface IncusErrorDetail {
  /** Of the answer or of the operation; 0 when no answer came. */
  readonly status: number;
  readonly kind: IncusErrorKind;
  readonly message: Text;
  readonly remedy?: Text;
  readonly cause?: unknown;
  /** Default: `incus-<kind>`. */
  readonly code?: string;
  /** What the daemon itself said, unescaped: for matching, never for printing. */
  readonly untrustedWords?: string;
}

/** Everything that goes wrong between us and the daemon. */
export class IncusError extends AnklumeError {
  readonly status: number;
  readonly kind: IncusErrorKind;
  readonly untrustedWords: string;

  constructor(detail: IncusErrorDetail) {
    const remedy = detail.remedy ?? remedies[detail.kind];
    super({
      code: detail.code ?? `incus-${detail.kind}`,
      message: detail.message,
      exit: detail.kind === 'unreachable' ? ExitCode.environment : ExitCode.failed,
      ...(remedy && { remedy }),
      ...(detail.cause !== undefined && { cause: detail.cause }),
    });
    this.name = 'IncusError';
    this.status = detail.status;
    this.kind = detail.kind;
    this.untrustedWords = detail.untrustedWords ?? '';
  }
}

/** True of an IncusError of one of these kinds. */
export function isKind(error: unknown, ...kinds: readonly IncusErrorKind[]): error is IncusError {
  return error instanceof IncusError && kinds.includes(error.kind);
}

/** True when the daemon said that the thing does not exist. */
export function isNotFound(error: unknown): error is IncusError {
  return isKind(error, 'not-found');
}

/** The daemon answered, and the answer is no. */
export function refused(doing: Text, status: number, untrustedWords: string): IncusError {
  const words = quoted(untrustedWords) || `status ${status}`;
  return new IncusError({
    status,
    kind: kindOf(status, untrustedWords),
    message: {
      en: `Incus could not ${doing.en}: ${words}`,
      fr: `Incus n'a pas pu ${doing.fr} : ${words}`,
    },
    untrustedWords,
  });
}

/** What came back is not an answer of Incus: not JSON, cut short, too long or of another shape. */
export function badAnswer(
  doing: Text,
  status: number,
  wasWrite: boolean,
  why: Text,
  cause?: unknown,
): IncusError {
  return new IncusError({
    status,
    kind: wasWrite && status < 400 ? 'unknown-outcome' : 'failed',
    code: 'incus-bad-answer',
    message: {
      en: `The answer to the request to ${doing.en} cannot be used: ${why.en} (status ${status}).`,
      fr: `La réponse à la demande ${de(doing.fr)} est inutilisable : ${why.fr} (statut ${status}).`,
    },
    remedy: {
      en: `Check that an Incus daemon, and not another program, listens there; its log says more.`,
      fr: `Vérifiez que c'est bien un démon Incus qui écoute à cet endroit ; son journal en dit plus.`,
    },
    cause,
  });
}

/** The connection ended, or nothing came for too long, after the request was on its way. */
export function lost(doing: Text, wasWrite: boolean, why: Text, cause?: unknown): IncusError {
  return new IncusError({
    status: 0,
    kind: wasWrite ? 'unknown-outcome' : 'unreachable',
    code: wasWrite ? 'incus-unknown-outcome' : 'incus-lost',
    message: wasWrite
      ? {
          en: `Incus was asked to ${doing.en}, but ${why.en}: it may have happened or not.`,
          fr: `Incus devait ${doing.fr}, mais ${why.fr} : l'action a peut-être eu lieu, ou non.`,
        }
      : {
          en: `Incus was asked to ${doing.en}, but ${why.en}.`,
          fr: `Incus devait ${doing.fr}, mais ${why.fr}.`,
        },
    cause,
  });
}

const again: Text = {
  en: `Run the command again: it looks at what is really there and goes on from that.`,
  fr: `Relancez la commande : elle regarde ce qui existe réellement et reprend de là.`,
};

const remedies: Partial<Record<IncusErrorKind, Text>> = {
  'unknown-outcome': again,
  'etag-mismatch': {
    en: `Somebody else changed it at the same moment. ${again.en}`,
    fr: `Quelqu'un d'autre l'a modifié au même moment. ${again.fr}`,
  },
  busy: {
    en: `Another operation works on it. Wait until it has ended, then run the command again.`,
    fr: `Une autre opération est en cours. Attendez sa fin, puis relancez la commande.`,
  },
  protected: {
    en: `Unset security.protection.delete on it first if it really must go.`,
    fr: `Retirez d'abord security.protection.delete s'il faut vraiment le supprimer.`,
  },
  unreachable: {
    en: `Check that the Incus daemon runs, then run the command again.`,
    fr: `Vérifiez que le démon Incus tourne, puis relancez la commande.`,
  },
};
