import type { RuleCode } from './codes.ts';
import type { Field, Match, Rule } from './rules.ts';

export const counted = (
  matches: readonly Match[],
  verdict: 'accept' | 'drop',
  code: RuleCode,
): Rule => ({
  matches,
  verdict: { do: verdict },
  code,
});
export const accepted = (matches: readonly Match[], code: RuleCode): Rule =>
  counted(matches, 'accept', code);
export const dropped = (matches: readonly Match[], code: RuleCode): Rule =>
  counted(matches, 'drop', code);

/** On to another chain, for good; with `back`, what that one does not decide returns. */
export const into = (chain: string, matches: readonly Match[], back?: 'back'): Rule => ({
  matches,
  verdict: { do: back ? 'jump' : 'goto', chain },
});

export const inSet = (set: string, ...fields: readonly Field[]): Match => ({
  on: 'set',
  fields,
  set,
});
export const notInSet = (set: string, ...fields: readonly Field[]): Match => ({
  on: 'set',
  fields,
  set,
  not: true,
});

export const fromOurs: Match = inSet('bridges', 'iifname');
export const toOurs: Match = inSet('bridges', 'oifname');

/** What an accept of a conversation asks last: what is part of none is never let through. */
export const valid: Match = { on: 'tracking', value: 'valid' };
/** The same where ICMP is let through as well: errors about conversations have rules of their own. */
export const usual: Match = { on: 'tracking', value: 'usual' };
export const reply: Match = { on: 'tracking', value: 'reply' };
export const related: Match = { on: 'tracking', value: 'related' };
export const noInvalid: Rule = counted(
  [{ on: 'tracking', value: 'invalid' }],
  'drop',
  'invalid-state',
);
/** With br_netfilter the kernel loses sight of an error whose receiver it has changed. */
export const unusualIcmp: readonly Match[] = [{ on: 'icmp' }, { on: 'tracking', value: 'unusual' }];
/** An ICMP error about a conversation that the kernel knows. */
export const anError: readonly Match[] = [related, { on: 'icmp' }];

/**
 * Where the host takes packets that name their own way (`accept_source_route`), it answers back from hop to hop, and
 * any machine can be named as one; an answer to the host itself goes on to one, and is known by the host's address
 * until it has left. `ip option lsrr exists` would not do: it is false for a way that was gone in part, and for a
 * packet with an option beside that only some programs may set.
 */
export const noOptions: Rule = counted([{ on: 'options' }], 'drop', 'source-route');
