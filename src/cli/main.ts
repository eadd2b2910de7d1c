import manifest from '../../package.json' with { type: 'json' };
import { loadProgram } from './load-program.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  // Answered before anything else is read: scripts ask for it often.
  process.stdout.write(`${manifest.version}\n`);
} else {
  const program = loadProgram(argv[0]);
  const status = await program.start(argv, process, (code) => process.exit(code));
  process.exitCode = status;
  if (status === 0) program.keepCode();
}
