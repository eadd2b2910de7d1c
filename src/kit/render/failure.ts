import { AnklumeError, ExitCode, type Problem, type Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { renderProblems, type Voice } from './problems.ts';

/** A failure as data: `--json` prints it as it is, people get the sentences of `renderFailure`. */
export interface Failure {
  readonly type: 'error';
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: Text;
  readonly remedy?: Text;
  readonly problems: readonly Problem[];
}

/** What was thrown, as a failure; what we cannot explain is a bug of ours and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AnklumeError)
    return {
      type: 'error',
      code: error.code,
      exit: error.exit,
      message: error.text,
      ...(error.remedy && { remedy: error.remedy }),
      problems: error.problems,
    };
  if (isRefusal(error)) return refusal(error);
  const words = printable(error instanceof Error ? error.message : String(error));
  return {
    type: 'error',
    code: 'bug',
    exit: ExitCode.failed,
    message: {
      en: `This is a bug in anklume, not a mistake of yours: ${words}`,
      fr: `C'est un défaut d'anklume, pas une erreur de votre part : ${words}`,
    },
    remedy: {
      en: 'Run the same command with --debug and send its output to the project with your infra.yml.',
      fr: 'Relancez la même commande avec --debug et envoyez sa sortie au projet avec votre infra.yml.',
    },
    problems: [],
  };
}

/** Answers of the system that say something about the machine and nothing about the program. */
const REFUSALS: Readonly<Record<string, Text>> = {
  EACCES: { en: 'permission is missing', fr: 'la permission manque' },
  EPERM: { en: 'this is not permitted', fr: "ce n'est pas permis" },
  EROFS: { en: 'the file system is read-only', fr: 'le système de fichiers est en lecture seule' },
  ENOSPC: { en: 'the disk is full', fr: 'le disque est plein' },
  EDQUOT: { en: 'your quota is used up', fr: 'votre quota est épuisé' },
  ENOTDIR: { en: 'a part of the path is a file', fr: 'une partie du chemin est un fichier' },
  EISDIR: { en: 'a folder stands there', fr: 'un dossier occupe cette place' },
  EEXIST: { en: 'something else stands there', fr: 'autre chose occupe cette place' },
  ENAMETOOLONG: { en: 'the name is too long', fr: 'le nom est trop long' },
  ELOOP: { en: 'links go in circles', fr: 'des liens tournent en rond' },
  ENOENT: { en: 'nothing can be made there', fr: 'rien ne peut y être créé' },
  EMFILE: { en: 'too many files are open', fr: 'trop de fichiers sont ouverts' },
  ENFILE: { en: 'too many files are open', fr: 'trop de fichiers sont ouverts' },
  EFBIG: { en: 'the file is too large', fr: 'le fichier est trop gros' },
  EAGAIN: { en: 'it is a stream that has no end', fr: "c'est un flux qui n'a pas de fin" },
  EBUSY: { en: 'it is in use', fr: 'il est utilisé' },
  ETXTBSY: { en: 'it is in use', fr: 'il est utilisé' },
  ESTALE: {
    en: 'it was on a network and no longer answers',
    fr: 'il était sur le réseau et a disparu',
  },
  ENOTEMPTY: { en: 'the folder is not empty', fr: "le dossier n'est pas vide" },
  EXDEV: { en: 'it is on another disk', fr: 'il est sur un autre disque' },
  EINVAL: { en: 'the file system does not take it', fr: "le système de fichiers n'en veut pas" },
  EIO: { en: 'the disk does not answer properly', fr: 'le disque répond mal' },
};

/** Those that say enough also where the file is open already, and has no name any more. */
const WITHOUT_PATH = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EFBIG'];

type SystemError = NodeJS.ErrnoException & { readonly code: string };

function isRefusal(error: unknown): error is SystemError {
  if (!(error instanceof Error)) return false;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !Object.hasOwn(REFUSALS, code)) return false;
  // Elsewhere a file that is not there is a mistake of ours.
  if (code === 'ENOENT' && syscall !== 'mkdir') return false;
  return path !== undefined || WITHOUT_PATH.includes(code);
}

function refusal({ code, path }: SystemError): Failure {
  const why = REFUSALS[code];
  return {
    type: 'error',
    code: 'system-refused',
    exit: ExitCode.failed,
    message:
      path === undefined
        ? {
            en: `A file could not be written: ${why?.en} (${code}).`,
            fr: `Un fichier n'a pas pu être écrit : ${why?.fr} (${code}).`,
          }
        : {
            en: `${printable(path)} cannot be used: ${why?.en} (${code}).`,
            fr: `${printable(path)} est inutilisable : ${why?.fr} (${code}).`,
          },
    remedy: {
      en: 'Put that right, then run the same command again.',
      fr: 'Corrigez cela, puis relancez la même commande.',
    },
    problems: [],
  };
}

/** The failure for people: findings first, then the sentence, then what to do; a stack only when asked. */
export function renderFailure(error: unknown, voice: Voice, debug: boolean): string {
  const { paint, t } = voice;
  const failure = failureOf(error);
  const parts: string[] = [];
  if (failure.problems.length > 0) parts.push(renderProblems(failure.problems, voice), '');
  parts.push(`${paint.bad('✗')} ${printable(t(failure.message))}`);
  if (failure.remedy) parts.push(`${paint.accent('→')} ${printable(t(failure.remedy))}`);
  if (debug) parts.push('', paint.dim(stackOf(error)));
  return parts.join('\n');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const own = printable(error.stack ?? error.message);
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
