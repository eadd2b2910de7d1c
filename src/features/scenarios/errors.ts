import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';

/** Files that are no Gherkin. */
export function unreadable(faults: readonly string[]): AnklumeError {
  const words = printable(faults.join('\n'));
  return new AnklumeError({
    code: 'scenario-unreadable',
    exit: ExitCode.usage,
    message: {
      en: `Not all scenarios can be read:\n${words}`,
      fr: `Certains scénarios sont illisibles :\n${words}`,
    },
    remedy: {
      en: 'Write them as docs/scenario-testing.md shows: Feature, Scenario, Given, When, Then.',
      fr: 'Écrivez-les comme le montre docs/scenario-testing_FR.md : Feature, Scenario, Given, When, Then.',
    },
  });
}
