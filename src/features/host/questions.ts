import type { Text } from '../../base/messages/index.ts';
import type { Answers } from './answers.ts';
import { DEFAULTS } from './choices.ts';
import type { Facts } from './facts.ts';
import { recommendedModels, vramOf } from './gpu.ts';

/** Asks a person: a yes, or a line with what counts where nothing is typed. */
export interface Asker {
  yes(question: Text): Promise<boolean>;
  line(question: Text, usual: string): Promise<string>;
}

/** Asks what the answers leave open. What a card could do is asked only where there is one. */
export async function askOpen(answers: Answers, facts: Facts, ask: Asker): Promise<Answers> {
  const own = answers.infra !== undefined;
  const domains = own ? undefined : (answers.domains ?? (await askDomains(ask)));
  const offered = !own && facts.gpus.length > 0;
  const ai = answers.ai ?? (offered ? await ask.yes(AI_QUESTION) : undefined);
  const models = ai ? (answers.models ?? (await askModels(facts, ask))) : undefined;
  const openclaw = own ? undefined : (answers.openclaw ?? (await ask.yes(OPENCLAW)));
  return {
    ...answers,
    ...(domains && { domains }),
    ...(ai !== undefined && { ai }),
    ...(models && { models }),
    ...(openclaw !== undefined && { openclaw }),
  };
}

/** What unattended runs take for what nobody answered: no AI, and models that fit where AI was asked for. */
export function usualAnswers(answers: Answers, facts: Facts): Answers {
  const models = answers.ai ? (answers.models ?? recommendedModels(vramOf(facts.gpus))) : undefined;
  return { ...answers, ...(models && { models }) };
}

async function askDomains(ask: Asker): Promise<readonly string[]> {
  const usual = DEFAULTS.domains.join(' ');
  const line = await ask.line(
    {
      en: 'Which domains, separated by spaces?',
      fr: 'Quels domaines, séparés par des espaces ?',
    },
    usual,
  );
  return wordsOf(line);
}

/** Yes to what fits, other models, or none. */
async function askModels({ gpus }: Facts, ask: Asker): Promise<readonly string[]> {
  const fitting = recommendedModels(vramOf(gpus));
  if (fitting.length === 0) return [];
  const card = gpus[0]?.name ?? '';
  const line = await ask.line(
    {
      en: `Which models for ${card}? 'none' for an API alone.`,
      fr: `Quels modèles pour ${card} ? « none » pour une API seule.`,
    },
    fitting.join(' '),
  );
  return line.trim() === 'none' ? [] : wordsOf(line);
}

function wordsOf(line: string): string[] {
  return line.split(/[\s,]+/).filter(Boolean);
}

const AI_QUESTION: Text = {
  en: 'A domain with artificial intelligence (language models, speech)?',
  fr: "Un domaine d'intelligence artificielle (modèles de langage, parole) ?",
};

const OPENCLAW: Text = {
  en: 'Deploy AI assistant (OpenClaw)?',
  fr: "Déployer l'assistant IA (OpenClaw) ?",
};
