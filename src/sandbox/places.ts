import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { homeFolder } from '../base/system/index.ts';

/** Everything of a sandbox that has a name on this machine; all of it follows from the sandbox's name and the home folder. */
export interface Places {
  readonly name: string;
  /** Mode 0700; all that a sandbox keeps between a stop and the next start. */
  readonly folder: string;
  /** The daemon's folder; inside, it stands at `INCUS_DIR_INSIDE`. */
  readonly data: string;
  /** `data` as clients reach it, for their INCUS_DIR: a short link where its path is too long for a socket. */
  readonly incusDir: string;
  readonly socket: string;
  readonly state: string;
  readonly log: string;
  readonly resolver: string;
  /** The isolation rules that were loaded last: in force again before the daemon starts a machine. */
  readonly rules: string;
  /** Folder name below the cgroup 2 root. */
  readonly cgroup: string;
  /** nft table (family inet) of the uplink, on the host. */
  readonly table: string;
  /** Host end of the uplink; the name of an interface has 15 characters at most. */
  readonly link: string;
  /** Key of the lock that start, stop and delete take. */
  readonly lock: string;
}

/** The kernel keeps 108 bytes for a socket path, one of them the final zero. */
const LONGEST_SOCKET_PATH = 107;

const SOCKET = 'unix.socket';

/**
 * Where the daemon finds its folder inside the sandbox: the usual place, hiding that of an Incus on this machine.
 * A home folder is closed to others as a rule, and the root user of an unprivileged container is such another one.
 */
export const INCUS_DIR_INSIDE = '/var/lib/incus';

/** Short links stand here; emptied at boot like every other trace of a running sandbox. */
const RUNTIME_FOLDER = '/run/anklume';

/** Where the sandbox `name` of this home folder has its things. Throws `sandbox-name` for a name that cannot be used. */
export function placesOf(name: string, home = homeFolder()): Places {
  if (!isSandboxName(name)) throw badName(name);
  const folder = join(sandboxesFolder(home), name);
  // Two homes may each have a sandbox of this name: what both would share on the machine carries a hash of the folder.
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  const data = join(folder, 'incus');
  const tooLong = Buffer.byteLength(join(data, SOCKET)) > LONGEST_SOCKET_PATH;
  const incusDir = tooLong ? join(RUNTIME_FOLDER, hash) : data;
  return {
    name,
    folder,
    data,
    incusDir,
    socket: join(incusDir, SOCKET),
    state: join(folder, 'state.json'),
    log: join(folder, 'incusd.log'),
    resolver: join(folder, 'resolv.conf'),
    rules: join(folder, 'rules.nft'),
    cgroup: `anklume-sandbox-${name}-${hash}`,
    table: `anklume_sandbox_${name.replaceAll('-', '_')}_${hash}`,
    link: `ankl-${hash}`,
    lock: `sandbox:${folder}`,
  };
}

/** Whether `untrustedName` can name a sandbox; it becomes part of paths, control groups and tables. */
export function isSandboxName(untrustedName: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,30}$/.test(untrustedName);
}

/** The folder that holds one folder for each sandbox. */
export function sandboxesFolder(home = homeFolder()): string {
  return join(home, 'sandboxes');
}

function badName(untrustedName: string): AnklumeError {
  const shown = JSON.stringify(untrustedName.slice(0, 60));
  return new AnklumeError({
    code: 'sandbox-name',
    exit: ExitCode.usage,
    message: {
      en: `${shown} cannot be the name of a sandbox.`,
      fr: `${shown} ne peut pas être le nom d'un bac à sable.`,
    },
    remedy: {
      en: 'Use 1 to 31 lower-case letters, digits and hyphens, beginning with a letter or digit.',
      fr: 'Utilisez de 1 à 31 minuscules, chiffres et tirets, en commençant par une lettre ou un chiffre.',
    },
  });
}
