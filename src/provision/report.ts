import { type Text, verbatim } from '../base/messages/index.ts';
import type { AnsibleEvent } from './events.ts';
import type { Provisionable } from './machines.ts';

/** Why a machine was not provisioned to the end. Task, role and words come from Ansible and the machine. */
export interface MachineFailure {
  readonly task: string;
  readonly role: string;
  readonly message: Text;
}

/** How one machine ended: counts of tasks, as Ansible counts them. */
export interface MachineOutcome {
  readonly machine: string;
  readonly domain: string;
  readonly result: 'done' | 'failed' | 'unreachable';
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failure?: MachineFailure;
}

/** What one run did. Plain JSON. */
export interface ProvisionReport {
  readonly machines: readonly MachineOutcome[];
  /** Tasks that changed something, over all machines. */
  readonly changed: number;
  /** Machines that did not get to the end. */
  readonly failed: number;
  /** File with everything that Ansible said; absent when it was not started. */
  readonly log?: string;
  readonly seconds: number;
}

/** Puts the events of a run together. */
export class Tally {
  readonly #failures = new Map<string, MachineFailure>();
  #stats: Extract<AnsibleEvent, { event: 'stats' }>['hosts'] | undefined;

  add(event: AnsibleEvent): void {
    if (event.event === 'stats') this.#stats = event.hosts;
    if (event.event !== 'result') return;
    if (event.status !== 'failed' && event.status !== 'unreachable') return;
    const { host, task, role, message } = event;
    this.#failures.set(host, { task, role, message: verbatim(shortened(message)) });
  }

  /** Whether Ansible came to its end. */
  get isComplete(): boolean {
    return this.#stats !== undefined;
  }

  outcomeOf({ name, domain }: Provisionable): MachineOutcome {
    const stats = this.#stats?.[name];
    if (!stats) return passedOver(name, domain);
    const { ok, changed, failures, unreachable, skipped } = stats;
    const failure = this.#failures.get(name);
    const result = unreachable > 0 ? 'unreachable' : failures > 0 ? 'failed' : 'done';
    return {
      machine: name,
      domain,
      result,
      ok,
      changed,
      failed: failures,
      skipped,
      // A failure that a rescue caught is none.
      ...(result !== 'done' && failure && { failure }),
    };
  }
}

/** Ansible only warns of a machine that it does not know; for us it is one without its roles. */
function passedOver(machine: string, domain: string): MachineOutcome {
  const message = {
    en: 'Ansible passed it over: it is in no file of inventory/, or a play of your own in site.yml ends it.',
    fr: "Ansible l'a ignorée : elle n'est dans aucun fichier d'inventory/, ou un play à vous dans site.yml y met fin.",
  };
  const counts = { ok: 0, changed: 0, failed: 1, skipped: 0 };
  return { machine, domain, result: 'failed', ...counts, failure: { task: '', role: '', message } };
}

/** Characters of a machine's words that a report quotes; the log has all of them. */
const LONGEST = 600;

function shortened(words: string): string {
  return words.length > LONGEST ? `${words.slice(0, LONGEST)} [...]` : words;
}
