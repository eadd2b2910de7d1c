import manifest from '../../package.json' with { type: 'json' };
import { loadProgram } from './load-program.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  // Answered before anything else is read: scripts ask for it often.
  process.stdout.write(`${manifest.version}\n`);
} else void main();

async function main(): Promise<void> {
  // Should nothing be left to wait for before the command has ended, that is no success.
  process.exitCode = 1;
  const program = loadProgram(argv);
  const status = await program.start(argv, process, (code) => process.exit(code));
  process.exitCode = status;
  if (status === 0) program.keepCode();
}
