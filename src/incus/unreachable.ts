import type { Text } from '../base/messages/index.ts';
import { IncusError } from './errors.ts';
import { de, quoted } from './words.ts';

interface Cause {
  readonly code: string;
  readonly why: Text;
  readonly remedy: Text;
}

const denied: Cause = {
  code: 'incus-denied',
  why: { en: 'you may not open this socket', fr: "vous n'avez pas le droit d'ouvrir ce socket" },
  remedy: {
    en: `Add yourself to the group that may: 'sudo usermod -aG incus-admin "$USER"', then log in again.`,
    fr: `Ajoutez-vous au groupe qui l'a : « sudo usermod -aG incus-admin "$USER" », puis reconnectez-vous.`,
  },
};

const notListening: Cause = {
  code: 'incus-not-running',
  why: { en: 'no daemon listens there', fr: "aucun démon n'écoute à cet endroit" },
  remedy: {
    en: `Start it ('sudo systemctl start incus'), or try the tool with '--sandbox'.`,
    fr: `Démarrez-le (« sudo systemctl start incus »), ou essayez l'outil avec « --sandbox ».`,
  },
};

const absent: Cause = {
  code: 'incus-missing',
  why: { en: 'there is no such socket', fr: "ce socket n'existe pas" },
  remedy: {
    en: `Install and start Incus, name its socket with '--socket', or try the tool with '--sandbox'.`,
    fr: `Installez et démarrez Incus, indiquez son socket avec « --socket », ou essayez l'outil avec « --sandbox ».`,
  },
};

const noHost: Cause = {
  code: 'incus-unreachable',
  why: { en: 'that host cannot be reached', fr: 'cet hôte est injoignable' },
  remedy: {
    en: `Check the address with 'incus remote list', and the network in between.`,
    fr: `Vérifiez l'adresse avec « incus remote list », et le réseau entre les deux.`,
  },
};

const wrongCertificate: Cause = {
  code: 'incus-certificate',
  why: {
    en: 'its certificate is not the one that this remote is known by',
    fr: "son certificat n'est pas celui par lequel ce serveur distant est connu",
  },
  remedy: {
    en: `If the server was really set up anew, remove and add the remote again with 'incus remote'; otherwise somebody stands in between.`,
    fr: `Si le serveur a vraiment été réinstallé, supprimez puis ajoutez de nouveau ce serveur distant avec « incus remote » ; sinon quelqu'un s'est interposé.`,
  },
};

const byCode: Readonly<Record<string, Cause>> = {
  EACCES: denied,
  EPERM: denied,
  ENOENT: absent,
  ENOTDIR: absent,
  ENOTSOCK: absent,
  ENOTFOUND: noHost,
  EAI_AGAIN: noHost,
  EHOSTUNREACH: noHost,
  ENETUNREACH: noHost,
  ETIMEDOUT: noHost,
};

/** OpenSSL's names for a certificate that does not lead to the one we trust. */
const certificateCode = /CERT|SIGNATURE|ISSUER|ERR_TLS|SELF_SIGNED/;

/**
 * The error for a call that no daemon heard: nothing happened, and it may be tried again. `ofIts` is what helps with
 * this very daemon when it does not listen.
 */
export function unreachable(where: string, doing: Text, error: unknown, ofIts?: Text): IncusError {
  const cause = causeOf(error);
  const isAway = cause === notListening || cause === absent;
  return new IncusError({
    status: 0,
    kind: 'unreachable',
    code: cause.code,
    message: {
      en: `Incus at ${quoted(where)} could not be asked to ${doing.en}: ${cause.why.en}.`,
      fr: `Impossible de demander à Incus (${quoted(where)}) ${de(doing.fr)} : ${cause.why.fr}.`,
    },
    remedy: (isAway && ofIts) || cause.remedy,
    cause: error,
  });
}

function causeOf(error: unknown): Cause {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const known = byCode[code];
  if (known) return known;
  return certificateCode.test(code) ? wrongCertificate : notListening;
}
