import { resolve } from 'node:path';
import type { Envelope } from './envelopes.ts';
import type { Feature } from './features.ts';

/** A scenario as it is written, before it runs. */
export interface ScenarioText {
  readonly feature: string;
  readonly name: string;
  readonly category: Feature['category'];
  readonly file: string;
  readonly line: number;
  readonly scenario: string;
  readonly matrix: readonly string[];
  /** Steps that nobody has written. */
  readonly undefinedSteps: readonly string[];
}

type Document = NonNullable<Envelope['gherkinDocument']>;
type Pickle = NonNullable<Envelope['pickle']>;

/** What the parser tells of the features: titles, lines, tags, the words of each step. */
export class Catalogue {
  readonly #features: ReadonlyMap<string, Feature>;
  readonly #root: string;
  readonly #titles = new Map<string, string>();
  readonly #keywords = new Map<string, string>();
  readonly #pickles = new Map<string, Pickle>();
  readonly #undefined = new Map<string, string[]>();
  readonly #faults: string[] = [];

  /** `root`: the folder that the runner's paths are relative to. */
  constructor(features: readonly Feature[], root: string) {
    this.#features = new Map(features.map((feature) => [feature.file, feature]));
    this.#root = root;
  }

  add({ gherkinDocument, pickle, parseError, testCase }: Envelope): void {
    if (gherkinDocument) this.#addDocument(gherkinDocument);
    if (pickle) this.#pickles.set(pickle.id, pickle);
    if (testCase) this.#match(testCase);
    if (parseError) this.#faults.push(`${parseError.source.uri}${parseError.message}`);
  }

  #match({ pickleId, testSteps }: NonNullable<Envelope['testCase']>): void {
    const unmatched = testSteps.filter(
      ({ pickleStepId, stepDefinitionIds }) => pickleStepId && stepDefinitionIds?.length === 0,
    );
    const texts = unmatched.map(({ pickleStepId = '' }) => this.step(pickleId, pickleStepId)?.text);
    this.#undefined.set(pickleId, [...new Set(texts.filter((text) => text !== undefined))]);
  }

  #addDocument({ uri, feature }: Document): void {
    this.#titles.set(uri, feature?.name ?? '');
    const children = (feature?.children ?? []).flatMap((child) => [
      child,
      ...(child.rule?.children ?? []),
    ]);
    for (const { background, scenario } of children) {
      for (const step of [...(background?.steps ?? []), ...(scenario?.steps ?? [])])
        this.#keywords.set(step.id, step.keyword.trim());
    }
  }

  /** Files that are no Gherkin, and why. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Every scenario, in the order that the parser gave. */
  scenarios(): ScenarioText[] {
    return [...this.#pickles.values()].map((pickle) => this.#text(pickle));
  }

  scenario(pickleId: string): ScenarioText | undefined {
    const pickle = this.#pickles.get(pickleId);
    return pickle && this.#text(pickle);
  }

  #text(pickle: Pickle): ScenarioText {
    const file = resolve(this.#root, pickle.uri);
    const { name = pickle.uri, category = 'own' } = this.#features.get(file) ?? {};
    return {
      feature: this.#titles.get(pickle.uri) ?? '',
      name,
      category,
      file: pickle.uri,
      line: pickle.location.line,
      scenario: pickle.name,
      matrix: pickle.tags
        .map((tag) => tag.name.slice(1))
        .filter((tag) => /^[A-Z]{2}-\d{3}$/.test(tag)),
      undefinedSteps: this.#undefined.get(pickle.id) ?? [],
    };
  }

  /** Keyword and words of a step. */
  step(pickleId: string, stepId: string): { keyword: string; text: string } | undefined {
    const step = this.#pickles.get(pickleId)?.steps.find(({ id }) => id === stepId);
    return step && { keyword: this.#keywords.get(step.astNodeIds[0] ?? '') ?? '', text: step.text };
  }
}
