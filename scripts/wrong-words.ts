// Words that messages and pages do not use, as another word already means the same thing: one word for one thing, the
// field's own where it has one. What a word is refused for stands beside it.
import ts from 'typescript';
import type { Language } from '../src/base/messages/index.ts';

interface WrongWord {
  readonly wrong: RegExp;
  readonly instead: string;
}

const word = (wrong: RegExp, instead: string): WrongWord => ({ wrong, instead });

export const WRONG_WORDS: Readonly<Record<Language, readonly WrongWord[]>> = {
  en: [
    word(/\bmend(s|ed|ing)?\b/i, 'repair, fix'),
    word(/\bbound anew\b/i, 're-created'),
    word(/\bsettle\b/i, 'fix'),
    word(/\bsee to it\b/i, 'make sure, or the verb itself'),
    word(/\bwall(s|ed)?\b/i, 'isolation, isolation rules'),
    word(/\bput aside\b/i, 'moved to the trash'),
    word(/\bbrought back\b/i, 'restored'),
    word(/\b(is|are) gone\b/i, 'was deleted, no longer exists'),
    word(/\bsteering\b/i, 'policy routing'),
    word(/\bpart of no\b/i, 'not part of a'),
    word(/(?<!\bthere )\bis no (?!longer|more|way|need|room)[a-z]/i, 'is not a'),
    word(/\b(and|but) (this|it|that) is none\b/i, 'is not one'),
    word(/\b(network|Ethernet) cards?\b/i, 'NIC'),
    word(/\bthings are not\b/i, 'items'),
  ],
  fr: [
    word(/\bmurs?\b/i, "isolation, règles d'isolation"),
    word(/\bmis(e|es)? de côté\b/i, 'mis à la corbeille'),
    word(/\bcartes? réseau\b/i, 'interface réseau'),
    word(/\bramenées?\b/i, 'restaurée'),
  ],
};

/** The wrong words of a text, each with what to write instead. */
export function wrongWordsIn(text: string, language: Language): string[] {
  return WRONG_WORDS[language].flatMap(({ wrong, instead }) => {
    const found = wrong.exec(text)?.[0];
    return found === undefined ? [] : [`'${found}': ${instead}`];
  });
}

export interface Message {
  readonly line: number;
  readonly language: Language;
  readonly text: string;
}

/** Both halves of every pair of sentences in a source; what is put in by a template is left out. */
export function messagesOf(source: string): Message[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) found.push(...pairIn(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function pairIn(node: ts.ObjectLiteralExpression, file: ts.SourceFile): Message[] {
  const parts = node.properties.filter(ts.isPropertyAssignment);
  const half = (language: Language) => parts.find(({ name }) => name.getText() === language);
  const [en, fr] = [half('en'), half('fr')];
  if (!en || !fr) return [];
  return (
    [
      ['en', en],
      ['fr', fr],
    ] as const
  ).map(([language, { initializer }]) => ({
    line: file.getLineAndCharacterOfPosition(initializer.getStart()).line + 1,
    language,
    text: wordsOf(initializer),
  }));
}

/** The words of an expression: its literals alone. */
function wordsOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
  const parts: string[] = [];
  ts.forEachChild(node, (child) => {
    parts.push(wordsOf(child));
  });
  return parts.filter(Boolean).join(' ');
}
