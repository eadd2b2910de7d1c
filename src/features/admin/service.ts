import { type FileOwner, type HostFile, markedText, ownerOfText } from '../../base/system/index.ts';

/** The service on the host that keeps the socket of the admin container working. */
export const SERVICE = 'anklume-admin.service';
const UNIT_PATH = `/etc/systemd/system/${SERVICE}`;
const COMMAND = 'host admin-service';

/** What the service is to run. */
export interface ServiceSetting {
  /** The program of Node.js, by its path. */
  readonly node: string;
  /** The file of this program. */
  readonly program: string;
  /** The project folder. */
  readonly root: string;
  readonly socket: string;
}

/**
 * The unit, with a first line that says whose it is. It wants Incus and comes after it, but does not end with it: the
 * proxy outlives a restart of the daemon, and so does its keeper.
 */
export function serviceFile({ node, program, root, socket }: ServiceSetting): HostFile {
  const words = [node, program, 'host', 'admin-keep', '-C', root, '--socket', socket];
  const text = `[Unit]
Description=Socket of Incus in the admin container of anklume
Wants=incus.service
After=incus.service incus-startup.service

[Service]
Type=exec
ExecStart=${words.map(quoted).join(' ')}
Restart=always
RestartSec=5
SuccessExitStatus=130
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
RestrictAddressFamilies=AF_UNIX

[Install]
WantedBy=multi-user.target
`;
  return { path: UNIT_PATH, text: markedText(COMMAND, `anklume ${COMMAND} off`, text) };
}

export function ownerOfService(text: string): FileOwner {
  return ownerOfText(COMMAND, text);
}

/** A word of a command line of systemd: neither its specifiers nor its variables mean anything in it. */
function quoted(word: string): string {
  const escaped = word
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')
    .replace(/\p{Cc}/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return /^[A-Za-z0-9_./:@=+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
