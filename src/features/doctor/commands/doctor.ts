import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';

export const doctor = command({
  brief: {
    en: 'What this machine has and lacks, with the fix',
    fr: 'Ce que cette machine a et ce qui lui manque, avec le remède',
  },
  description: {
    en: 'Looks, changes nothing. Exit 4 when something necessary is lacking.',
    fr: 'Observe, ne change rien. Code de sortie 4 quand il manque quelque chose de nécessaire.',
  },
  examples: [
    ['anklume doctor', { en: 'before the first run', fr: 'avant la première exécution' }],
    ['anklume doctor --json', { en: 'for scripts', fr: 'pour des scripts' }],
  ],
  async run(session) {
    const { examine } = await import('../examine.ts');
    const { renderFindings } = await import('../render/doctor.ts');
    const findings = await examine(session.env);
    session.result({ type: 'doctor', findings }, () => renderFindings(findings, session));
    return findings.some(({ state }) => state === 'bad') ? ExitCode.environment : ExitCode.done;
  },
});
