import { printable } from '../../../base/system/index.ts';
import type { Instance, WireConfig } from '../../../incus/index.ts';
import { type ProofFinding, typed } from './finding.ts';

type Devices = Readonly<Record<string, WireConfig>>;

/** A declared machine that runs. */
export interface DeclaredRunning {
  readonly machine: string;
  readonly domain: string;
  readonly live: Pick<Instance, 'name' | 'project' | 'expanded_devices'>;
  /** What its profiles and itself declare, the last word counting. */
  readonly declared: readonly Devices[];
  /** Whether it is the admin container, which a command gives folders of the host. */
  readonly administers: boolean;
}

/** What somebody gave to machines by hand that leads from one domain to another, or asks the host for routes. */
export function handMade(running: readonly DeclaredRunning[]): ProofFinding[] {
  return [...running.flatMap(routesOf), ...sharedFolders(running)];
}

const ROUTES = ['ipv4.routes', 'ipv4.routes.external', 'ipv6.routes', 'ipv6.routes.external'];

/** Incus makes a route of the host of each of these: what is sent there goes to the machine. */
function routesOf({ machine, live, declared }: DeclaredRunning): ProofFinding[] {
  return Object.entries(live.expanded_devices).flatMap(([device, keys]) =>
    ROUTES.flatMap((key): ProofFinding[] => {
      const value = keys[key] ?? '';
      const isDeclared = declared.some((devices) => devices[device]?.[key] === value);
      if (keys.type !== 'nic' || value === '' || isDeclared) return [];
      const [name, of, to] = [machine, device, value].map(printable);
      return [
        {
          code: 'nic-routes',
          place: machine,
          text: {
            en: `the NIC ${of} of ${name} has ${key}=${to}, which infra.yml does not say: the host sends there what is for ${to}`,
            fr: `l'interface ${of} de ${name} a ${key}=${to}, ce que ne dit pas infra.yml : l'hôte y envoie ce qui est pour ${to}`,
          },
          remedy: typed(
            `anklume incus -- config device unset ${printable(live.name)} ${of} ${key} --project ${printable(live.project)}`,
          ),
        },
      ];
    }),
  );
}

interface Folder extends Pick<DeclaredRunning, 'machine' | 'domain' | 'live'> {
  readonly device: string;
  readonly source: string;
  readonly declared: boolean;
}

/** Folders of the host that machines of two domains have, one within the other or the same, and not by declaration. */
function sharedFolders(running: readonly DeclaredRunning[]): ProofFinding[] {
  const folders = running.flatMap(({ declared, administers, ...one }) =>
    Object.entries(one.live.expanded_devices).flatMap(([device, { type, source = '', path }]) => {
      if (type !== 'disk' || path === '/' || !source.startsWith('/')) return [];
      const isOurs =
        (administers && device.startsWith('anklume-')) ||
        declared.some((all) => all[device]?.source === source);
      return [{ ...one, device, source: plain(source), declared: isOurs }];
    }),
  );
  return folders.flatMap((folder) => {
    const other = folders.find(
      ({ domain, source }) => domain !== folder.domain && overlap(source, folder.source),
    );
    return folder.declared || !other ? [] : [folderFinding(folder, other)];
  });
}

function plain(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}

function overlap(one: string, other: string): boolean {
  const within = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
  return within(one, other) || within(other, one);
}

function folderFinding({ machine, device, source, live }: Folder, other: Folder): ProofFinding {
  const [name, of, path, second, domain] = [
    ...[machine, device, source, other.machine, other.domain],
  ].map((word) => printable(word));
  return {
    code: 'shared-folder',
    place: machine,
    text: {
      en: `${name} has the folder ${path} of the host (disk device ${of}, made by hand), and so has ${second} of the domain ${domain}`,
      fr: `${name} a le dossier ${path} de l'hôte (périphérique disk ${of}, fait à la main), tout comme ${second} du domaine ${domain}`,
    },
    remedy: typed(
      `anklume incus -- config device remove ${printable(live.name)} ${of} --project ${printable(live.project)}`,
    ),
  };
}
