import type { YAMLParseError, YAMLWarning } from 'yaml';
import type { Place, Problem, Text } from '../../base/messages/index.ts';

/** Nesting that no person writes and that the reader cannot follow. */
export const TOO_DEEP = {
  message: {
    en: 'Values are nested too deep.',
    fr: 'Des valeurs sont imbriquées trop profondément.',
  },
  remedy: {
    en: 'Check that this is the right file and that every bracket is closed.',
    fr: "Vérifiez que c'est le bon fichier et que chaque crochet est refermé.",
  },
};

/** What the YAML reader complained of, in words that say what to change. */
export function explainYamlError(
  failure: YAMLParseError | YAMLWarning,
  text: string,
  place: Place,
): Problem {
  const [code, message, remedy] = words(failure, text);
  return { code, severity: 'error', path: [], place, message, ...(remedy && { remedy }) };
}

function words(failure: YAMLParseError | YAMLWarning, text: string): [string, Text, Text?] {
  switch (failure.code) {
    case 'TAB_AS_INDENT':
      return [
        'tab-indentation',
        {
          en: 'A tab is used for indentation, which YAML forbids.',
          fr: "Une tabulation sert d'indentation, ce que YAML interdit.",
        },
        { en: 'Use spaces, two a level.', fr: 'Utilisez des espaces, deux par niveau.' },
      ];
    case 'MULTIPLE_DOCS':
      return [
        'several-documents',
        {
          en: 'This file holds more than one YAML document.',
          fr: "Ce fichier contient plus d'un document YAML.",
        },
        {
          en: 'Keep one document: remove the lines that hold only `---`.',
          fr: 'Gardez un seul document : retirez les lignes qui ne contiennent que « --- ».',
        },
      ];
    case 'TAG_RESOLVE_FAILED':
      return [
        'unknown-tag',
        {
          en: 'This YAML tag is not known here.',
          fr: "Cette étiquette YAML n'est pas connue ici.",
        },
        {
          en: 'Remove the tag (`!...`) and write a plain value.',
          fr: "Retirez l'étiquette (« !... ») et écrivez une valeur simple.",
        },
      ];
    case 'RESOURCE_EXHAUSTION':
      return ['too-deep', TOO_DEEP.message, TOO_DEEP.remedy];
    default:
      return syntax(failure, text);
  }
}

function syntax(failure: YAMLParseError | YAMLWarning, text: string): [string, Text, Text?] {
  const detail = failure.message.split('\n')[0] ?? '';
  const message = {
    en: `This is not valid YAML: ${detail}`,
    fr: `Ce n'est pas du YAML valide : ${detail}`,
  };
  const first = text[failure.pos[0]];
  if (first === '*' || first === '@' || first === '`' || first === '%')
    return [
      'yaml-syntax',
      message,
      {
        en: `A value that begins with '${first}' must stand in quotes.`,
        fr: `Une valeur qui commence par « ${first} » doit être entre guillemets droits.`,
      },
    ];
  return [
    'yaml-syntax',
    message,
    {
      en: 'Look at the indentation, the colons and the quotes of this line and the one above.',
      fr: "Vérifiez l'indentation, les deux-points et les guillemets de cette ligne et de la précédente.",
    },
  ];
}
