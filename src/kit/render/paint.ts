import { createColors } from 'picocolors';

/** Colours by meaning; every member returns its text unchanged where colour is off. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly accent: (text: string) => string;
  /** By trust level, as people of compartments expect it: red is what one must not trust. */
  readonly trust: (level: string | undefined, text: string) => string;
}

/** The colours for a stream, or plain text when `enabled` is false. */
export function makePaint(enabled: boolean): Paint {
  const c = createColors(enabled);
  const levels: Readonly<Record<string, (text: string) => string>> = {
    admin: c.blue,
    trusted: c.green,
    'semi-trusted': c.yellow,
    untrusted: c.red,
    disposable: c.magenta,
  };
  return {
    good: c.green,
    bad: c.red,
    warn: c.yellow,
    dim: c.dim,
    strong: c.bold,
    accent: c.cyan,
    trust: (level, text) => (level === undefined ? text : (levels[level]?.(text) ?? text)),
  };
}

/** NO_COLOR and `--no-color` win, FORCE_COLOR comes next, then whether it is a terminal that has colours. */
export function wantsColor(
  env: NodeJS.ProcessEnv,
  isTerminal: boolean | undefined,
  noColor: boolean,
): boolean {
  if (noColor || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal === true && env.TERM !== 'dumb';
}
