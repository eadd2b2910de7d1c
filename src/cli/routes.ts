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
import type { CliContext } from './frame/context.ts';

/** The table of commands. Corridor first, then the nouns. */
export function routes(language: Language): RouteMap<CliContext> {
  return buildRouteMap({
    routes: {
      init: init(language),
      sync: sync(language),
      plan: plan(language),
      apply: apply(language),
      up: up(language),
      status: status(language),
      prove: prove(language),
      shell: shell(language),
      flush: flush(language),
      import: importInfra(language),
      importInfra: importInfra(language),
      demo: demo(language),
      doctor: doctor(language),
      upgrade: upgrade(language),
      schema: schema(language),
      domain: domain(language),
      instance: instance(language),
      disp: disp(language),
      snapshot: snapshot(language),
      restore: restore(language),
      history: history(language),
      rollback: rollback(language),
      rollbackList: history(language),
      rollbackCleanup: rollbackCleanup(language),
      network: network(language),
      image: image(language),
      exportImages: exportFiles(language),
      golden: golden(language),
      goldenCreate: goldenCreate(language),
      goldenDerive: goldenDerive(language),
      goldenPublish: goldenPublish(language),
      backup: backup(language),
      file: file(language),
      host: host(language),
      sandbox: sandbox(language),
      completion: completion(language),
      scenario: scenario(language),
      scenarioTest: scenarioTest(language),
      scenarioTestBest: scenarioTestBest(language),
      scenarioTestBad: scenarioTestBad(language),
      scenarioList: scenarioList(language),
      matrixCoverage: matrixCoverage(language),
      lint: lint(language),
      testSandboxed: testSandboxed(language),
      testRunnerCreate: testRunnerCreate(language),
      testRunnerDestroy: testRunnerDestroy(language),
      dev: dev(language),
    },
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
