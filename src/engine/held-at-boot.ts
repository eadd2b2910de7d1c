import { declaredKeys, MARK } from './marks.ts';

/** What keeps a machine from starting with its host; in the record of declared keys, so that a later plan lifts it. */
export const HELD = { 'boot.autostart': 'false' } as const;

interface Machine {
  readonly config: Readonly<Record<string, string>>;
  readonly ephemeral: boolean;
}

/** Whether a machine of ours does not start with its host. */
export function isHeld({ config }: Machine): boolean {
  return config[MARK.project] !== undefined && config['boot.autostart'] === 'false';
}

/**
 * The change that holds a machine of ours, of whatever infrastructure, declared by then or not. Undefined where none is
 * needed: held already, not ours, or gone with its host's shutdown.
 */
export function holding({ config, ephemeral }: Machine): Record<string, string> | undefined {
  const isOurs = config[MARK.project] !== undefined || config[MARK.asideOf] !== undefined;
  if (!isOurs || ephemeral || config['boot.autostart'] === 'false') return undefined;
  if (config[MARK.keys] === undefined) return HELD;
  const declared = declaredKeys(config);
  const named = declared.config.filter((key) => !declared.defaults?.includes(key));
  const keys = [...new Set([...named, 'boot.autostart'])].sort();
  return { ...HELD, [MARK.keys]: JSON.stringify({ ...declared, config: keys }) };
}
