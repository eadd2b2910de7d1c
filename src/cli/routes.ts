import { buildRouteMap, type RouteMap } from '@stricli/core';
import { type Language, say } from '../messages/index.ts';
import { apply } from './commands/apply.ts';
import { backup } from './commands/backup.ts';
import { completion } from './commands/completion.ts';
import { demo } from './commands/demo.ts';
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
import { init } from './commands/init.ts';
import { instance } from './commands/instance.ts';
import { shell } from './commands/instance-exec.ts';
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
import { up } from './commands/up.ts';
import { upgrade } from './commands/upgrade.ts';
import type { Declared } from './frame/command.ts';
import type { CliContext } from './frame/context.ts';

/** The commands. Corridor first, then the nouns. */
const COMMANDS: Readonly<Record<string, Declared>> = {
  init,
  sync,
  plan,
  apply,
  up,
  status,
  prove,
  shell,
  flush,
  import: importInfra,
  importInfra,
  demo,
  doctor,
  upgrade,
  schema,
  domain,
  instance,
  disp,
  snapshot,
  restore,
  history,
  rollback,
  rollbackList: history,
  rollbackCleanup,
  network,
  image,
  exportImages: exportFiles,
  golden,
  goldenCreate,
  goldenDerive,
  goldenPublish,
  backup,
  file,
  host,
  sandbox,
  completion,
  scenario,
  scenarioTest,
  scenarioTestBest,
  scenarioTestBad,
  scenarioList,
  matrixCoverage,
  lint,
  testSandboxed,
  testRunnerCreate,
  testRunnerDestroy,
  dev,
};

/**
 * The table of commands. With the first word of a command line, only what that word names, if it names one: to put
 * all of them into words takes longer than most commands have to compute.
 */
export function routes(language: Language, first = ''): RouteMap<CliContext> {
  const all = Object.entries(COMMANDS);
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
    },
  });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
