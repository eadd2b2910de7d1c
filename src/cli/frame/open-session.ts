import { resolve } from 'node:path';
import type { Language } from '../../messages/index.ts';
import { jsonListener } from '../progress/json.ts';
import { deaf, type Listener } from '../progress/listener.ts';
import { plainListener } from '../progress/plain.ts';
import { makePaint, wantsColor } from '../render/paint.ts';
import type { CommonFlags, Session, Terminal } from './session.ts';
import { typeset } from './typography.ts';

interface Surroundings {
  readonly language: Language;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly version: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly endsWithInterrupt: () => void;
}

/** A session from the shared flags; the live view is loaded only where there is a terminal to draw on. */
export async function openSession(
  common: CommonFlags,
  around: Surroundings,
): Promise<{ session: Session; listener: Listener }> {
  const { terminal, language, env } = around;
  const t: Session['t'] = (text) => typeset(text, language);
  const onStderr = makePaint(wantsColor(env, terminal.stderr.isTTY, common.noColor));
  const listener = await chooseListener(common, around, onStderr, t);
  const session: Session = {
    ...around,
    cwd: resolve(around.cwd, common.directory ?? '.'),
    common,
    t,
    emit: listener.emit,
    paint: makePaint(wantsColor(env, terminal.stdout.isTTY, common.noColor)),
    // A pipe has no edge to fit into.
    width: terminal.stdout.columns ?? Number.POSITIVE_INFINITY,
    settle: listener.close,
    result(json, human) {
      listener.close();
      const text = common.json ? JSON.stringify(json) : human();
      if (text !== '') terminal.stdout.write(`${text}\n`);
    },
    say(text) {
      if (common.quiet || common.json) return;
      listener.close();
      terminal.stderr.write(`${t(text)}\n`);
    },
  };
  return { session, listener };
}

async function chooseListener(
  common: CommonFlags,
  { terminal, env }: Surroundings,
  paint: Session['paint'],
  t: Session['t'],
): Promise<Listener> {
  const write = (text: string) => void terminal.stderr.write(text);
  if (common.quiet) return deaf;
  if (common.json) return jsonListener(write);
  const options = { paint, t, verbose: common.verbose };
  const canDraw = terminal.stderr.isTTY === true && env.TERM !== 'dumb' && !common.debug;
  if (!canDraw) return plainListener(write, options);
  const { liveListener } = await import('../progress/live.ts');
  return liveListener(process.stderr, options);
}
