import type { Instance } from '../../incus/index.ts';
import { splitMarks } from '../../nesting/index.ts';
import { compare, type Difference } from '../compare.ts';
import { about, decide, type Rules, recreate, refuse, update } from '../decide.ts';
import { MARK } from '../marks.ts';
import { findInstance, type Observed } from '../observed.ts';
import { holderOf, notOurs, verdictOn } from '../ownership.ts';
import type { PlanEntry, PlanNote, Wanted } from '../plan.ts';
import type { Spec } from '../spec.ts';
import { sameOnDevice } from '../values.ts';

/** What an instance needs; without a refusal of its own. */
export function instanceEntry(spec: Spec, observed: Observed, rules: Rules): PlanEntry | undefined {
  const live = findInstance(observed, spec.project ?? '', spec.name);
  if (!live) return decide(spec, undefined, rules);
  const holder = holderOf(live, rules.projectName);
  if (verdictOn(holder, rules.adopt) === 'refuse')
    return refuse(spec, notOurs(spec.id, live.config[MARK.project]));
  if (live.type !== spec.wanted.type) return refuse(spec, typeChanged(spec, live));
  if (holder === 'ours' && isTorn(live)) return recreate(spec, torn);
  return convergeInstance(spec, live);
}

/** Values first, then the running state: an update of a stopped machine also starts it. */
function convergeInstance(spec: Spec, live: Instance): PlanEntry | undefined {
  const difference = wholeContext(compare(withoutOrigin(spec).wanted, live), spec);
  const stopped = live.status === 'Stopped';
  if (stopped && isTemplate(live)) return difference && update(spec, difference);
  if (difference && stopped)
    return update(
      spec,
      {
        ...difference,
        changes: [...difference.changes, { key: 'status', from: 'Stopped', to: 'Running' }],
      },
      { start: true },
    );
  if (difference)
    return update(
      spec,
      difference,
      losesAddress(live, difference.body.devices) ? { restart: true } : {},
    );
  if (!stopped) return undefined;
  return {
    action: 'start',
    ...about(spec),
    reason: { en: 'is declared and does not run', fr: `est déclarée et n'est pas démarrée` },
  };
}

/** A template is stopped on purpose: what runs in it would not be what others begin with. */
export function isTemplate(live: Pick<Instance, 'config'>): boolean {
  return live.config[MARK.template] === 'true';
}

/** A machine that is told anything of its nesting is told all: nobody knows which of its files are still there. */
function wholeContext(difference: Difference | undefined, spec: Spec): Difference | undefined {
  if (!difference || Object.keys(splitMarks(difference.body.config).marks).length === 0)
    return difference;
  const { marks } = splitMarks(spec.wanted.config);
  const config = { ...difference.body.config, ...marks };
  return { ...difference, body: { ...difference.body, config } };
}

/** An existing machine keeps the mark of the image it was made from. */
function withoutOrigin(spec: Spec): Spec {
  const { [MARK.image]: _, ...config } = spec.wanted.config;
  return { ...spec, wanted: { ...spec.wanted, config } };
}

/** Keys of a card that Incus changes under a running guest; others, but the address, unplug the card. */
const LIVE_KEYS = /^(limits\.|security\.(acls|(mac|ipv4|ipv6)_filtering$)|ipv[46]\.routes)/;

/** A guest asks for its address when it boots: with another address, or a card that was unplugged, it boots again. */
function losesAddress(live: Instance, card: Wanted['devices']): boolean {
  const to = card?.eth0;
  if (!to || live.status === 'Stopped') return false;
  const from = live.expanded_devices.eth0 ?? {};
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].some(
    (key) => !LIVE_KEYS.test(key) && !sameOnDevice(key, from[key], to[key]),
  );
}

/**
 * Left behind by a daemon that was killed while it made the instance: a complete one that never ran carries
 * `volatile.apply_template`, one that ran carries its last power state and the time it was last used. A copy of a
 * template says itself that it is not finished.
 * Only asked of instances with our mark, as imports carry neither key. Starting a torn one would make it worse.
 */
export function isTorn(live: Instance): boolean {
  return (
    live.status === 'Stopped' &&
    (live.config[MARK.pending] !== undefined ||
      (live.config['volatile.apply_template'] === undefined &&
        live.config['volatile.last_state.power'] === undefined &&
        !(Date.parse(live.last_used_at ?? '') > 0)))
  );
}

const torn = {
  en: 'its creation was interrupted: it is removed and made again',
  fr: 'sa création a été interrompue : elle est supprimée et recréée',
};

function typeChanged(spec: Spec, live: Instance) {
  return {
    code: 'type-changed',
    reason: {
      en: `The machine '${spec.name}' is a ${live.type}; a machine cannot change its type.`,
      fr: `La machine « ${spec.name} » est de type ${live.type} ; une machine ne peut pas changer de type.`,
    },
    remedy: {
      en: `Save what it holds, remove it (anklume incus -- delete ${spec.name} --project ${spec.project}), then apply again.`,
      fr: `Sauvegardez son contenu, supprimez-la (anklume incus -- delete ${spec.name} --project ${spec.project}), puis relancez apply.`,
    },
  };
}

/** What apply leaves as it is on purpose, and says so. */
export function instanceNotes(spec: Spec, observed: Observed): PlanNote[] {
  if (observed.unreadable.some((one) => one.project === spec.project && one.name === spec.name))
    return [{ id: spec.id, ...unreadable(spec.name) }];
  const live = findInstance(observed, spec.project ?? '', spec.name);
  if (!live) return [];
  const origin = live.config[MARK.image];
  const notes: PlanNote[] = [];
  if (origin !== undefined && origin !== spec.wanted.image)
    notes.push({ id: spec.id, ...imageChanged(spec, origin) });
  if (live.status === 'Frozen') notes.push({ id: spec.id, ...frozen(spec.name) });
  return notes;
}

function unreadable(name: string) {
  return {
    code: 'state-unknown',
    text: {
      en: `The daemon cannot read '${name}' now; it is left alone.`,
      fr: `Le démon ne peut pas lire « ${name} » en ce moment ; elle est laissée telle quelle.`,
    },
  };
}

function imageChanged(spec: Spec, origin: string) {
  return {
    code: 'image-changed',
    text: {
      en: `'${spec.name}' was made from ${origin} and keeps it; ${spec.wanted.image} is declared now.`,
      fr: `« ${spec.name} » a été créée depuis ${origin} et la conserve ; ${spec.wanted.image} est maintenant déclarée.`,
    },
    remedy: {
      en: `To change it, remove the machine and apply again.`,
      fr: `Pour en changer, supprimez la machine et relancez apply.`,
    },
  };
}

function frozen(name: string) {
  return {
    code: 'frozen',
    text: {
      en: `'${name}' is frozen and stays so.`,
      fr: `« ${name} » est gelée et le reste.`,
    },
  };
}
