import { command } from '../../../kit/command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion = command({
  brief: {
    en: 'Print a completion script for your shell',
    fr: 'Afficher un script de complétion pour votre interpréteur de commandes',
  },
  examples: [
    [
      'source <(anklume completion bash)',
      { en: 'this shell only', fr: 'pour cette session seulement' },
    ],
    [
      'anklume completion fish > ~/.config/fish/completions/anklume.fish',
      { en: 'for good', fr: 'durablement' },
    ],
  ],
  words: [
    { name: 'SHELL', brief: { en: 'Which shell', fr: 'Quel interpréteur' }, choices: SHELLS },
  ],
  async run(session, _flags, shell = 'bash') {
    const { completionScript } = await import('../scripts.ts');
    const script = completionScript(shell);
    session.result({ type: 'completion', shell, script }, () => script);
    return undefined;
  },
});
