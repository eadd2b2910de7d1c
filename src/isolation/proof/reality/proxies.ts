import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { WireConfig } from '../../../incus/index.ts';
import { isOn } from '../../../world/infra/index.ts';
import type { DomainSubject, FlowModel, Subject } from '../../model/flows.ts';
import { PRIVATE_RANGES } from '../../rules/private-ranges.ts';
import { isWithinOne } from './addresses.ts';
import type { Findings, ProofFinding } from './finding.ts';

/** A proxy device: Incus carries connections past the isolation rules. */
export interface ProxyDevice {
  readonly machine: string;
  readonly instance: string;
  readonly project: string;
  readonly domain: string;
  readonly device: string;
  readonly keys: WireConfig;
  /** Whether the wanted world has it so. */
  readonly declared: boolean;
  /** What permits what it opens: a key or a role of its machine, or the command that makes the admin container. */
  readonly permitted?: 'allow' | 'role' | 'admin';
}

/** Each proxy device, and which of them break what the domain says: `internet: false`, `lan: false`, the isolation. */
export function proxyFindings(model: FlowModel, proxies: readonly ProxyDevice[]): Findings {
  const findings: ProofFinding[] = [];
  const notes: ProofFinding[] = [];
  for (const proxy of proxies) {
    const broken = whatBreaks(model, proxy);
    const told = findingOf(proxy, broken);
    if (broken && !proxy.permitted) findings.push(told);
    else notes.push(told);
  }
  return { findings, notes };
}

/** Whether it listens in the machine and connects from the host. */
export function isProxyOut({ bind }: WireConfig): boolean {
  return bind === 'instance' || bind === 'guest';
}

/** What it breaks, in words that follow "and". */
function whatBreaks(model: FlowModel, proxy: ProxyDevice): Text | undefined {
  const domain = model.domains.find(({ name }) => name === proxy.domain);
  if (!domain) return undefined;
  const isInside = isProxyOut(proxy.keys);
  // With `nat` the packets take the way of all others, and the rules see them.
  if (!isInside && isOn(proxy.keys.nat)) return undefined;
  return isInside ? outBreaks(model, domain, proxy) : inBreaks(model, domain, proxy);
}

/** Who listens in the machine and connects from the host: the machine reaches what the host reaches. */
function outBreaks(model: FlowModel, domain: DomainSubject, proxy: ProxyDevice): Text | undefined {
  const end = endOf(proxy.keys.connect);
  if (!end) return UNREADABLE;
  if (end.kind === 'unix') return /(incus|lxd).*unix\.socket$/.test(end.path) ? DAEMON : undefined;
  const other = model.domains.find(
    ({ name, subnet, ipv6 }) =>
      name !== domain.name && isWithinOne(end.address, [subnet, ...(ipv6 ? [ipv6.subnet] : [])]),
  );
  if (other) return isOpened(model, proxy, other, end) ? undefined : crosses(other.name);
  if (isWithinOne(end.address, [domain.subnet, ...OWN_HOST]))
    return proxy.declared || isOpenedHost(model, proxy, end) ? undefined : HOST_CLOSED;
  if (!mayGo(model, domain, 'internet')) return NO_INTERNET;
  // Over IPv6 hosts of the local network have addresses like any.
  const isLocal = end.address.includes(':') || isWithinOne(end.address, PRIVATE_RANGES);
  return isLocal && !mayGo(model, domain, 'lan') ? NO_LAN : undefined;
}

/** Who listens on the host and connects to the machine. */
function inBreaks(model: FlowModel, domain: DomainSubject, proxy: ProxyDevice): Text | undefined {
  const end = endOf(proxy.keys.listen);
  if (!end) return UNREADABLE;
  if (end.kind === 'unix' || isWithinOne(end.address, ['127.0.0.0/8', '::1/128'])) return undefined;
  const guest = model.flows.find(
    ({ from, to, ports, reason }) =>
      reason.kind === 'policy' &&
      to.kind === 'host' &&
      domainOf(from) !== domain.name &&
      (ports === 'all' || ports.some((port) => end.ports.includes(port))),
  );
  if (guest) return crosses(domainOf(guest.from) ?? '');
  return mayGo(model, domain, 'internet') ? undefined : NO_INTERNET;
}

const OWN_HOST = ['127.0.0.0/8', '0.0.0.0/32', '::1/128', '::/128'];

interface Address {
  readonly kind: 'address';
  readonly protocol: string;
  readonly address: string;
  readonly ports: readonly number[];
}

/** `tcp:10.0.0.1:80-90,100`, `udp:[::]:53` or `unix:/path`; undefined for what is none. */
function endOf(
  untrusted: string | undefined,
): Address | { readonly kind: 'unix'; readonly path: string } | undefined {
  const [, kind, rest = ''] = /^(tcp|udp|unix):(.+)$/.exec(untrusted ?? '') ?? [];
  if (kind === 'unix') return { kind, path: rest };
  const [, six, four, list = ''] = /^(?:\[([^\]]+)\]|([^:]+)):([\d,-]+)$/.exec(rest) ?? [];
  const address = six ?? four;
  if (kind === undefined || address === undefined) return undefined;
  return { kind: 'address', protocol: kind, address, ports: portsOf(list) };
}

function portsOf(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    const count = Math.min(Math.max(last - first + 1, 0), 65536);
    return Array.from({ length: count }, (_, index) => first + index);
  });
}

/** Whether a policy opens the same way. */
function isOpened(
  model: FlowModel,
  proxy: ProxyDevice,
  other: DomainSubject,
  end: Address,
): boolean {
  return model.flows.some(({ from, to, protocol, ports, reason }) => {
    if (reason.kind !== 'policy') return false;
    const isFrom =
      from.kind === 'machine' ? from.name === proxy.machine : isDomain(from, proxy.domain);
    const isTo = to.kind === 'machine' ? to.ip === end.address : isDomain(to, other.name);
    const isService = protocol === 'any' || protocol === end.protocol;
    const isPorts = ports === 'all' || end.ports.every((port) => ports.includes(port));
    return isFrom && isTo && isService && isPorts;
  });
}

/** Whether a policy opens the host's port to the machine; to a machine of its own domain everything is open. */
function isOpenedHost(model: FlowModel, proxy: ProxyDevice, end: Address): boolean {
  if (model.machines.some(({ ip }) => ip === end.address)) return true;
  return model.flows.some(
    ({ from, to, ports, reason }) =>
      reason.kind === 'policy' &&
      to.kind === 'host' &&
      (from.kind === 'machine' ? from.name === proxy.machine : isDomain(from, proxy.domain)) &&
      (ports === 'all' || end.ports.every((port) => ports.includes(port))),
  );
}

function isDomain(subject: Subject, name: string): boolean {
  return subject.kind === 'domain' && subject.name === name;
}

function domainOf(subject: Subject): string | undefined {
  if (subject.kind === 'machine') return subject.domain;
  return subject.kind === 'domain' ? subject.name : undefined;
}

function mayGo({ flows }: FlowModel, { name }: DomainSubject, where: 'internet' | 'lan'): boolean {
  return flows.some(({ from, to }) => to.kind === where && isDomain(from, name));
}

function crosses(domain: string): Text {
  const name = printable(domain);
  return {
    en: `it joins two domains although no policy does (the other is ${name})`,
    fr: `il joint deux domaines, ce qu'aucune politique ne fait (l'autre est ${name})`,
  };
}

const NO_INTERNET: Text = {
  en: 'its domain says internet: false',
  fr: 'son domaine dit internet: false',
};
const NO_LAN: Text = { en: 'its domain says lan: false', fr: 'son domaine dit lan: false' };
const HOST_CLOSED: Text = {
  en: 'the host is closed to its domain',
  fr: "l'hôte est fermé à son domaine",
};
const DAEMON: Text = {
  en: 'whoever has that socket controls the host',
  fr: "qui a ce socket commande l'hôte",
};
const UNREADABLE: Text = {
  en: 'it is not known where it leads',
  fr: 'on ne sait pas où il mène',
};

function findingOf(proxy: ProxyDevice, broken: Text | undefined): ProofFinding {
  const { machine, device, keys, declared, permitted } = proxy;
  const [name, of] = [printable(machine), printable(device)];
  const way = `${printable(keys.listen ?? '?')} -> ${printable(keys.connect ?? '?')}`;
  const side = isProxyOut(keys) ? 'out' : 'in';
  const head = {
    in: {
      en: `a proxy device ${of} leads into ${name} (${way})`,
      fr: `un périphérique proxy ${of} mène dans ${name} (${way})`,
    },
    out: {
      en: `a proxy device ${of} leads out of ${name} (${way})`,
      fr: `un périphérique proxy ${of} mène hors de ${name} (${way})`,
    },
  }[side];
  const hand =
    declared || permitted === 'admin'
      ? { en: '', fr: '' }
      : { en: ', made by hand', fr: ', fait à la main' };
  const by = permitted && broken ? PERMITTED[permitted] : { en: '', fr: '' };
  return {
    code: 'proxy',
    place: machine,
    text: {
      en: `${head.en}${hand.en}${broken ? `, and ${broken.en}` : ''}${by.en}`,
      fr: `${head.fr}${hand.fr}${broken ? `, alors que ${broken.fr}` : ''}${by.fr}`,
    },
    remedy: remedyOf(proxy),
  };
}

function remedyOf({ instance, project, device, declared, permitted }: ProxyDevice): Text {
  if (permitted === 'admin')
    return {
      en: "'anklume host admin off' removes it.",
      fr: '« anklume host admin off » le retire.',
    };
  const of = printable(device);
  if (declared)
    return {
      en: `Take ${of} out of infra.yml, and run 'anklume up'.`,
      fr: `Retirez ${of} de infra.yml, et lancez « anklume up ».`,
    };
  const command = `anklume incus -- config device remove ${printable(instance)} ${of} --project ${printable(project)}`;
  return { en: command, fr: command };
}

const PERMITTED: Readonly<Record<'allow' | 'role' | 'admin', Text>> = {
  allow: { en: ", as its key 'allow' permits", fr: ', comme le permet sa clé « allow »' },
  role: {
    en: ', as its role admin_bootstrap needs it',
    fr: ', comme son rôle admin_bootstrap le demande',
  },
  admin: {
    en: ": it is the admin container, by 'anklume host admin on'",
    fr: " : c'est le conteneur d'administration, par « anklume host admin on »",
  },
};
