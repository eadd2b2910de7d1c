import type { Problem } from '../../base/messages/index.ts';
import { type ReadDocument, readDocument } from './document.ts';
import type { Path, Placer } from './finding.ts';
import { isMapping } from './mapping.ts';
import type { SourceText } from './sources.ts';

/** The files of a world as one value, which still knows where each of its parts stands. */
export interface Merged {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly placer: Placer;
}

/** Where a part of the merged value comes from: the document, and what to put before a path to find it there. */
interface Origin {
  readonly document: ReadDocument;
  /** How many steps of the merged path to leave out in front. */
  readonly skip: number;
}

/** Reads the texts and puts them together: a single file stays what it is, a folder becomes the same value. */
export function mergeSources(texts: readonly SourceText[]): Merged {
  const whole = texts.find(({ part }) => part === 'whole');
  if (whole) return readDocument(whole.file, whole.text);

  const merger = new Merger();
  for (const source of texts) {
    const document = readDocument(source.file, source.text);
    merger.problems.push(...document.problems);
    if (source.part === 'base') merger.base(document);
    else if (source.part === 'domains') merger.domainsFile(document);
    else merger.policies(document);
  }
  return { value: merger.value, problems: merger.problems, placer: merger.placer };
}

class Merger {
  readonly problems: Problem[] = [];
  readonly value: Record<string, unknown> = {};
  private readonly domains: Record<string, unknown> = {};
  private readonly origins = new Map<string, Origin>();
  private first: ReadDocument | undefined;

  base(document: ReadDocument): void {
    this.first = document;
    if (!isMapping(document.value)) {
      if (document.value !== null && document.value !== undefined) this.notMapping(document);
      this.value.domains = this.domains;
      return;
    }
    const { domains, ...rest } = document.value;
    Object.assign(this.value, rest, { domains: this.domains });
    for (const key of Object.keys(rest)) this.origins.set(key, { document, skip: 0 });
    if (isMapping(domains)) this.addDomains(domains, { document, skip: 0 });
  }

  domainsFile(document: ReadDocument): void {
    this.first ??= document;
    this.value.domains = this.domains;
    if (document.value === null || document.value === undefined) return;
    if (!isMapping(document.value)) {
      this.notMapping(document);
      return;
    }
    const { domains, ...rest } = document.value;
    if (!isMapping(domains)) {
      this.addDomains(document.value, { document, skip: 1 });
      return;
    }
    this.addDomains(domains, { document, skip: 0 });
    for (const key of Object.keys(rest)) this.misplaced(document, key);
  }

  policies(document: ReadDocument): void {
    this.first ??= document;
    if (document.value === null || document.value === undefined) return;
    if (Array.isArray(document.value)) {
      this.set('network_policies', document.value, { document, skip: 1 });
      return;
    }
    if (!isMapping(document.value)) {
      this.notMapping(document);
      return;
    }
    for (const [key, value] of Object.entries(document.value))
      if (key === 'network_policies' || key === 'services')
        this.set(key, value, { document, skip: 0 });
      else this.misplaced(document, key);
  }

  readonly placer: Placer = (path: Path) => {
    const origin =
      (path[0] === 'domains' && this.origins.get(`domains/${path[1]}`)) ||
      this.origins.get(path[0] ?? '');
    if (origin) return origin.document.placer(path.slice(origin.skip));
    return this.first?.placer([]);
  };

  private set(key: string, value: unknown, origin: Origin): void {
    const before = this.origins.get(key);
    if (before) this.twice('duplicate-key', [key], before, origin);
    else {
      this.value[key] = value;
      this.origins.set(key, origin);
    }
  }

  private addDomains(domains: Readonly<Record<string, unknown>>, origin: Origin): void {
    for (const [name, body] of Object.entries(domains)) {
      const before = this.origins.get(`domains/${name}`);
      if (before) this.twice('duplicate-domain', ['domains', name], before, origin);
      else {
        this.domains[name] = body;
        this.origins.set(`domains/${name}`, origin);
      }
    }
  }

  private twice(code: string, path: Path, before: Origin, again: Origin): void {
    const place = again.document.placer(path.slice(again.skip));
    const related = before.document.placer(path.slice(before.skip));
    const name = path.at(-1) ?? '';
    this.problems.push({
      code,
      severity: 'error',
      path,
      ...(place && { place }),
      ...(related && { related }),
      message: {
        en: `'${name}' is declared in two files.`,
        fr: `« ${name} » est déclaré dans deux fichiers.`,
      },
      remedy: {
        en: 'Rename one of the two, or put them together.',
        fr: "Renommez l'un des deux, ou réunissez-les.",
      },
    });
  }

  private notMapping(document: ReadDocument): void {
    const place = document.placer([]);
    this.problems.push({
      code: 'wrong-type',
      severity: 'error',
      path: [],
      ...(place && { place }),
      message: {
        en: 'This file must be a mapping of keys.',
        fr: 'Ce fichier doit être un ensemble de clés.',
      },
      remedy: { en: 'Write `name: value` lines.', fr: 'Écrivez des lignes « nom: valeur ».' },
    });
  }

  private misplaced(document: ReadDocument, key: string): void {
    const place = document.placer([key]);
    this.problems.push({
      code: 'misplaced-key',
      severity: 'error',
      path: [key],
      ...(place && { place }),
      message: {
        en: `'${key}' does not belong in this file.`,
        fr: `« ${key} » n'a pas sa place dans ce fichier.`,
      },
      remedy: {
        en: 'In a folder infra/, project_name and global stand in base.yml, domains in domains/*.yml and network_policies in policies.yml.',
        fr: 'Dans un dossier infra/, project_name et global vont dans base.yml, les domaines dans domains/*.yml et network_policies dans policies.yml.',
      },
    });
  }
}
