import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { incusCli } from '../integration/support.ts';

export interface Names {
  readonly adm: string;
  readonly mix: string;
  readonly out: string;
}

/** What `apply provision --json` tells of roles. */
export interface Provisioned {
  readonly done: boolean;
  readonly changed: number;
  readonly failed: number;
  readonly machines: readonly { readonly machine: string; readonly changed: number }[];
}

/** What `up --json` and `apply --json` end with, as far as the tests look at it. */
export interface Up {
  readonly good: boolean;
  readonly firewall?: { readonly changed: boolean };
  readonly provision?: Provisioned;
  readonly proof: {
    readonly holds: boolean;
    readonly cells: readonly {
      readonly from: string;
      readonly to: string;
      readonly protocol: string;
      readonly verdict: string;
    }[];
  };
}

const VM = 'type: vm, os_image: "images:debian/13"';
const LIMITS = 'limits.cpu: "1", limits.memory: 320MiB';

/** A virtual machine beside a container, another domain that may reach the container, and the firewall between them. */
export function worldText({ adm, mix, out }: Names): string {
  return `project_name: ${adm}
global: { base_subnet: "10.76", default_os_image: probe, firewall_mode: vm }
domains:
  ${adm}:
    subnet_id: 0
    ephemeral: true
    machines:
      sys-firewall: { ${VM}, ip: 10.76.0.253, config: { ${LIMITS} } }
  ${mix}:
    subnet_id: 1
    trust_level: untrusted
    internet: false
    ephemeral: true
    machines:
      ${mix}-vm: { ${VM}, ip: 10.76.1.10, roles: [base_system], config: { ${LIMITS} } }
      ${mix}-watch: { type: lxc, ip: 10.76.1.20 }
  ${out}:
    subnet_id: 2
    ephemeral: true
    machines:
      ${out}-1: { type: lxc, ip: 10.76.2.1 }
network_policies:
  - { description: watch, from: ${out}, to: ${mix}-watch, ports: all }
  - { description: trace, from: ${out}, to: ${mix}-watch, ports: all, protocol: udp }
`;
}

/** A project folder with the world and more files: path to content. */
export async function projectOf(
  text: string,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-vms-'));
  for (const [path, content] of Object.entries({ 'infra.yml': text, ...more })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

export function inside(project: string, machine: string, ...command: string[]): Promise<string> {
  return incusCli('exec', '--project', project, machine, '--', ...command);
}

export const firewall = (project: string, ...command: string[]) =>
  inside(project, 'sys-firewall', ...command);

/** Where the first line with these words stands. */
export function lineOf(lines: readonly string[], words: string): number {
  return lines.findIndex((line) => line.includes(words));
}
