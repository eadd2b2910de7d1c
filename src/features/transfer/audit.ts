import { open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import { homeFolder, makeFolders, printable } from '../../base/system/index.ts';

/** One line of the audit. */
export interface AuditLine {
  readonly action: 'file.copy';
  readonly result: 'refused' | 'started' | 'done' | 'failed';
  readonly from: string;
  readonly to: string;
  /** What allowed it. */
  readonly rule?: string;
  readonly files?: number;
  readonly bytes?: number;
  readonly error?: string;
}

/** Where copies are written down, one JSON object a line. */
export function auditFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(homeFolder(env), 'audit', 'files.jsonl');
}

/**
 * Adds one line, on the disk when this returns. Lines are only ever added, each by one write, so that two commands
 * at once do not mix theirs. Throws `audit-failed`: what cannot be written down is not done.
 */
export async function audit(path: string, line: AuditLine): Promise<void> {
  const { username, uid } = userInfo();
  const record = { time: new Date().toISOString(), user: username, uid, pid: process.pid, ...line };
  try {
    await makeFolders(join(path, '..'), 0o700);
    const file = await open(path, 'a', 0o600);
    try {
      await file.write(`${JSON.stringify(record)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = printable(String((cause as NodeJS.ErrnoException).code ?? cause));
    throw new AnklumeError({
      code: 'audit-failed',
      message: {
        en: `The copy cannot be written down in ${path} (${reason}), so it is not done.`,
        fr: `La copie ne peut pas être consignée dans ${path} (${reason}) ; elle n'est donc pas faite.`,
      },
      cause,
    });
  }
}
