import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { playbookProblems } from '../world/tree/index.ts';

/**
 * Throws `playbook-not-ours` (exit 2) where the playbook or the settings in a project folder are somebody else's: a
 * tree may be there without any sync of ours, as in a clone of the Ansible-based anklume.
 */
export async function requirePlaybook(root: string): Promise<void> {
  const problems = await playbookProblems(root);
  if (problems.length === 0) return;
  throw new AnklumeError({
    code: 'playbook-not-ours',
    exit: ExitCode.usage,
    problems,
    message: {
      en: 'Roles are not run: the playbook of this project is not ours.',
      fr: "Les rôles ne sont pas exécutés : le playbook de ce projet n'est pas le nôtre.",
    },
  });
}
