import { AnklumeError, step } from '../../base/messages/index.ts';
import { inProject } from '../../copies/index.ts';
import type { Outcome, Plan, PlanEntry } from '../../engine/index.ts';
import { localAlias } from '../../images/index.ts';
import type { Image } from '../../incus/index.ts';
import {
  type Provisionable,
  type ProvisionReport,
  provision,
  withRoles,
} from '../../provision/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import type { Desired, DesiredMachine } from '../../world/tree/index.ts';
import type { CopiesReport, EqualMachinesRun } from '../apply/index.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { capture, type Model } from './capture.ts';
import { type Asked, keptAmong, unasked } from './kept.ts';
import type { Recipe } from './recipe.ts';
import type { Lot, Sharing } from './share.ts';

/** What each machine with a recipe would be made from. */
export function asked(
  desired: Desired,
  recipes: ReadonlyMap<string, Recipe>,
  images: readonly Image[],
): (Asked & { readonly id: string })[] {
  return candidatesOf(desired).flatMap(({ id, machine }) => {
    const recipe = recipes.get(id)?.hash;
    if (recipe === undefined) return [];
    const alias = localAlias(machine.image, 'container');
    const base = images.find(({ aliases }) => aliases.some(({ name }) => name === alias));
    return [{ id, recipe, base: base?.fingerprint }];
  });
}

/** One execution of a plan that makes equal machines once. Its two hooks are for the engine. */
export class GoldenRun implements EqualMachinesRun {
  readonly plan: Plan;
  readonly #world: World;
  readonly #daemon: Daemon;
  readonly #listening: Listening;
  readonly #sharing: Sharing;
  readonly #recipes: ReadonlyMap<string, Recipe>;
  readonly #candidates: readonly Candidate[];
  /** Models whose making has not ended. */
  readonly #awaited: Set<string>;
  readonly #made = new Set<string>();
  readonly #modelsEnded = new Gate();
  #provisioned: ProvisionReport | undefined;
  #kept: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(
    world: World,
    daemon: Daemon,
    plan: Plan,
    listening: Listening,
    sharing: Sharing,
    recipes: ReadonlyMap<string, Recipe>,
  ) {
    this.#world = world;
    this.#daemon = daemon;
    this.#listening = listening;
    this.#sharing = sharing;
    this.#recipes = recipes;
    this.#candidates = candidatesOf(world.desired);
    this.#awaited = new Set(sharing.lots.map(({ model }) => model));
    this.plan = {
      ...plan,
      entries: plan.entries.map((entry) => made(entry, sharing.fromKept.get(entry.id))),
    };
  }

  /** Holds a follower back until its model is kept. Where that fails it is made as it would be without. */
  readonly before: EqualMachinesRun['before'] = async (entry) => {
    const lot = this.#sharing.lots.find(({ followers }) => followers.includes(entry.id));
    if (!lot) return entry;
    await this.#modelsEnded.opened;
    this.#kept ??= this.#keepModels();
    return made(entry, (await this.#kept).get(lot.recipe));
  };

  readonly ended: EqualMachinesRun['ended'] = ({ id, result }: Outcome) => {
    if (result === 'done') this.#made.add(id);
    this.#awaited.delete(id);
    if (this.#awaited.size === 0) this.#modelsEnded.open();
  };

  async report(): Promise<CopiesReport> {
    const kept = (await this.#kept) ?? new Map<string, string>();
    const followers = this.#sharing.lots
      .filter(({ recipe }) => kept.has(recipe))
      .flatMap((lot) => lot.followers);
    const copies = [...this.#sharing.fromKept.keys(), ...followers].filter((id) =>
      this.#made.has(id),
    );
    const alike = new Map<string, string[]>();
    for (const id of copies) {
      const recipe = this.#recipes.get(id);
      if (recipe?.uniform) alike.set(recipe.hash, [...(alike.get(recipe.hash) ?? []), id]);
    }
    const names = (ids: readonly string[]) => ids.flatMap((id) => this.#machineOf(id)?.name ?? []);
    return {
      models: names(this.#sharing.lots.map(({ model }) => model)),
      copies: names(copies),
      alike: [...alike.values()].map(names),
      ...(this.#provisioned && { provisioned: this.#provisioned }),
    };
  }

  /** The images of the models, by recipe. Never throws: an image that there is not only costs time. */
  async #keepModels(): Promise<ReadonlyMap<string, string>> {
    const kept = new Map<string, string>();
    try {
      const done = await this.#provisionModels();
      const lots = this.#sharing.lots.filter(({ model }) => done.has(model));
      if (lots.length === 0) return kept;
      await inProject(this.#daemon.incus, async () => {
        for (const lot of lots) kept.set(lot.recipe, await this.#keep(lot));
      });
      await this.#forget();
    } catch (error) {
      if (!(error instanceof AnklumeError)) throw error;
      if (!this.#listening.signal.aborted) this.#tell(error);
    }
    return kept;
  }

  /** The ids of those that got all their roles. */
  async #provisionModels(): Promise<ReadonlySet<string>> {
    const models = this.#sharing.lots.map(({ model }) => model).filter((id) => this.#made.has(id));
    const machines = withRoles(this.#world.desired).filter((one) => models.includes(placeOf(one)));
    if (machines.length === 0) return new Set();
    const { root } = this.#world;
    const report = await provision(machines, {
      root,
      reach: this.#daemon.reach,
      ...this.#listening,
    });
    this.#provisioned = report;
    const good = report.machines.filter(({ result }) => result === 'done');
    return new Set(
      machines.filter(({ name }) => good.some(({ machine }) => machine === name)).map(placeOf),
    );
  }

  #keep({ model, recipe, followers }: Lot): Promise<string> {
    const { incus } = this.#daemon;
    const { projectName } = this.#world.desired;
    const subject = this.#modelOf(model, recipe);
    const n = followers.length;
    const label = {
      en: `Keep ${subject.instance} as an image for ${n} more`,
      fr: `Conserver ${subject.instance} comme image pour ${n} autres`,
    };
    return step(this.#listening.emit, { id: `golden:${recipe.slice(0, 12)}`, label }, () =>
      capture(incus, subject, projectName),
    );
  }

  /** Images that this infrastructure kept and asks for no more go when a new one was made. */
  async #forget(): Promise<void> {
    const { incus } = this.#daemon;
    const { desired } = this.#world;
    const images = await incus.images.list();
    const wanted = asked(desired, this.#recipes, images);
    for (const { fingerprint } of unasked(keptAmong(images), desired.projectName, wanted))
      await incus.images.delete(fingerprint);
  }

  #modelOf(id: string, recipe: string): Model {
    const found = this.#candidates.find((one) => one.id === id);
    if (!found) throw new Error(`${id} is no candidate`);
    const { domain, machine } = found;
    const { image, roles, instance } = machine;
    return { project: domain.project, instance, recipe, image, roles };
  }

  #machineOf(id: string): DesiredMachine | undefined {
    return this.#candidates.find((one) => one.id === id)?.machine;
  }

  #tell(error: AnklumeError): void {
    this.#listening.emit({
      type: 'note',
      level: 'warning',
      code: 'golden-not-kept',
      text: {
        en: `Equal machines are provisioned one by one: ${error.text.en}`,
        fr: `Les machines identiques sont provisionnées une à une : ${error.text.fr}`,
      },
      ...(error.remedy && { remedy: error.remedy }),
    });
  }
}

/** The entry of a machine, made from a kept image where there is one. */
function made<E extends PlanEntry>(entry: E, fingerprint: string | undefined): E {
  if (fingerprint === undefined || entry.action !== 'create') return entry;
  return { ...entry, body: { ...entry.body, fingerprint } };
}

/** The id of a machine's entry in a plan. */
function placeOf({ project, instance }: Provisionable): string {
  return `instance:${project}/${instance}`;
}

/** Shut until it is opened, once. */
class Gate {
  readonly opened: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
