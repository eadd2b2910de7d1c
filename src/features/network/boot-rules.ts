import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import {
  arrangeRules,
  type BootParts,
  type BootRules,
  bootState,
  bootText,
  type Declared,
  disableBoot,
  type Listed,
  loadedTables,
  markedWorld,
  otherBridgesIn,
  ownerChainIn,
  ownerName,
  readBootRoutes,
  readBootRules,
  refreshBoot,
} from '../../isolation/index.ts';
import { changesTo, legsOfText, NO_STEERING, steeringFor } from '../../isolation/vm/index.ts';
import { keepSandboxRules } from '../../sandbox/index.ts';
import type { Daemon } from '../../site/index.ts';
import { aroundOf, declaredBy, hostOf } from '../../site/index.ts';
import { type Desired, MARK } from '../../world/tree/index.ts';

/** A text of rules, found good, and what its tree declares where it was made from one here. */
export interface OwnRules {
  readonly text: string;
  readonly declared?: Declared | undefined;
}

/** What the next boot is to load with this text: the rules of other infrastructures stay as they are. */
export async function bootRulesOf(
  { text, declared }: OwnRules,
  daemon: Daemon,
): Promise<BootRules> {
  const host = hostOf(daemon);
  const around = await aroundOf(daemon, declared);
  const arranged = await arrangeRules(text, host, around);
  const names = arranged.others.map(({ name }) => name);
  const rules = await composed(host, names, {
    own: { table: arranged.table, text: arranged.own },
    projectName: ownerName(ownerChainIn(text) ?? ''),
    marked: around.marked,
    declared,
  });
  return { rules, routes: await routesBeside(text, rules, arranged.table, host) };
}

/** The rules of the next boot from those of one infrastructure, what is written already, and what others have loaded. */
async function composed(
  host: Host,
  names: readonly string[],
  parts: Omit<BootParts, 'present' | 'loaded'>,
): Promise<string> {
  const present = await readBootRules(host);
  const loaded = new Map<string, string>();
  for (const name of names) {
    const listed = await loadedTables(host, [name]);
    if (listed !== undefined) loaded.set(name, `${listed}\n`);
  }
  return bootText({ ...parts, present, loaded });
}

async function routesBeside(
  text: string,
  rules: string,
  own: string | undefined,
  host: Host,
): Promise<string[]> {
  const others = otherBridgesIn(rules, own);
  const kept = (await readBootRoutes(host)).filter((line) =>
    others.has(/ (?:iif|dev) (\S+)/.exec(line)?.[1] ?? ''),
  );
  return [...changesTo(steeringFor(legsOfText(text)), NO_STEERING), ...kept];
}

/** Renews the rules of the next boot where somebody asked for them once, and those of a sandbox for its next start. */
export async function renewBoot(own: OwnRules, daemon: Daemon, emit: Emit): Promise<void> {
  if (daemon.sandbox !== undefined) return keepRules(daemon, {});
  const host = hostOf(daemon);
  if ((await readBootRules(host)) === '') return;
  const wanted = await bootRulesOf(own, daemon);
  if (!(await refreshBoot(wanted, host))) return;
  if (wanted.routes.length > 0 && (await bootState(wanted, host)) === 'partial')
    emit({ type: 'note', level: 'warning', ...routesNotAtBoot });
  emit({
    type: 'note',
    level: 'info',
    code: 'boot-renewed',
    text: {
      en: 'The boot rules were updated too.',
      fr: 'Les règles chargées au démarrage ont été mises à jour aussi.',
    },
  });
}

/** What changed beside the rules of an infrastructure. */
export interface Change {
  readonly projectName?: string;
  readonly declared?: Declared;
  /** Networks that are about to be made. */
  readonly coming?: Listed['networks'];
  /** True: the infrastructure has no rules any more. */
  readonly removed?: boolean;
}

/**
 * Keeps for the next boot, or the next start of a sandbox, what is closed by now: machines run again then, and nobody
 * deploys. The rules of infrastructures stay as they were written.
 */
export async function keepRules(
  daemon: Daemon,
  { projectName = '', declared, coming = [], removed = false }: Change,
): Promise<void> {
  const { host, incus } = daemon;
  if (!host) return;
  if (daemon.sandbox !== undefined) return keepSandboxRules(daemon.sandbox, host);
  const present = await readBootRules(host);
  if (present === '') return;
  const [networks, instances] = await Promise.all([incus.networks.list(), incus.instances.list()]);
  const isNew = ({ name }: { readonly name: string }) => !networks.some((one) => one.name === name);
  const rules = bootText({
    ...(!removed && { own: 'as-written' }),
    projectName,
    present,
    loaded: new Map(),
    marked: markedWorld({ networks: [...networks, ...coming.filter(isNew)], instances }),
    declared,
  });
  if (rules === '') {
    await disableBoot(host);
    return;
  }
  await refreshBoot({ rules, routes: await keptRoutes(rules, host) }, host);
}

/**
 * Closes, in the rules of the next boot, what is about to be made and is in none of them until it is deployed. Who may
 * use the daemon and is not root is told who can.
 */
export async function keepComing(desired: Desired, daemon: Daemon, emit: Emit): Promise<void> {
  if (daemon.sandbox !== undefined) return;
  const { projectName, domains } = desired;
  const coming = domains.map(({ name, network }) => ({
    name: network.name,
    type: 'bridge',
    managed: true,
    config: {
      'ipv4.address': `${network.gateway}/24`,
      [MARK.project]: projectName,
      [MARK.domain]: name,
    },
  }));
  try {
    await keepRules(daemon, { projectName, declared: declaredBy(desired), coming });
  } catch (error) {
    if (!(error instanceof AnklumeError) || process.getuid?.() === 0) throw error;
    emit({ type: 'note', level: 'warning', ...notClosedAtBoot });
  }
}

/** Routes over bridges that are still in somebody's rules. */
async function keptRoutes(rules: string, host: Host): Promise<string[]> {
  return routesBeside('', rules, undefined, host);
}

const notClosedAtBoot = {
  code: 'not-closed-at-boot',
  text: {
    en: 'After a reboot of this host the new networks are open until the isolation rules are loaded: only root can write what is loaded before Incus.',
    fr: "Après un redémarrage de cet hôte, les nouveaux réseaux restent ouverts jusqu'au chargement des règles d'isolation : seul root peut écrire ce qui est chargé avant Incus.",
  },
  remedy: {
    en: "Run 'sudo anklume network deploy'.",
    fr: 'Lancez « sudo anklume network deploy ».',
  },
};

const routesNotAtBoot = {
  code: 'boot-without-steering',
  text: {
    en: 'After a reboot of this host domains would not reach each other: the routes to the firewall machine are not part of what it loads at boot.',
    fr: "Après un redémarrage de cet hôte, les domaines ne se joindraient pas : les routes vers la machine pare-feu ne font pas partie de ce qu'il charge au démarrage.",
  },
  remedy: { en: "Run 'anklume network boot on'.", fr: 'Lancez « anklume network boot on ».' },
};
