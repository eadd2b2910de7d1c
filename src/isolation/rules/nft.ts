import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { type Host, type RunOptions, type RunResult, run } from '../../base/system/index.ts';

/** Runs a program on the host that the daemon runs on; a missing nft is explained. */
export async function onHost(
  host: Host,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  try {
    return await run([...host.enter, ...argv], options);
  } catch (error) {
    if (argv[0] === 'nft' && isMissing(error)) throw nftMissing(error);
    throw error;
  }
}

/** A program entered through nsenter is missing with status 127. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof AnklumeError &&
    (error.code === 'program-missing' ||
      (error.code === 'program-failed' && / ended with 127:/.test(error.message)))
  );
}

function nftMissing(cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'nft-missing',
    exit: ExitCode.environment,
    message: {
      en: `The isolation rules need the program 'nft', which is not installed on this host.`,
      fr: `Les règles d'isolation ont besoin du programme « nft », qui n'est pas installé sur cet hôte.`,
    },
    remedy: {
      en: `Install it: apt install nftables (Debian, Ubuntu), dnf install nftables (Fedora), pacman -S nftables (Arch).`,
      fr: `Installez-le : apt install nftables (Debian, Ubuntu), dnf install nftables (Fedora), pacman -S nftables (Arch).`,
    },
    cause,
  });
}
