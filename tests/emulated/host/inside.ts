import type { CommandOptions, Commands, Outcome } from './commands.ts';

const PROGRAM = '/share/anklume/dist/main.js';

/** Runs the product inside the emulated host; never throws for its exit status. */
export function anklumeOutcome(
  commands: Commands,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  return commands.outcome(['node', PROGRAM, ...args], {
    seconds: 900,
    ...options,
    env: { ANKLUME_LANG: 'en', NO_COLOR: '1', ANKLUME_CACHE: '/var/cache/anklume', ...options.env },
  });
}

/** The same where it must succeed. */
export async function anklumeIn(
  commands: Commands,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await anklumeOutcome(commands, args, options);
  if (code === 0) return stdout;
  throw new Error(`anklume ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}
