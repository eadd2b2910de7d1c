import type { Platform, Scenario } from './scenario.ts';

/** The Incus project that all machines of role tests stand in. */
export const PROJECT = 'default';

/** Name of the instance of a platform: an Incus name has at most 63 characters, and no underscore. */
export function instanceName({ role, name }: Scenario, platform: Platform): string {
  return `${role}-${name}-${platform.name}`.replaceAll('_', '-').slice(0, 63).replace(/-$/, '');
}

/** The inventory of a scenario in JSON, which Ansible reads as YAML. */
export function inventoryOf(scenario: Scenario): string {
  const hosts = scenario.platforms.map((platform) => [
    platform.name,
    {
      ...scenario.hostVars[platform.name],
      ansible_connection: 'anklume_incus',
      ansible_python_interpreter: '/usr/bin/python3',
      ansible_incus_host: instanceName(scenario, platform),
      ansible_incus_project: PROJECT,
    },
  ]);
  const groups = new Set([
    ...scenario.platforms.flatMap((platform) => platform.groups),
    ...Object.keys(scenario.groupVars),
  ]);
  groups.delete('all');
  const children = [...groups].map((group) => [
    group,
    {
      hosts: Object.fromEntries(
        scenario.platforms
          .filter((platform) => platform.groups.includes(group))
          .map(({ name }) => [name, {}]),
      ),
      vars: scenario.groupVars[group] ?? {},
    },
  ]);
  const all = {
    hosts: Object.fromEntries(hosts),
    vars: scenario.groupVars.all ?? {},
    children: Object.fromEntries(children),
  };
  return `${JSON.stringify({ all }, null, 2)}\n`;
}
