import { resolve } from 'node:path';
import { type Language, type Text, verbatim } from '../base/messages/index.ts';
import { jsonText, printable } from '../base/system/index.ts';
import type { Extensions } from './extensions.ts';
import { type SameDaemon, withDaemon } from './hints.ts';
import { jsonListener } from './progress/json.ts';
import { type Listener, warningsOnly } from './progress/listener.ts';
import { plainListener } from './progress/plain.ts';
import { fitted } from './render/fitted.ts';
import { makePaint, wantsColor } from './render/paint.ts';
import type { CommonFlags, OpenedDaemon, Session, Terminal } from './session.ts';
import { typeset } from './typography.ts';

interface Surroundings {
  readonly language: Language;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly version: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly extensions: Extensions;
  readonly takesDaemon: SameDaemon['takesDaemon'];
  readonly endsWithInterrupt: () => void;
}

/** A session from the shared flags; the live view is loaded only where there is a terminal to draw on. */
export async function openSession(
  common: CommonFlags,
  around: Surroundings,
): Promise<{ session: Session; listener: Listener; farewell: () => void }> {
  const { terminal, language, env } = around;
  let flag: string | undefined;
  const t: Session['t'] = (text) =>
    withDaemon(typeset(text, language), { flag, takesDaemon: around.takesDaemon });
  const onStderr = makePaint(wantsColor(env, terminal.stderr.isTTY, common.noColor));
  const listener = await chooseListener(common, around, onStderr, t);
  let daemon: OpenedDaemon | undefined;
  const session: Session = {
    ...around,
    cwd: resolve(around.cwd, common.directory ?? '.'),
    common,
    t,
    emit: listener.emit,
    paint: makePaint(wantsColor(env, terminal.stdout.isTTY, common.noColor)),
    // A pipe has no edge to fit into.
    width: terminal.stdout.columns ?? Number.POSITIVE_INFINITY,
    fit: (text) => fitted(text, terminal.stdout.columns),
    settle: listener.close,
    worksOn(opened, named) {
      daemon = opened;
      flag = named;
    },
    isRemembered() {
      flag = undefined;
    },
    result(json, human) {
      listener.close();
      const text = common.json ? jsonText(json) : human();
      if (text !== '') terminal.stdout.write(`${text}\n`);
    },
    document(json) {
      listener.close();
      terminal.stdout.write(`${common.json ? jsonText(json) : JSON.stringify(json, null, 2)}\n`);
    },
    print(human) {
      if (common.json) return;
      listener.close();
      if (human !== '') terminal.stdout.write(`${human}\n`);
    },
    say(text) {
      if (common.quiet || common.json) return;
      listener.close();
      terminal.stderr.write(`${fitted(t(text), terminal.stderr.columns)}\n`);
    },
  };
  const farewell = () => {
    // Of a command that the host passed on, the host says it.
    if (!daemon || common.quiet || common.json || env.ANKLUME_FROM_HOST) return;
    listener.close();
    terminal.stderr.write(`${onStderr.dim(t(daemonWords(daemon)))}\n`);
  };
  return { session, listener, farewell };
}

/** `Incus: sandbox lab (remembered)`: the last line of every command that worked on one. */
function daemonWords(daemon: OpenedDaemon): Text {
  const name =
    'sandbox' in daemon
      ? { en: `sandbox ${daemon.sandbox}`, fr: `bac à sable ${daemon.sandbox}` }
      : 'remote' in daemon
        ? { en: `remote ${daemon.remote}`, fr: `serveur distant ${daemon.remote}` }
        : verbatim(daemon.socket);
  const how =
    daemon.chosen === 'remembered'
      ? { en: ' (remembered)', fr: ' (mémorisé)' }
      : { en: '', fr: '' };
  return {
    en: printable(`Incus: ${name.en}${how.en}`),
    fr: printable(`Incus : ${name.fr}${how.fr}`),
  };
}

async function chooseListener(
  common: CommonFlags,
  { terminal, env }: Surroundings,
  paint: Session['paint'],
  t: Session['t'],
): Promise<Listener> {
  const write = (text: string) => void terminal.stderr.write(text);
  const options = { paint, t, verbose: common.verbose };
  const fit = (text: string) => write(fitted(text, terminal.stderr.columns));
  const lines = () => (common.json ? jsonListener(write) : plainListener(fit, options));
  if (common.quiet) return warningsOnly(lines());
  if (common.json) return lines();
  const canDraw = terminal.stderr.isTTY === true && env.TERM !== 'dumb' && !common.debug;
  if (!canDraw) return lines();
  const { liveListener } = await import('./progress/live.ts');
  return liveListener(process.stderr, options);
}
