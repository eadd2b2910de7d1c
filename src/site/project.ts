import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { AnklumeError, ExitCode, errorsOf, type Problem } from '../base/messages/index.ts';
import { printable, readHostFacts } from '../base/system/index.ts';
import { describeRolesOf } from '../provision/index.ts';
import {
  type FoundInfra,
  findInfra,
  type HostResources,
  type Infra,
  loadInfra,
} from '../world/infra/index.ts';
import { ownNesting } from './nesting.ts';

/** A project whose infra.yml has been found, read and found good. */
export interface Project {
  readonly root: string;
  readonly infra: Infra;
  readonly warnings: readonly Problem[];
}

export interface ProjectChoice {
  /** Folder to look from, upwards. */
  readonly cwd: string;
  /** `--infra`: a file, a folder infra/, or a folder that holds one of the two. */
  readonly infra?: string | undefined;
  /** Unknown keys are errors. */
  readonly strict?: boolean;
  /** Of the daemon's host, when that is another machine. */
  readonly host?: HostResources;
}

/** Finds the project, without reading it. Throws `infra-invalid` (exit 2) when there is none. */
export async function findProject(
  choice: Pick<ProjectChoice, 'cwd' | 'infra'>,
): Promise<FoundInfra> {
  const found =
    choice.infra !== undefined
      ? await named(resolve(choice.cwd, choice.infra))
      : await findInfra(choice.cwd);
  if ('path' in found && 'root' in found) return found;
  throw invalid([found]);
}

/** Finds, reads and checks the project. Any error in it stops everything here, with exit 2. */
export async function openProject(choice: ProjectChoice): Promise<Project> {
  const { path, root } = await findProject(choice);
  const [nesting, facts] = await Promise.all([ownNesting(), readHostFacts()]);
  const context = { nesting, host: choice.host ?? facts, ...(choice.strict && { strict: true }) };
  const { infra, problems } = await loadInfra(path, context, describeRolesOf(root));
  if (!infra) throw invalid(problems);
  return { root, infra, warnings: problems };
}

async function named(path: string): Promise<FoundInfra | Problem> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) return absent(path);
  if (facts.isDirectory() && basename(path) !== 'infra') return findInfra(path);
  return { path, root: dirname(path) };
}

/** Said before the tree beside it is read: that would be taken for what the file declares. */
function absent(path: string): Problem {
  const shown = printable(path);
  return {
    code: 'no-such-infra',
    severity: 'error',
    path: [],
    message: {
      en: `--infra names ${shown}, which is not there or cannot be looked at.`,
      fr: `--infra désigne ${shown}, qui n'existe pas ou ne peut pas être consulté.`,
    },
    remedy: {
      en: 'Correct the path, or leave --infra out: the nearest infra.yml is used then.',
      fr: "Corrigez le chemin, ou retirez --infra : l'infra.yml le plus proche est alors utilisé.",
    },
  };
}

function invalid(problems: readonly Problem[]): AnklumeError {
  const [only] = problems;
  if (problems.length === 1 && only && !only.place)
    return new AnklumeError({
      code: only.code,
      exit: ExitCode.usage,
      message: only.message,
      ...(only.remedy && { remedy: only.remedy }),
    });
  const n = errorsOf(problems).length;
  return new AnklumeError({
    code: 'infra-invalid',
    exit: ExitCode.usage,
    problems,
    message: {
      en: `The declared infrastructure has ${n === 1 ? 'an error' : `${n} errors`}. Nothing was changed.`,
      fr: `L'infrastructure déclarée comporte ${n === 1 ? 'une erreur' : `${n} erreurs`}. Rien n'a été modifié.`,
    },
  });
}
