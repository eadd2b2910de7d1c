import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Language, say } from '../base/messages/index.ts';
import { host } from '../features/admin/commands/host.ts';
import { apply } from '../features/apply/commands/apply.ts';
import { config } from '../features/apply/commands/config.ts';
import { destroy } from '../features/apply/commands/destroy.ts';
import { flush } from '../features/apply/commands/flush.ts';
import { plan } from '../features/apply/commands/plan.ts';
import { schema } from '../features/apply/commands/schema.ts';
import { status } from '../features/apply/commands/status.ts';
import { sync } from '../features/apply/commands/sync.ts';
import { up } from '../features/apply/commands/up.ts';
import { validate } from '../features/apply/commands/validate.ts';
import { backup } from '../features/backup/commands/backup.ts';
import { completion } from '../features/completion/commands/completion.ts';
import { demo } from '../features/demo/commands/demo.ts';
import { init } from '../features/demo/commands/init.ts';
import { dev } from '../features/dev/commands/dev.ts';
import { lint } from '../features/dev/commands/dev-lint.ts';
import { matrixCoverage } from '../features/dev/commands/dev-matrix.ts';
import {
  testRunnerCreate,
  testRunnerDestroy,
  testSandboxed,
} from '../features/dev/commands/dev-runner.ts';
import { disp } from '../features/disposables/commands/disp.ts';
import { doctor } from '../features/doctor/commands/doctor.ts';
import { history } from '../features/generations/commands/history.ts';
import { rollback, rollbackCleanup } from '../features/generations/commands/rollback.ts';
import { image } from '../features/images/commands/image.ts';
import { exportFiles } from '../features/images/commands/image-files.ts';
import { importInfra } from '../features/import/commands/import.ts';
import { domain } from '../features/instances/commands/domain.ts';
import { incus } from '../features/instances/commands/incus.ts';
import { instance, list as instanceList } from '../features/instances/commands/instance.ts';
import { exec, shell } from '../features/instances/commands/instance-exec.ts';
import { logs } from '../features/instances/commands/instance-logs.ts';
import { down } from '../features/instances/commands/instance-power.ts';
import { top } from '../features/instances/commands/top.ts';
import { network } from '../features/network/commands/network.ts';
import { prove } from '../features/network/commands/prove.ts';
import { sandbox } from '../features/sandbox/commands/sandbox.ts';
import {
  scenario,
  scenarioList,
  scenarioTest,
  scenarioTestBad,
  scenarioTestBest,
} from '../features/scenarios/commands/scenario.ts';
import { snapshot } from '../features/snapshots/commands/snapshot.ts';
import { restore } from '../features/snapshots/commands/snapshot-restore.ts';
import { golden } from '../features/templates/commands/golden.ts';
import { create as goldenCreate } from '../features/templates/commands/golden-create.ts';
import { derive as goldenDerive } from '../features/templates/commands/golden-derive.ts';
import { publish as goldenPublish } from '../features/templates/commands/golden-publish.ts';
import { file } from '../features/transfer/commands/file.ts';
import { upgrade } from '../features/upgrade/commands/upgrade.ts';
import type { Declared } from '../kit/command.ts';
import type { CliContext } from '../kit/context.ts';

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
