import { type Owner, seesOwner } from './idmap.ts';

/** Where the admin container finds the daemon: on its disk, so that no boot hides it. */
export const SOCKET = '/var/lib/incus/unix.socket';
/** Home of whoever commands are run as inside. */
export const HOME = '/var/lib/anklume';
/** On the instance: the project folder that it administers, and where history and program stand inside. */
export const MARK = {
  root: 'user.anklume.admin',
  history: 'user.anklume.admin.history',
  product: 'user.anklume.admin.product',
} as const;

/** Folders that a boot of the machine covers, or that are not its to give. */
const COVERED =
  /^\/(dev|proc|run|sys|tmp|var\/tmp|etc|usr|bin|sbin|lib|lib64|boot|var\/lib\/(incus|anklume))?(\/|$)/;

export interface Setting {
  /** The project folder on the host. */
  readonly root: string;
  /** Whose folder it is. */
  readonly owner: Owner;
  /** Where this program is installed. */
  readonly product: string;
  /** Where this program keeps the owner's history on the host. */
  readonly history: string;
  /** The daemon's socket on the host. */
  readonly socket: string;
}

type Device = Readonly<Record<string, string>>;

/** False for a folder that cannot have the same path inside. */
export function canBeShared(folder: string): boolean {
  return !COVERED.test(folder) && !/\p{Cc}/u.test(folder);
}

/** Where this program stands inside: where it does outside, or in a place of its own where a boot would cover that. */
export function productInside({ root, product }: Pick<Setting, 'root' | 'product'>): string {
  return isWithin(product, root) || canBeShared(product) ? product : '/opt/anklume';
}

/** The same for the history, so that what is told of it names places of the host. */
export function historyInside({ root, history }: Pick<Setting, 'root' | 'history'>): string {
  return isWithin(history, root) || canBeShared(history) ? history : `${HOME}/.anklume`;
}

/** The socket inside, for its owner alone. Incus binds it anew at every start of the machine. */
export function socketDevice({ owner, socket }: Pick<Setting, 'owner' | 'socket'>): Device {
  return {
    type: 'proxy',
    listen: `unix:${SOCKET}`,
    connect: `unix:${socket}`,
    bind: 'instance',
    mode: '0600',
    uid: String(owner.uid),
    gid: String(owner.gid),
  };
}

/** Whether a device of a machine with this config is the socket that the command for it wrote, and as it wrote it. */
export function isAdminSocket(
  config: Readonly<Record<string, string>>,
  name: string,
  device: Device | undefined,
): boolean {
  if (!config[MARK.root] || name !== SOCKET_DEVICE || device === undefined) return false;
  const { uid, gid, connect = '' } = device;
  const owner = { uid: Number(uid), gid: Number(gid) };
  const written = socketDevice({ owner, socket: connect.replace(/^unix:/, '') });
  const keys = new Set([...Object.keys(written), ...Object.keys(device)]);
  return [...keys].every((key) => written[key] === device[key]);
}

export const SOCKET_DEVICE = 'anklume-socket';

/** What the instance says of itself from then on. Whoever delegates may have another home, or another installation. */
export function adminMarks(setting: Setting): Record<string, string> {
  return {
    [MARK.root]: setting.root,
    [MARK.history]: historyInside(setting),
    [MARK.product]: productInside(setting),
  };
}

/** The devices of the admin container, by name, for a machine with this config. */
export function adminDevices(
  setting: Setting,
  config: Readonly<Record<string, string>>,
): Record<string, Device> {
  const { root, owner, product, history } = setting;
  const shift = !seesOwner(config, owner);
  const mount = (source: string, path: string, readonly = false) => ({
    type: 'disk',
    source,
    path,
    ...(readonly && { readonly: 'true' }),
    ...(shift && { shift: 'true' }),
  });
  return {
    [SOCKET_DEVICE]: socketDevice(setting),
    'anklume-project': mount(root, root),
    ...(!isWithin(history, root) && {
      'anklume-history': mount(history, historyInside(setting)),
    }),
    ...(!isWithin(product, root) && {
      'anklume-product': mount(product, productInside(setting), true),
    }),
  };
}

export const DEVICES = [
  SOCKET_DEVICE,
  'anklume-project',
  'anklume-history',
  'anklume-product',
] as const;

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
