import { flag, oneOf, text } from './kinds.ts';
import { type FieldsOf, type ReadFieldsOf, row } from './rows.ts';

export const TRUST_LEVELS = [
  'admin',
  'trusted',
  'semi-trusted',
  'untrusted',
  'disposable',
] as const;

/** The keys of a domain that hold one value, in the order of its variables. */
export const DOMAIN_KEYS = {
  description: row('description', text, 'domain_description', '', { always: true }),
  ephemeral: row('ephemeral', flag, 'domain_ephemeral', false, {
    about: 'Default of the machines of this domain; false.',
    always: true,
  }),
  trustLevel: row(
    'trust_level',
    oneOf(TRUST_LEVELS, 'trust-level'),
    'domain_trust_level',
    undefined,
  ),
  internet: row('internet', flag, 'domain_internet', true, {
    about: 'false: the machines of this domain have no way out. Default true.',
  }),
  lan: row('lan', flag, 'domain_lan', true, {
    about: 'false: the internet without the local network. Default true.',
  }),
};

/** What the rows above make of a domain, once resolved and once read back from the tree. */
export interface DomainFields extends FieldsOf<typeof DOMAIN_KEYS> {}
export interface ReadDomainFields extends ReadFieldsOf<typeof DOMAIN_KEYS> {}
