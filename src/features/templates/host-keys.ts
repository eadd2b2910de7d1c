import { isNotFound, type Sftp } from '../../incus/index.ts';

/** Makes SSH host keys where they lack; those that are there stay. */
const UNIT = `[Unit]
Description=Make SSH host keys for a machine that was derived from a template
Before=ssh.service sshd.service
ConditionPathExists=/usr/bin/ssh-keygen

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A
RemainAfterExit=yes

[Install]
WantedBy=multi-user.target
`;

const NAME = 'anklume-ssh-host-keys.service';
const UNITS = '/etc/systemd/system';

/**
 * Sees to it that a machine without host keys makes its own at boot: a server of SSH does not start without. Only where
 * there are keys, and systemd. To be called before they are removed.
 */
export async function makeKeysAtBoot(files: Sftp): Promise<void> {
  if (!(await holds(files, '/etc/ssh', /^ssh_host_\w+_key$/))) return;
  if (!(await holds(files, '/etc/systemd', /^system$/))) return;
  if (await holds(files, UNITS, new RegExp(`^${NAME}$`))) return;
  await files.write(`${UNITS}/${NAME}`, once(Buffer.from(UNIT)), { uid: 0, gid: 0, mode: 0o644 });
  const wants = `${UNITS}/multi-user.target.wants`;
  if (!(await holds(files, UNITS, /^multi-user\.target\.wants$/)))
    await files.makeFolder(wants, 0o755);
  if (!(await holds(files, wants, new RegExp(`^${NAME}$`))))
    await files.makeLink(`${wants}/${NAME}`, `../${NAME}`);
}

/** Whether a folder has a name like this; false where there is no such folder. */
async function holds(files: Sftp, folder: string, name: RegExp): Promise<boolean> {
  try {
    for await (const entry of files.list(folder)) if (name.test(entry.name)) return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return false;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
