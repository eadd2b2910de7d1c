import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A project folder of a test's own, removed with `await using`. */
export interface TestProject extends AsyncDisposable {
  readonly folder: string;
  write(infra: string): Promise<void>;
  /** Every file below, with its bytes and its time of change. */
  snapshot(): Promise<Record<string, string>>;
}

export async function testProject(infra?: string): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-cli-'));
  const write = (text: string) => writeFile(join(folder, 'infra.yml'), text);
  if (infra !== undefined) await write(infra);
  return {
    folder,
    write,
    async snapshot() {
      // Beyond the link lies the product, which is none of the project's files.
      const names = (await readdir(folder, { recursive: true })).filter(
        (name) => !name.startsWith('.anklume/product/'),
      );
      const entries = await Promise.all(
        names.sort().map(async (name) => {
          const facts = await stat(join(folder, name));
          const text = facts.isFile() ? await readFile(join(folder, name), 'utf8') : '';
          return [name, `${facts.isFile() ? facts.mtimeMs : ''}\n${text}`] as const;
        }),
      );
      return Object.fromEntries(entries);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Two domains of one machine each, with one open port between them; `octet` keeps tests apart. */
export function twoDomains(a: string, b: string, octet: number): string {
  return `project_name: cli-${a}
global:
  base_subnet: "10.${octet}"
  default_os_image: probe
domains:
  ${a}:
    subnet_id: 1
    trust_level: trusted
    ephemeral: true
    machines:
      ${a}-one: { ip: "10.${octet}.1.10" }
  ${b}:
    subnet_id: 2
    trust_level: untrusted
    ephemeral: true
    machines:
      ${b}-one: { ip: "10.${octet}.2.10" }
network_policies:
  - { description: web, from: ${a}-one, to: ${b}-one, ports: [80], protocol: tcp }
`;
}
