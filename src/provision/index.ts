export { inventoryKinds } from './ansible.ts';
export { type AnsibleEvent, parseEvent } from './events.ts';
export { type Inhabited, type Provisionable, withRoles } from './machines.ts';
export { requirePlaybook } from './playbook.ts';
export { linkProduct } from './product-link.ts';
export { type AnsibleReach, type ProvisionChoices, provision } from './provision.ts';
export type { MachineOutcome, ProvisionReport } from './report.ts';
export { describeRolesOf } from './role-description.ts';
export { knownRoles, roleFolders } from './roles.ts';
