import { dirname } from 'node:path';
import { AnklumeError, ExitCode } from '../../messages/index.ts';
import { type Host, run } from '../../system/index.ts';
import {
  BOOT_RULES,
  BOOT_SERVICE,
  BOOT_UNIT,
  type BootFile,
  bootFiles,
  ownerOf,
} from './boot-files.ts';

/** Whether the rules come back at boot. `partial`: a file is missing or the service is off. */
export type BootState = 'off' | 'current' | 'stale' | 'partial' | 'foreign';

/** Files that a request to load the rules at boot would write; empty when they stand so already. */
export async function planBoot(rules: string, host: Host): Promise<BootFile[]> {
  await needSystemd(host);
  const missing: BootFile[] = [];
  for (const file of bootFiles(rules)) {
    const present = await readHostFile(host, file.path);
    if (present !== undefined && ownerOf(present) !== 'ours') throw notOurs(file.path);
    if (present !== file.text) missing.push(file);
  }
  return missing;
}

/** Writes the files and switches the service on for the next boot. The rules in force are left alone. */
export async function enableBoot(rules: string, host: Host): Promise<void> {
  for (const file of await planBoot(rules, host)) await writeHostFile(host, file);
  await run([...host.enter, 'systemctl', 'daemon-reload']);
  await run([...host.enter, 'systemctl', 'enable', '--quiet', BOOT_SERVICE]);
}

/** Rewrites the rules of the next boot where they were asked for before. True when it did. */
export async function refreshBoot(rules: string, host: Host): Promise<boolean> {
  const [wanted] = bootFiles(rules);
  const present = await readHostFile(host, BOOT_RULES);
  if (!wanted || present === undefined || present === wanted.text || ownerOf(present) !== 'ours')
    return false;
  await writeHostFile(host, wanted);
  return true;
}

/** Takes away what `enableBoot` wrote. True when there was something. A file that is not ours stays. */
export async function disableBoot(host: Host): Promise<boolean> {
  const present: string[] = [];
  for (const path of [BOOT_UNIT, BOOT_RULES]) {
    const text = await readHostFile(host, path);
    if (text === undefined) continue;
    if (ownerOf(text) !== 'ours') throw notOurs(path);
    present.push(path);
  }
  if (present.includes(BOOT_UNIT))
    await run([...host.enter, 'systemctl', 'disable', '--quiet', BOOT_SERVICE]);
  if (present.length > 0) await run([...host.enter, 'rm', '-f', '--', ...present]);
  if (present.includes(BOOT_UNIT)) await run([...host.enter, 'systemctl', 'daemon-reload']);
  return present.length > 0;
}

/** Whether the next boot loads these rules. */
export async function bootState(rules: string, host: Host): Promise<BootState> {
  const found = await Promise.all(
    bootFiles(rules).map(async ({ path, text }) => ({ text, is: await readHostFile(host, path) })),
  );
  const present = found.filter(({ is }) => is !== undefined);
  if (present.length === 0) return 'off';
  if (present.some(({ is }) => ownerOf(is ?? '') !== 'ours')) return 'foreign';
  if (present.length < found.length || !(await isEnabled(host))) return 'partial';
  return found.every(({ is, text }) => is === text) ? 'current' : 'stale';
}

async function isEnabled(host: Host): Promise<boolean> {
  const words = ['systemctl', 'is-enabled', '--quiet', BOOT_SERVICE];
  const { code } = await run([...host.enter, ...words], { accept: [0, 1, 4] });
  return code === 0;
}

/** Encoded on the way: what runs a program drops the line end at the end of its output. */
async function readHostFile(host: Host, path: string): Promise<string | undefined> {
  const { code } = await run([...host.enter, 'test', '-e', path], { accept: [0, 1] });
  if (code !== 0) return undefined;
  const { stdout } = await run([...host.enter, 'base64', '--wrap=0', '--', path]);
  return Buffer.from(stdout, 'base64').toString('utf8');
}

/** Beside it first, on the disk, then in its place: a reader sees the old text or the new. */
async function writeHostFile(host: Host, { path, text }: BootFile): Promise<void> {
  const fresh = `${path}.new`;
  await run([...host.enter, 'mkdir', '-p', '--', dirname(path)]);
  await run([...host.enter, 'tee', '--', fresh], { input: text });
  await run([...host.enter, 'chmod', '644', '--', fresh]);
  await run([...host.enter, 'sync', '--', fresh]);
  await run([...host.enter, 'mv', '-T', '--', fresh, path]);
}

async function needSystemd(host: Host): Promise<void> {
  const { code } = await run([...host.enter, 'test', '-d', '/run/systemd/system'], {
    accept: [0, 1],
  });
  if (code === 0) return;
  throw new AnklumeError({
    code: 'no-systemd',
    exit: ExitCode.environment,
    message: {
      en: 'Loading the rules at boot is the work of systemd, which does not run on this host.',
      fr: "Le chargement des règles au démarrage est l'affaire de systemd, qui ne tourne pas sur cet hôte.",
    },
    remedy: {
      en: "Let your own boot scripts run 'nft -f' on nftables/anklume.nft of the project.",
      fr: 'Faites exécuter « nft -f » sur nftables/anklume.nft du projet par vos propres scripts de démarrage.',
    },
  });
}

function notOurs(path: string): AnklumeError {
  return new AnklumeError({
    code: 'boot-file-foreign',
    message: {
      en: `${path} was not written by anklume, or was edited since. It was left alone.`,
      fr: `${path} n'a pas été écrit par anklume, ou a été modifié depuis. Il a été laissé tel quel.`,
    },
    remedy: {
      en: 'Move it away, then run the command again.',
      fr: 'Déplacez-le, puis relancez la commande.',
    },
  });
}
