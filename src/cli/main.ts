import module from 'node:module';
import manifest from '../../package.json' with { type: 'json' };

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') {
  // Answered before anything else is read: scripts ask for it often.
  process.stdout.write(`${manifest.version}\n`);
} else {
  // Beside the program and not in a shared folder: cached code runs with the rights of whoever starts us.
  // The types are those of the oldest Node we support, which lacks it.
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(`${import.meta.dirname}/.compile-cache`);
  const { start } = await import('./start.ts');
  process.exitCode = await start(argv, process, (code) => process.exit(code));
}
