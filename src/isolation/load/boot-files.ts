import { type FileOwner, type HostFile, markedText, ownerOfText } from '../../base/system/index.ts';
import { bridgesGuard } from '../rules/boot-guard.ts';
import { batchesOf } from './batches.ts';
import { BOOT_TABLE, clearing, membersIn } from './tables.ts';

/** Where the rules of the next boot stand on the host. */
export const BOOT_RULES = '/etc/anklume/nftables/anklume.nft';
/** What stands before them: their bridges closed altogether, also when they cannot be loaded. */
export const BOOT_GUARD = '/etc/anklume/nftables/closed-first.nft';
/** The service that loads both. */
export const BOOT_SERVICE = 'anklume-network.service';
export const BOOT_UNIT = `/etc/systemd/system/${BOOT_SERVICE}`;

/** Where the routes to the firewall machine stand, as lines for `ip -batch`. */
export const BOOT_ROUTES = '/etc/anklume/nftables/steering.batch';
/** The same for `ip -6 -batch`. */
export const BOOT_ROUTES6 = '/etc/anklume/nftables/steering6.batch';
/** The service that adds them. */
export const ROUTES_SERVICE = 'anklume-steering.service';
export const ROUTES_UNIT = `/etc/systemd/system/${ROUTES_SERVICE}`;

/** What the next boot brings back. */
export interface BootRules {
  /** The tables of all infrastructures on this host, and what is closed for all. */
  readonly rules: string;
  /** Lines for `batchesOf`; none where the host itself filters between domains. */
  readonly routes: readonly string[];
}

/** A file as it is to stand on the host. */
export type BootFile = HostFile;

/** The files that load these rules at boot. Each says whose it is, and the hash of its own text. */
export function bootFiles({ rules, routes }: BootRules): BootFile[] {
  const files = [
    // In the same transaction that loads the rules, what stood before them ends.
    { path: BOOT_RULES, text: marked([...clearing([BOOT_TABLE]), rules].join('\n')) },
    { path: BOOT_GUARD, text: marked(bridgesGuard(membersIn(rules, 'bridges'))) },
    { path: BOOT_UNIT, text: marked(UNIT) },
  ];
  if (routes.length === 0) return files;
  const has6 = batchesOf(routes).some(({ family }) => family.length > 0);
  const [fourth, sixth] = routesFiles(routes);
  const unit = { path: ROUTES_UNIT, text: marked(has6 ? STEERING6 : STEERING) };
  return [...files, fourth, ...(has6 ? [sixth] : []), unit];
}

/** The files of routes, that of IPv6 last; without any routes they do nothing. */
export function routesFiles(routes: readonly string[]): [BootFile, BootFile] {
  const text = (isSixth: boolean) => {
    const batches = batchesOf(routes).filter(({ family }) => family.length > 0 === isSixth);
    return marked(batches.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join(''));
  };
  return [
    { path: BOOT_ROUTES, text: text(false) },
    { path: BOOT_ROUTES6, text: text(true) },
  ];
}

const COMMAND = 'network boot';

/** Whose a file is: written by us and unchanged since, written by us and edited, or somebody else's. */
export function ownerOf(text: string): FileOwner {
  return ownerOfText(COMMAND, text);
}

/** A file of ours without its first line, which says whose it is. */
export function unmarked(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

function marked(text: string): string {
  return markedText(COMMAND, 'anklume network boot off', text);
}

/**
 * Before the network and before Incus, so that no machine ever runs without walls. After the host's own
 * nftables service and again with it: its rules begin by emptying the kernel's. The rules end what stands before them;
 * where they cannot be loaded, it stays.
 */
const UNIT = `[Unit]
Description=Walls between the domains of anklume
DefaultDependencies=no
Wants=network-pre.target
After=local-fs.target systemd-modules-load.service nftables.service
Before=network-pre.target incus.service incus-startup.service shutdown.target
Conflicts=shutdown.target
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=nft -f ${BOOT_GUARD}
ExecStart=nft -f ${BOOT_RULES}
ExecReload=nft -f ${BOOT_RULES}
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes

[Install]
WantedBy=sysinit.target
`;

/**
 * After Incus, which makes the bridges that the routes lead over, and before it starts machines: until then, domains
 * are closed to each other. Forced: a bridge that is not there costs its own routes alone.
 */
const STEERING = `[Unit]
Description=Routes between the domains of anklume, through their firewall machine
After=incus.service
Before=incus-startup.service
PartOf=incus.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-ip -force -batch ${BOOT_ROUTES}
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes

[Install]
WantedBy=incus.service
`;

const FORCED = `ExecStart=-ip -force -batch ${BOOT_ROUTES}\n`;
const STEERING6 = STEERING.replace(
  FORCED,
  `${FORCED}ExecStart=-ip -6 -force -batch ${BOOT_ROUTES6}\n`,
);
