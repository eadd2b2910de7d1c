import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Language, say } from '../messages/index.ts';
import { apply } from './commands/apply.ts';
import { backup } from './commands/backup.ts';
import { completion } from './commands/completion.ts';
import { config } from './commands/config.ts';
import { demo } from './commands/demo.ts';
import { destroy } from './commands/destroy.ts';
import { dev } from './commands/dev.ts';
import { lint } from './commands/dev-lint.ts';
import { matrixCoverage } from './commands/dev-matrix.ts';
import { testRunnerCreate, testRunnerDestroy, testSandboxed } from './commands/dev-runner.ts';
import { disp } from './commands/disp.ts';
import { doctor } from './commands/doctor.ts';
import { domain } from './commands/domain.ts';
import { file } from './commands/file.ts';
import { flush } from './commands/flush.ts';
import { golden } from './commands/golden.ts';
import { create as goldenCreate } from './commands/golden-create.ts';
import { derive as goldenDerive } from './commands/golden-derive.ts';
import { publish as goldenPublish } from './commands/golden-publish.ts';
import { history } from './commands/history.ts';
import { host } from './commands/host.ts';
import { image } from './commands/image.ts';
import { exportFiles } from './commands/image-files.ts';
import { importInfra } from './commands/import.ts';
import { incus } from './commands/incus.ts';
import { init } from './commands/init.ts';
import { instance, list as instanceList } from './commands/instance.ts';
import { exec, shell } from './commands/instance-exec.ts';
import { logs } from './commands/instance-logs.ts';
import { down } from './commands/instance-power.ts';
import { network } from './commands/network.ts';
import { plan } from './commands/plan.ts';
import { prove } from './commands/prove.ts';
import { rollback, rollbackCleanup } from './commands/rollback.ts';
import { sandbox } from './commands/sandbox.ts';
import {
  scenario,
  scenarioList,
  scenarioTest,
  scenarioTestBad,
  scenarioTestBest,
} from './commands/scenario.ts';
import { schema } from './commands/schema.ts';
import { snapshot } from './commands/snapshot.ts';
import { restore } from './commands/snapshot-restore.ts';
import { status } from './commands/status.ts';
import { sync } from './commands/sync.ts';
import { top } from './commands/top.ts';
import { up } from './commands/up.ts';
import { upgrade } from './commands/upgrade.ts';
import { validate } from './commands/validate.ts';
import type { Declared } from './frame/command.ts';
import type { CliContext } from './frame/context.ts';

/** The commands. Corridor first, then the nouns, then what belongs to the tool itself. */
const COMMANDS: Readonly<Record<string, Declared>> = {
  init,
  validate,
  sync,
  plan,
  apply,
  up,
  status,
  prove,
  down,
  flush,
  import: importInfra,
  demo,
  doctor,
  upgrade,
  config,
  schema,
  domain,
  instance,
  shell,
  exec,
  logs,
  top,
  disp,
  snapshot,
  restore,
  history,
  rollback,
  network,
  image,
  golden,
  backup,
  file,
  host,
  sandbox,
  incus,
  completion,
  scenario,
  dev,
};

/** Other names of the same: make targets of the ROADMAP, and words of other tools. No help tells of them. */
const HIDDEN: Readonly<Record<string, Declared>> = {
  destroy,
  exportImages: exportFiles,
  goldenCreate,
  goldenDerive,
  goldenPublish,
  importInfra,
  lint,
  ls: instanceList,
  matrixCoverage,
  ps: instanceList,
  rollbackCleanup,
  rollbackList: history,
  scenarioList,
  scenarioTest,
  scenarioTestBad,
  scenarioTestBest,
  ssh: shell,
  testRunnerCreate,
  testRunnerDestroy,
  testSandboxed,
};

/**
 * The table of commands. With the first word of a command line, only what that word names, if it names one: to put
 * all of them into words takes longer than most commands have to compute.
 */
export function routes(language: Language, first = '', showsHidden = false): RouteMap<CliContext> {
  const all = Object.entries({ ...COMMANDS, ...HIDDEN });
  const named = all.filter(([name]) => [name, kebab(name)].includes(first));
  const chosen = named.length > 0 ? named : all;
  return buildRouteMap({
    routes: Object.fromEntries(chosen.map(([name, declare]) => [name, declare(language)])),
    docs: {
      brief: say(
        {
          en: 'Compartments for any Linux machine, from one YAML file, with proof',
          fr: "Des compartiments pour toute machine Linux, à partir d'un seul fichier YAML, avec preuve",
        },
        language,
      ),
      hideRoute: Object.fromEntries(chosen.map(([name]) => [name, !showsHidden && name in HIDDEN])),
    },
  });
}

/** What each command that help tells of does, by its name as it is typed. */
export function commandBriefs(language: Language): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(COMMANDS).map(([name, declare]) => [kebab(name), declare(language).brief]),
  );
}

/** Whether `next` may be a word of the command that a command line names; its flags are left out. */
export function mayTake(line: readonly string[], next: string): boolean {
  let known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  for (const word of line) {
    const found = Object.entries(known).find(([name]) => name === word || kebab(name) === word);
    if (!found) return true;
    const { words } = found[1];
    if (words === 'any') return true;
    if (!('verbs' in words)) return words.includes(next);
    known = words.verbs;
  }
  return true;
}

/** The command that the first words of a line name, and how many words that takes. */
function commandOf(line: readonly string[]) {
  let known: Readonly<Record<string, Declared>> = { ...COMMANDS, ...HIDDEN };
  for (const [at, word] of line.entries()) {
    const found = Object.entries(known).find(([name]) => name === word || kebab(name) === word);
    if (!found) return undefined;
    const [, declared] = found;
    if (declared.words === 'any' || !('verbs' in declared.words))
      return { declared, length: at + 1 };
    known = declared.words.verbs;
  }
  return undefined;
}

/** Whether the command that a line of text begins with has the flags that name a daemon. */
export function takesDaemon(line: readonly string[]): boolean {
  return commandOf(line)?.declared.onDaemon ?? false;
}

/** Where the words of a command that is passed on begin in a line; undefined where none is passed on. */
export function passedOnAt(line: readonly string[]): number | undefined {
  const found = commandOf(line);
  const own = found?.declared.passesOn;
  return found && own !== undefined ? found.length + own : undefined;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
