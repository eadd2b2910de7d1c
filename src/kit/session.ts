import type { Emit, ExitCode, Language, Text } from '../base/messages/index.ts';
import type { Extensions } from './extensions.ts';
import type { Paint } from './render/paint.ts';
import type { Result } from './results.ts';

/** What the flags that every command shares ask for. */
export interface CommonFlags {
  readonly directory?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly noColor: boolean;
}

/** The bare minimum of a process that a command may touch; tests pass their own. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  readonly stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  readonly stdin: { isTTY?: boolean };
}

/** Everything a command needs from around it: where to look, how to speak, when to stop. */
export interface Session {
  readonly language: Language;
  readonly env: NodeJS.ProcessEnv;
  /** The folder to work from: `-C`, else the current one. */
  readonly cwd: string;
  readonly version: string;
  readonly common: CommonFlags;
  readonly terminal: Terminal;
  /** What features do within the commands of others. */
  readonly extensions: Extensions;
  /** Aborted by the first Ctrl-C: no new work is started then. */
  readonly signal: AbortSignal;
  /** Listener of the rooms' events: live view, plain lines, or JSON, always on stderr. */
  readonly emit: Emit;
  readonly paint: Paint;
  /** Columns to lay tables out in. */
  readonly width: number;
  t(text: Text): string;
  /** A result for people and, with `--json`, the same as one object on one line. */
  result(json: Result, human: () => string): void;
  /** A document that is JSON by itself: on one line with `--json`, else indented. */
  document(json: object): void;
  /** For people where `--json` prints several results: standard output, nothing with `--json`. */
  print(human: string): void;
  /** A sentence for people beside the result: stderr, silent with `--quiet` and `--json`. */
  say(text: Text): void;
  /** Ctrl-C is how a person ends this command: it is no failure, and nothing is said about it. */
  endsWithInterrupt(): void;
  /** A text for standard output with lines as long as the terminal is wide; commands in it stay whole. */
  fit(text: string): string;
  /** Ends the live view, so that what is printed next stays. */
  settle(): void;
  /**
   * Which daemon was opened: told in the last line, so that nobody takes one world for another, unless it is left out.
   * `flag` goes into the commands that messages propose from now on.
   */
  worksOn(daemon: OpenedDaemon | undefined, flag?: string): void;
  /** The project remembers that daemon by now: commands find it without a flag. */
  isRemembered(): void;
}

/** A daemon as people name it, and how it was chosen. */
export type OpenedDaemon = { readonly chosen: 'named' | 'remembered' | 'usual' } & (
  | { readonly sandbox: string }
  | { readonly socket: string }
  | { readonly remote: string }
);

/** What a command gives back: nothing means done. The status of a program run in a machine is passed on as it is. */
export type Ending = ExitCode | { readonly status: number } | undefined;
