import { join } from 'node:path';
import { findProgram, printable, productRoot, run } from '../../../base/system/index.ts';
import { type AnsibleEvent, type AnsibleReach, parseEvent } from '../../../provision/index.ts';

/** A playbook to run, and where. */
export interface PlaybookCall {
  readonly file: string;
  readonly inventory: string;
  /** Folders of roles, the first one first. */
  readonly rolesPath: readonly string[];
  readonly reach: AnsibleReach;
  /** Ansible's own files. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
  /** Told the name of each task as it begins. */
  readonly onTask?: (name: string) => void;
}

/** What a playbook did. */
export interface PlaybookResult {
  readonly ok: boolean;
  /** Names of the tasks that changed something, each once, in order. */
  readonly changed: readonly string[];
  /** Why it failed; empty when it did not. */
  readonly failure: string;
  /** Everything that happened, a line for each task, with the output of those that say something. */
  readonly log: string;
}

/** Milliseconds for one playbook: hundreds of packages over a slow line. */
const LIMIT = 45 * 60_000;

/** Runs a playbook to its end; a task that fails is a result, not an error. */
export async function runPlaybook(call: PlaybookCall): Promise<PlaybookResult> {
  const events: AnsibleEvent[] = [];
  const other: string[] = [];
  const program = (await findProgram('ansible-playbook')) ?? 'ansible-playbook';
  const { code, stderr } = await run([program, '--inventory', call.inventory, call.file], {
    env: environment(call),
    timeout: LIMIT,
    accept: [0, 1, 2, 3, 4, 5, 8, 250],
    ...(call.signal && { signal: call.signal }),
    onOutputLine: (untrustedLine) => {
      const event = parseEvent(untrustedLine);
      if (!event) other.push(printable(untrustedLine));
      else events.push(event);
      if (event?.event === 'task') call.onTask?.(taskName(event));
    },
  });
  // A playbook that cannot be read runs no task; why is told in words only.
  const said = [...other, ...stderr.split('\n').map(printable)].filter(Boolean).join('\n');
  const failed = events.flatMap((event) => (isFailure(event) ? [event] : []));
  return {
    ok: code === 0,
    changed: [...new Set(events.flatMap((event) => (isChange(event) ? [taskName(event)] : [])))],
    failure: code === 0 ? '' : failed.map(failureText).join('\n') || said.slice(-2000),
    log: [...events.flatMap(logLine), said].filter(Boolean).join('\n'),
  };
}

function environment(call: PlaybookCall): Record<string, string> {
  const plugins = join(productRoot(), 'ansible');
  return {
    // Neither the person's own settings nor those of the current folder.
    ANSIBLE_CONFIG: join(call.scratch, 'ansible.cfg'),
    ANSIBLE_HOME: call.scratch,
    ANSIBLE_LOCAL_TEMP: join(call.scratch, 'tmp'),
    ANSIBLE_ROLES_PATH: call.rolesPath.join(':'),
    ANSIBLE_CONNECTION_PLUGINS: join(plugins, 'connection_plugins'),
    ANSIBLE_CALLBACK_PLUGINS: join(plugins, 'callback_plugins'),
    ANSIBLE_STDOUT_CALLBACK: 'anklume_events',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_FORCE_COLOR: '0',
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ...('socket' in call.reach
      ? { INCUS_SOCKET: call.reach.socket }
      : { ANKLUME_INCUS_REMOTE: call.reach.remote }),
    LC_ALL: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

type Result = Extract<AnsibleEvent, { event: 'result' }>;

function isFailure(event: AnsibleEvent): event is Result {
  return event.event === 'result' && ['failed', 'unreachable'].includes(event.status);
}

function isChange(event: AnsibleEvent): event is Result {
  return event.event === 'result' && event.status === 'changed';
}

function taskName({ role, task }: { readonly role: string; readonly task: string }): string {
  return printable(role === '' ? task : `${role}: ${task}`);
}

function failureText(event: Result): string {
  return `${taskName(event)} (${printable(event.host)}): ${printable(event.message).slice(0, 2000)}`;
}

function logLine(event: AnsibleEvent): string[] {
  if (event.event !== 'result') return [];
  const line = `${event.status.padEnd(8)} ${printable(event.host)}  ${taskName(event)}  ${event.seconds.toFixed(1)} s`;
  const output = event.output === '' ? [] : [printable(event.output).replace(/^/gm, '    ')];
  return [line, ...output];
}
