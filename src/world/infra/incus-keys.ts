/** What Incus takes the value of a key for. Of what is not known here only the very same text means the same. */
export type KeyKind = 'flag' | 'number' | 'size' | 'list' | 'text';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Of instances, profiles, volumes, networks and projects; no key means one thing here and another there. */
const CONFIG: Readonly<Record<Exclude<KeyKind, 'text'>, readonly string[]>> = {
  flag: words(`
    boot.autorestart boot.autostart agent.nic_config limits.memory.hugepages limits.memory.swap migration.stateful
    migration.incremental.memory nvidia.runtime security.agent.metrics security.csm security.guestapi
    security.guestapi.images security.idmap.isolated security.iommu security.nesting security.privileged
    security.protection.delete security.protection.shift security.protection.start security.secureboot
    security.sev security.sev.policy.es security.shifted security.unmapped
    security.syscalls.deny_compat security.syscalls.deny_default security.syscalls.intercept.bpf
    security.syscalls.intercept.bpf.devices security.syscalls.intercept.mknod security.syscalls.intercept.mount
    security.syscalls.intercept.mount.shift security.syscalls.intercept.sched_setscheduler
    security.syscalls.intercept.setxattr security.syscalls.intercept.sysinfo snapshots.schedule.stopped
    bridge.multicast_snooping ipv4.dhcp ipv4.firewall ipv4.nat ipv4.routing ipv6.dhcp ipv6.dhcp.stateful
    ipv6.firewall ipv6.nat ipv6.ra ipv6.routing security.acls.default.egress.logged
    security.acls.default.ingress.logged features.images features.networks features.networks.zones
    features.profiles features.storage.buckets features.storage.volumes restricted`),
  number: words(`
    boot.autostart.delay boot.autostart.priority boot.host_shutdown_timeout boot.stop.priority limits.cpu.priority
    limits.disk.priority limits.memory.oom_priority limits.memory.swap.priority limits.processes
    migration.incremental.memory.goal migration.incremental.memory.iterations oci.gid oci.uid security.idmap.base
    security.idmap.size initial.gid initial.uid bridge.mtu`),
  size: words('limits.memory size'),
  list: words('security.acls ipv4.routes ipv6.routes ipv4.dhcp.ranges ipv6.dhcp.ranges'),
};

const DEVICE: typeof CONFIG = {
  flag: words(`
    attached connected dependent gvrp nat optional proxy_protocol readonly recursive required
    security.acls.default.egress.logged security.acls.default.ingress.logged security.ipv4_filtering
    security.ipv6_filtering security.mac_filtering security.port_isolation security.promiscuous security.trusted
    shift`),
  number: words(`
    boot.priority gid ipv4.host_table ipv6.host_table limits.priority mtu queue.tx.length security.gid security.uid
    uid vlan`),
  size: words('size size.state'),
  list: words('ipv4.routes ipv4.routes.external ipv6.routes ipv6.routes.external security.acls'),
};

function byKey(table: typeof CONFIG): ReadonlyMap<string, KeyKind> {
  const kinds = ['flag', 'number', 'size', 'list'] as const;
  return new Map(kinds.flatMap((kind) => table[kind].map((key) => [key, kind] as const)));
}

const KINDS = { config: byKey(CONFIG), device: byKey(DEVICE) };

/** The kind of a key, of the configuration of an object or of one of its devices. */
export function keyKind(of: keyof typeof KINDS, key: string): KeyKind {
  if (of === 'config' && key.startsWith('limits.hugepages.')) return 'size';
  return KINDS[of].get(key) ?? 'text';
}
