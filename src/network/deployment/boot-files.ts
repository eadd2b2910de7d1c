import { createHash } from 'node:crypto';

/** Where the rules of the next boot stand on the host. */
export const BOOT_RULES = '/etc/anklume/nftables/anklume.nft';
/** The service that loads them. */
export const BOOT_SERVICE = 'anklume-network.service';
export const BOOT_UNIT = `/etc/systemd/system/${BOOT_SERVICE}`;

/** A file as it is to stand on the host. */
export interface BootFile {
  readonly path: string;
  readonly text: string;
}

/** The two files that load these rules at boot. Each says whose it is, and the hash of its own text. */
export function bootFiles(rules: string): BootFile[] {
  return [
    { path: BOOT_RULES, text: marked(rules) },
    { path: BOOT_UNIT, text: marked(UNIT) },
  ];
}

/** Whose a file is: written by us and unchanged since, written by us and edited, or somebody else's. */
export function ownerOf(text: string): 'ours' | 'edited' | 'foreign' {
  const [mark = '', ...rest] = text.split('\n');
  const hash = /^# anklume network boot ([0-9a-f]{64})\b/.exec(mark)?.[1];
  if (hash === undefined) return 'foreign';
  return hash === hashOf(rest.join('\n')) ? 'ours' : 'edited';
}

function marked(text: string): string {
  return `# anklume network boot ${hashOf(text)}: 'anklume network boot off' removes this file\n${text}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Before the network and before Incus, so that no machine ever runs without walls. After the host's own
 * nftables service and again with it: its rules begin by emptying the kernel's.
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
ExecStart=nft -f ${BOOT_RULES}
ExecReload=nft -f ${BOOT_RULES}
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes

[Install]
WantedBy=sysinit.target
`;
