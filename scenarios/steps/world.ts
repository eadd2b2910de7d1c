import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber';
import { productRoot } from '../../src/base/system/index.ts';
import { type Outcome, runCommand, wordsOf } from './commands.ts';
import { Declared } from './declared.ts';
import { environmentOf, Outside, type Place } from './place.ts';

/** What the steps of one scenario share: its project folder, the sandbox, and how the last command ended. */
export class ScenarioWorld extends World<Place> {
  readonly outside: Outside;
  /** The scenario's project folder. */
  folder = '';
  /** What Incus held before the last command. */
  before = '';
  /** More variables for the commands that follow. */
  env: Record<string, string> = {};
  /** Words put in front of every command: to run it with something hidden or marked. */
  wrapper: readonly string[] = [];
  /** Whether some step asks what has changed: finding out costs a moment before each command. */
  watching = false;
  /** What steps changed on the sandbox's host, taken back after the scenario. */
  readonly undo: (() => Promise<void>)[] = [];
  #last: Outcome | undefined;

  constructor(options: IWorldOptions<Place>) {
    super(options);
    this.outside = new Outside(options.parameters);
  }

  async prepare(): Promise<void> {
    this.folder = await mkdtemp(join(this.parameters.projects, 'project-'));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async infra(): Promise<string> {
    return readFile(this.path('infra.yml'), 'utf8');
  }

  /** Writes infra.yml, with the small image in place of the large one. */
  async writeInfra(text: string): Promise<void> {
    const small = text.replace(
      /(default_os_image:\s*)("[^"]*"|[^\s,}]+)/,
      `$1${this.parameters.image}`,
    );
    await writeFile(this.path('infra.yml'), small);
  }

  async declared(): Promise<Declared> {
    return Declared.of(await this.infra());
  }

  /** Runs a command line as a person in the project folder would; `anklume` and `make` are the product's own. */
  async run(line: string, more: { input?: string; limit?: number } = {}): Promise<Outcome> {
    const [program = '', ...words] = wordsOf(line);
    const root = productRoot();
    const known: Readonly<Record<string, readonly string[]>> = {
      anklume: [join(root, 'anklume')],
      make: [
        'make',
        '--no-print-directory',
        '-f',
        join(root, 'Makefile'),
        `ANKLUME=${root}/anklume`,
      ],
    };
    const { limit } = this.parameters;
    const argv = [...this.wrapper, ...(known[program] ?? [program]), ...words];
    if (this.watching) this.before = await this.outside.digest();
    const outcome = await runCommand(line, argv, {
      cwd: this.folder,
      env: {
        ...process.env,
        ...environmentOf(this.parameters),
        ANKLUME_LANG: 'en',
        NO_COLOR: '1',
        ...this.env,
      },
      // The step has to be able to tell of it before its own time is over.
      limit: limit * 0.9,
      ...more,
    });
    this.#last = outcome;
    this.attach(JSON.stringify(outcome), 'application/vnd.anklume.command+json');
    if (outcome.exitCode === undefined)
      throw new Error(`'${line}' had not ended after ${Math.round(outcome.seconds)} s`);
    return outcome;
  }

  /** The same, for a step that needs it to succeed. */
  async must(line: string): Promise<Outcome> {
    const outcome = await this.run(line);
    if (outcome.exitCode !== 0)
      throw new Error(`'${line}' ended with ${outcome.exitCode}: ${outcome.stderr.slice(-2000)}`);
    return outcome;
  }

  /** The last command that ran. */
  get last(): Outcome {
    if (!this.#last) throw new Error('No command has run yet.');
    return this.#last;
  }
}

setWorldConstructor(ScenarioWorld);
