import { readFile } from 'node:fs/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and the start of the process: field 22 of `/proc/PID/stat`. */
  readonly started: string;
}

/** The identity of a living process, or undefined when there is none (a zombie counts as gone). */
export async function identify(pid: number, proc = '/proc'): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`${proc}/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : parseStat(pid, stat);
}

/** Reads `/proc/PID/stat`; the program's name may hold spaces and parentheses, so fields count from the last `)`. */
export function parseStat(pid: number, stat: string): ProcessIdentity | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  // Field 3 (state) is the first one after the name, so field 22 stands at index 19.
  const started = fields[19];
  if (state === 'Z' || state === 'X' || started === undefined) return undefined;
  return { pid, started };
}

/** Whether the process that was identified earlier still lives. */
export async function isAlive(identity: ProcessIdentity, proc = '/proc'): Promise<boolean> {
  return (await identify(identity.pid, proc))?.started === identity.started;
}
