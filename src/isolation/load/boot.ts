import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import {
  foreignFile,
  type Host,
  readHostFile,
  run,
  runsSystemd,
  writeHostFile,
} from '../../base/system/index.ts';
import {
  BOOT_GUARD,
  BOOT_ROUTES,
  BOOT_ROUTES6,
  BOOT_RULES,
  BOOT_SERVICE,
  BOOT_UNIT,
  type BootFile,
  type BootRules,
  bootFiles,
  ownerOf,
  ROUTES_SERVICE,
  ROUTES_UNIT,
  routesFiles,
  unmarked,
} from './boot-files.ts';

/** Whether the rules come back at boot. `partial`: a file is missing or a service is off. */
export type BootState = 'off' | 'current' | 'stale' | 'partial' | 'foreign';

/** The units that may be ours, with their services. */
const UNITS = [
  [BOOT_UNIT, BOOT_SERVICE],
  [ROUTES_UNIT, ROUTES_SERVICE],
] as const;

/** Files that a request to load the rules at boot would write; empty when they stand so already. */
export async function planBoot(wanted: BootRules, host: Host): Promise<BootFile[]> {
  await needSystemd(host);
  const missing: BootFile[] = [];
  for (const file of bootFiles(wanted)) {
    const present = await readHostFile(host, file.path);
    if (present !== undefined && ownerOf(present) !== 'ours')
      throw foreignFile('boot-file-foreign', file.path);
    if (present !== file.text) missing.push(file);
  }
  return missing;
}

/** Writes the files and switches the services on for the next boot. What is in force is left alone. */
export async function enableBoot(wanted: BootRules, host: Host): Promise<void> {
  for (const file of await planBoot(wanted, host)) await writeHostFile(host, file);
  await run([...host.enter, 'systemctl', 'daemon-reload']);
  await run([...host.enter, 'systemctl', 'enable', '--quiet', ...servicesOf(wanted)]);
}

/**
 * Rewrites what the next boot reads, where that was asked for before, and the unit of an earlier version with it. True
 * when it did. What stands before the rules is written before the unit that loads it.
 */
export async function refreshBoot({ rules, routes }: BootRules, host: Host): Promise<boolean> {
  const present = new Map<string, string>();
  const files = [...bootFiles({ rules, routes }), ...routesFiles(routes)];
  for (const { path } of files) {
    const text = await readHostFile(host, path);
    if (text !== undefined) present.set(path, text);
  }
  const asked = isOurs(present.get(BOOT_UNIT)) && isOurs(present.get(BOOT_RULES));
  const stale = files.filter(({ path, text }, at) => {
    if (files.findIndex((one) => one.path === path) !== at) return false;
    const is = present.get(path);
    if (is === undefined) return asked && path === BOOT_GUARD;
    return is !== text && isOurs(is) && (path !== BOOT_UNIT || asked);
  });
  for (const file of stale) await writeHostFile(host, file);
  if (stale.some(({ path }) => path === BOOT_UNIT || path === ROUTES_UNIT))
    await run([...host.enter, 'systemctl', 'daemon-reload']);
  return stale.length > 0;
}

/** The rules that the next boot loads, as they were written; empty where there are none, or they are not ours. */
export async function readBootRules(host: Host): Promise<string> {
  const text = await readHostFile(host, BOOT_RULES);
  return text !== undefined && isOurs(text) ? unmarked(text) : '';
}

/** The routes that the next boot adds, as lines for `batchesOf`. */
export async function readBootRoutes(host: Host): Promise<string[]> {
  const texts = await Promise.all(
    [BOOT_ROUTES, BOOT_ROUTES6].map(async (path) => (await readHostFile(host, path)) ?? ''),
  );
  const [fourth = [], sixth = []] = texts.map((text) =>
    isOurs(text) ? unmarked(text).split('\n').filter(Boolean) : [],
  );
  return [...fourth, ...sixth.map((line) => `-6 ${line}`)];
}

/** Whether the rules are loaded before Incus at the next boot: only then may it start machines by itself. */
export async function isBootGuarded(host: Host): Promise<boolean> {
  for (const path of [BOOT_UNIT, BOOT_RULES])
    if (!isOurs(await readHostFile(host, path))) return false;
  return isEnabled(host, BOOT_SERVICE);
}

function isOurs(text: string | undefined): boolean {
  return text !== undefined && ownerOf(text) === 'ours';
}

/** Takes away what `enableBoot` wrote. True when there was something. A file that is not ours stays. */
export async function disableBoot(host: Host): Promise<boolean> {
  const present: string[] = [];
  for (const path of [
    ...[BOOT_UNIT, ROUTES_UNIT, BOOT_RULES, BOOT_GUARD],
    ...[BOOT_ROUTES, BOOT_ROUTES6],
  ]) {
    const text = await readHostFile(host, path);
    if (text === undefined) continue;
    if (ownerOf(text) !== 'ours') throw foreignFile('boot-file-foreign', path);
    present.push(path);
  }
  const services = UNITS.flatMap(([unit, service]) => (present.includes(unit) ? [service] : []));
  if (services.length > 0)
    await run([...host.enter, 'systemctl', 'disable', '--quiet', ...services]);
  if (present.length > 0) await run([...host.enter, 'rm', '-f', '--', ...present]);
  if (services.length > 0) await run([...host.enter, 'systemctl', 'daemon-reload']);
  return present.length > 0;
}

/** Whether the next boot loads these rules and adds these routes. */
export async function bootState(wanted: BootRules, host: Host): Promise<BootState> {
  const files = bootFiles(wanted);
  // Routes of an earlier mode must not come back.
  const left: BootFile[] = [];
  for (const file of routesFiles([])) {
    if (files.some(({ path }) => path === file.path)) continue;
    if ((await readHostFile(host, file.path)) !== undefined) left.push(file);
  }
  const found = await Promise.all(
    [...files, ...left].map(async ({ path, text }) => ({
      text,
      is: await readHostFile(host, path),
    })),
  );
  const present = found.filter(({ is }) => is !== undefined);
  if (present.length === 0) return 'off';
  if (present.some(({ is }) => ownerOf(is ?? '') !== 'ours')) return 'foreign';
  if (present.length < found.length) return 'partial';
  for (const service of servicesOf(wanted)) if (!(await isEnabled(host, service))) return 'partial';
  return found.every(({ is, text }) => is === text) ? 'current' : 'stale';
}

function servicesOf({ routes }: BootRules): string[] {
  return routes.length === 0 ? [BOOT_SERVICE] : [BOOT_SERVICE, ROUTES_SERVICE];
}

async function isEnabled(host: Host, service: string): Promise<boolean> {
  const words = ['systemctl', 'is-enabled', '--quiet', service];
  const { code } = await run([...host.enter, ...words], { accept: [0, 1, 4] });
  return code === 0;
}

async function needSystemd(host: Host): Promise<void> {
  if (await runsSystemd(host)) return;
  throw new AnklumeError({
    code: 'no-systemd',
    exit: ExitCode.environment,
    message: {
      en: 'systemd loads the rules at boot, and it does not run on this host.',
      fr: "C'est systemd qui charge les règles au démarrage, et il ne tourne pas sur cet hôte.",
    },
    remedy: {
      en: "Let your own boot scripts run 'nft -f' on nftables/anklume.nft of the project.",
      fr: 'Faites exécuter « nft -f » sur nftables/anklume.nft du projet par vos propres scripts de démarrage.',
    },
  });
}
