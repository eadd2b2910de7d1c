import { printable } from '../../../base/system/index.ts';
import type { ScenarioResult, StepResult } from '../roles/run-scenario.ts';
import { STEPS } from '../roles/scenario.ts';

/** A result that a program in the runner wrote as a line of JSON; undefined where it is none that can be believed. */
export function innerResult(untrustedLine: string): ScenarioResult | undefined {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedLine);
  } catch {
    return undefined;
  }
  if (!isRecord(untrusted) || untrusted.type !== 'role-test') return undefined;
  const { role, scenario, ok, log } = untrusted;
  if (!isName(role) || !isName(scenario) || typeof ok !== 'boolean') return undefined;
  const steps = list(untrusted.steps).flatMap((step) => stepOf(step) ?? []);
  return {
    role,
    scenario,
    // Whoever says that all went well must show it.
    ok: ok && steps.length > 0 && steps.every((step) => step.ok),
    seconds: Number(untrusted.seconds) || 0,
    steps,
    log: typeof log === 'string' ? printable(log) : '',
  };
}

function stepOf(untrusted: unknown): StepResult | undefined {
  if (!isRecord(untrusted) || typeof untrusted.ok !== 'boolean') return undefined;
  const step = STEPS.find((one) => one === untrusted.step);
  if (step === undefined) return undefined;
  const { failure } = untrusted;
  return {
    step,
    ok: untrusted.ok,
    seconds: Number(untrusted.seconds) || 0,
    changed: list(untrusted.changed).flatMap((name) =>
      typeof name === 'string' ? printable(name) : [],
    ),
    ...(typeof failure === 'string' && { failure: printable(failure).slice(0, 4000) }),
  };
}

/** A name that is safe as a part of a file's name. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(untrusted: unknown): readonly unknown[] {
  return Array.isArray(untrusted) ? untrusted : [];
}
