/** One variable of a role, as its `argument_specs.yml` declares it. */
export interface RoleVariable {
  /** A type of Ansible's: `str`, `int`, `bool`, `list` ... Absent: `str`. */
  readonly type?: string;
  /** Type of each member of a list. */
  readonly elements?: string;
  /** The values that there are; of the members, for a list. */
  readonly choices?: readonly (string | number | boolean)[];
}

/** What can be known of a role before Ansible looks at it. */
export interface RoleDescription {
  /** Variables that its `argument_specs.yml` declares; absent where it has none. */
  readonly variables?: Readonly<Record<string, RoleVariable>>;
  /** Further variables that it knows, by its defaults. */
  readonly defaults: readonly string[];
}

/**
 * Looks up roles where Ansible would; what a role says of its variables only where it is asked for. A role that is
 * nowhere is given as undefined; one of which nobody can tell yet, since it may come from elsewhere, is left out.
 */
export type DescribeRoles = (
  /** Names, each with whether its variables matter. */
  roles: ReadonlyMap<string, boolean>,
) => Promise<ReadonlyMap<string, RoleDescription | undefined>>;
