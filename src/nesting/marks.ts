import type { NestingContext } from '../world/infra/index.ts';

/** Begins the keys on an instance that say what its machine was told; the rest of the key is the name of the file. */
const PREFIX = 'user.anklume.nesting.';

/** Where every machine finds its context. */
export const CONTEXT_FOLDER = '/etc/anklume';

type Config = Readonly<Record<string, string | null>>;

/** A context as text: by the name of its file. */
export function contextValues(context: NestingContext) {
  return {
    absolute_level: String(context.absoluteLevel ?? 0),
    relative_level: String(context.relativeLevel),
    vm_nested: String(context.vmNested),
    yolo: String(context.yolo),
  };
}

/** Names of the files, and so of the values. */
export const CONTEXT_FILES = ['absolute_level', 'relative_level', 'vm_nested', 'yolo'] as const;

/** The keys of an instance that was told this. */
export function contextMarks(context: NestingContext): Record<string, string> {
  const values = contextValues(context);
  return Object.fromEntries(CONTEXT_FILES.map((name) => [markOf(name), values[name]]));
}

export function markOf(file: (typeof CONTEXT_FILES)[number]): string {
  return `${PREFIX}${file}`;
}

/** A config in two: what is told to the machine, and the rest. */
export function splitMarks<V>(config: Readonly<Record<string, V>>): {
  readonly marks: Record<string, V>;
  readonly others: Record<string, V>;
} {
  const entries = Object.entries(config);
  return {
    marks: Object.fromEntries(entries.filter(([key]) => key.startsWith(PREFIX))),
    others: Object.fromEntries(entries.filter(([key]) => !key.startsWith(PREFIX))),
  };
}

/** The files that stand for the keys among `config` that are ours. */
export function filesOf(config: Config): { readonly path: string; readonly text: string }[] {
  return CONTEXT_FILES.flatMap((name) => {
    const value = config[markOf(name)] ?? undefined;
    return value === undefined ? [] : [{ path: `${CONTEXT_FOLDER}/${name}`, text: `${value}\n` }];
  });
}
