import { type Document, isScalar, parse, parseAllDocuments, visit } from 'yaml';

/** The names in a text that could be those of variables. */
export function namesIn(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
}

/** Keywords of Ansible whose value decides what is done, or defines what others decide by. */
const DECIDING = /^(when|until|loop|with_\w+|vars|vars_files|environment|(changed|failed)_when)$/;

/** Modules whose arguments do. */
const DECIDING_MODULES =
  /^(ansible\.(builtin|legacy)\.)?(set_fact|include\w*|import\w*|fail|assert|meta|add_host|group_by)$/;

/**
 * The names in a YAML file of a role on which it can depend what is done, in contrast to what is merely written
 * somewhere. A file that cannot be understood gives all its names.
 */
export function decidingNames(yaml: string): Set<string> {
  const documents = parsed(yaml);
  if (!documents) return namesIn(yaml);
  const texts: string[] = [];
  for (const document of documents)
    visit(document, {
      Pair(_, { key, value }) {
        const word = isScalar(key) ? String(key.value) : '';
        if (DECIDING.test(word) || DECIDING_MODULES.test(word)) texts.push(String(value));
      },
    });
  return namesIn(texts.join('\n'));
}

/** Undefined for what is no YAML. */
function parsed(yaml: string): Document[] | undefined {
  try {
    const options = { logLevel: 'silent', uniqueKeys: false, version: '1.1' } as const;
    const documents = [...parseAllDocuments(yaml, options)];
    return documents.some(({ errors }) => errors.length > 0) ? undefined : documents;
  } catch {
    return undefined;
  }
}

/** The variables that a file of defaults or variables defines, each with its value as text; undefined for what is none. */
export function definitionsIn(yaml: string): ReadonlyMap<string, string> | undefined {
  try {
    const untrusted: unknown = parse(yaml, { logLevel: 'error', maxAliasCount: 100 });
    if (untrusted === null || untrusted === undefined) return new Map();
    if (typeof untrusted !== 'object' || Array.isArray(untrusted)) return undefined;
    return new Map(
      Object.entries(untrusted).map(([name, value]) => [name, JSON.stringify(value) ?? '']),
    );
  } catch {
    return undefined;
  }
}
