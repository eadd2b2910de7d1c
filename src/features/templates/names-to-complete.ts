import { withRunning } from '../../kit/completion/names.ts';
import type { Proposer } from '../../kit/proposer.ts';

/** Names of the templates of this infrastructure. */
export const templateNames: Proposer = (context) =>
  withRunning(context, async (daemon, world) => {
    const { surveyTemplates } = await import('./survey-of-project.ts');
    return (await surveyTemplates(world, daemon)).map(({ machine }) => machine);
  });
