import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Incus } from '../../incus/index.ts';
import type { Disposable } from './tag.ts';

/** The folder of a machine that gets the file. */
const FOLDER = '/disposable';

/** A pipe that nobody writes to is not waited for. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** A file of this host that was opened: what is read later is what was looked at, whatever becomes of the name. */
export interface OpenedFile extends AsyncDisposable {
  /** Where it will be in the machine. */
  readonly target: string;
  copyInto(incus: Incus, machine: Disposable): Promise<void>;
}

/** Opens a file to be copied. Throws `no-such-file` (exit 2) for what is none or may not be read. */
export async function openFile(path: string): Promise<OpenedFile> {
  const shown = printable(path);
  const file = await open(path, READ).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EACCES' ? unreadable(shown) : missing(shown);
  });
  const facts = await file.stat();
  if (!facts.isFile()) {
    await file.close();
    throw missing(shown);
  }
  const target = `${FOLDER}/${basename(path).replace(/[\u0000-\u001f\u007f]/g, '_')}`;
  return {
    target,
    async copyInto(incus, { name, project }) {
      await incus.instances.makeFolder(name, FOLDER, { project, mode: 0o755 });
      const content = {
        open: () => file.createReadStream({ start: 0, end: Math.max(0, facts.size - 1) }),
        length: facts.size,
      };
      const bytes = facts.size === 0 ? '' : content;
      await incus.instances.writeFile(name, target, bytes, { project, mode: 0o644 });
    },
    [Symbol.asyncDispose]: () => file.close().catch(() => undefined),
  };
}

/**
 * What shows a file to whoever asks for no other program. On a terminal, page by page where the image can, and never
 * the file's own control characters, which could do things to it; into a pipe or a file, the bytes as they are.
 */
export function viewer(onTerminal: boolean): readonly string[] {
  if (!onTerminal) return ['cat', '--'];
  const paged = 'if [ -t 1 ] && command -v less >/dev/null; then exec less -- "$1"; fi';
  return ['sh', '-c', `${paged}; exec cat -v -- "$1"`, 'sh'];
}

function missing(path: string): AnklumeError {
  const message: Text = {
    en: `${path} is not a file that can be copied.`,
    fr: `${path} n'est pas un fichier que l'on puisse copier.`,
  };
  return new AnklumeError({
    code: 'no-such-file',
    exit: ExitCode.usage,
    message,
    remedy: {
      en: 'One file at a time; put a folder into an archive first.',
      fr: "Un fichier à la fois ; mettez d'abord un dossier dans une archive.",
    },
  });
}

function unreadable(path: string): AnklumeError {
  return new AnklumeError({
    code: 'no-such-file',
    exit: ExitCode.usage,
    message: { en: `${path} may not be read.`, fr: `${path} ne peut pas être lu.` },
  });
}
