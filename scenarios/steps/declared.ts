import { parse } from 'yaml';

export interface DeclaredMachine {
  readonly name: string;
  /** Its domain, which is also the name of its Incus project. */
  readonly project: string;
  readonly ip: string | undefined;
}

interface Infra {
  readonly domains?: Readonly<
    Record<string, { readonly machines?: Readonly<Record<string, { ip?: string } | null>> }>
  >;
}

/** What an infra.yml says, read with nothing but a YAML parser. */
export class Declared {
  readonly machines: readonly DeclaredMachine[];
  readonly domains: readonly string[];

  private constructor({ domains = {} }: Infra) {
    this.domains = Object.keys(domains);
    this.machines = Object.entries(domains).flatMap(([project, { machines = {} }]) =>
      Object.entries(machines).map(([name, about]) => ({ name, project, ip: about?.ip })),
    );
  }

  static of(text: string): Declared {
    return new Declared(parse(text) as Infra);
  }

  machine(name: string): DeclaredMachine {
    const found = this.machines.find((one) => one.name === name);
    if (!found) throw new Error(`infra.yml declares no machine '${name}'`);
    return found;
  }

  /** Machines that stand in one domain, or in two, in both orders. */
  pairs(where: 'inside' | 'across'): { from: DeclaredMachine; to: DeclaredMachine }[] {
    return this.machines.flatMap((from) =>
      this.machines
        .filter((to) => to !== from && (to.project === from.project) === (where === 'inside'))
        .map((to) => ({ from, to })),
    );
  }
}
