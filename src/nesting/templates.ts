import { CONTEXT_FILES, CONTEXT_FOLDER, markOf } from './marks.ts';

/** The property of an image whose templates write the context: what is made from it needs to be told nothing. */
const PROPERTY = 'anklume.nesting';

/**
 * The part of an image's metadata.yaml that lets the daemon itself write the four files, at every start, from the
 * keys of the instance: there before the first program runs, and without a request. Without keys a file is empty,
 * which counts as absent.
 */
export const NESTING_TEMPLATES = {
  property: `  ${PROPERTY}: "templates"\n`,
  entries: CONTEXT_FILES.map(
    (name) => `  ${CONTEXT_FOLDER}/${name}:
    when: [create, copy, start]
    template: anklume-${name}.tpl
`,
  ).join(''),
  files: CONTEXT_FILES.map((name) => ({
    path: `templates/anklume-${name}.tpl`,
    text: `{{ config_get("${markOf(name)}", "") }}\n`,
  })),
} as const;

export function hasNestingTemplates(properties: Readonly<Record<string, string>>): boolean {
  return properties[PROPERTY] === 'templates';
}
