import { type Emit, type Text, verbatim } from '../base/messages/index.ts';
import type { AnsibleEvent } from './events.ts';
import type { Provisionable } from './machines.ts';
import type { MachineOutcome } from './report.ts';

/** Tells how it goes with each machine, as the events of everything else are told. */
export class Steps {
  readonly #emit: Emit;
  readonly #ids: ReadonlyMap<string, string>;
  readonly #started = performance.now();

  constructor(machines: readonly Provisionable[], emit: Emit) {
    this.#emit = emit;
    this.#ids = new Map(
      machines.map(({ name, project, instance }) => [name, `provision:${project}/${instance}`]),
    );
    for (const { name, domain, project, instance } of machines)
      emit({
        type: 'step.started',
        id: `provision:${project}/${instance}`,
        label: { en: `Provision ${name}`, fr: `Provisionner ${name}` },
        domain,
      });
  }

  follow(event: AnsibleEvent): void {
    if (event.event !== 'task') return;
    const id = this.#ids.get(event.host);
    if (id === undefined) return;
    const text = event.role === '' ? event.task : `${event.role}: ${event.task}`;
    this.#emit({ type: 'step.progress', id, text: verbatim(text) });
  }

  /** Ansible said nothing about how the machines are. */
  abandon(): void {
    const reason = { en: 'Ansible did not get to its end', fr: "Ansible n'est pas allé au bout" };
    for (const id of this.#ids.values()) this.#emit({ type: 'step.skipped', id, reason });
  }

  ended(outcome: MachineOutcome): void {
    const id = this.#ids.get(outcome.machine);
    if (id === undefined) return;
    if (outcome.result === 'done') {
      const seconds = (performance.now() - this.#started) / 1000;
      this.#emit({ type: 'step.done', id, seconds, summary: counts(outcome) });
      return;
    }
    this.#emit({ type: 'step.failed', id, code: 'provision-failed', message: why(outcome) });
  }
}

function counts({ ok, changed }: MachineOutcome): Text {
  return { en: `${ok} ok, ${changed} changed`, fr: `${ok} ok, ${changed} changements` };
}

/** What failed, where, in the machine's own words. */
function why({ failure, result }: MachineOutcome): Text {
  if (!failure) return { en: result, fr: result };
  const { role, task, message } = failure;
  const where = [role, task].filter(Boolean).join(': ');
  if (task === '') return message;
  return { en: `${where}: ${message.en}`, fr: `${where} : ${message.fr}` };
}
