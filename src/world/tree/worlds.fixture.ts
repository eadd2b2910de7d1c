import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import {
  expirySeconds,
  type Infra,
  loadTexts,
  type Machine,
  type SourceText,
} from '../infra/index.ts';
import type { Desired, DesiredMachine } from './desired.ts';
import { TREE_FOLDERS } from './layout.ts';
import { placeSection } from './managed-section.ts';
import { renderTree } from './render.ts';
import { planSync, writeSync } from './sync.ts';

/** A world as infra.yml has it; JSON is YAML. */
export type Written = Readonly<Record<string, unknown>>;

export const SAMPLE = {
  project_name: 'home',
  global: {
    base_subnet: '10.100',
    default_os_image: 'images:debian/13',
    default_connection: 'community.general.incus',
    default_user: 'root',
    gpu_policy: 'shared',
  },
  domains: {
    pro: {
      description: 'Travail : "clients", # et le reste',
      subnet_id: 3,
      trust_level: 'trusted',
      profiles: { nesting: { config: { 'security.nesting': true }, devices: {} } },
      machines: {
        'pro-dev': {
          description: 'yes',
          ip: '10.100.3.1',
          profiles: ['default', 'nesting'],
          config: { 'limits.cpu': 2, 'user.on': 'on' },
          devices: {
            data: { type: 'disk', source: '/srv/data', path: '/data' },
            web: { type: 'proxy', listen: 'tcp:127.0.0.1:8080', connect: 'tcp:127.0.0.1:80' },
          },
          storage_volumes: { work: { path: '/work', size: '5GiB' } },
          roles: ['base_system', 'web_server'],
          web_server_port: '{{ site_port }}',
          web_server_hosts: [{ name: 'a', aliases: ['007', 'no'] }, 'b'],
          boot_autostart: true,
          boot_priority: 10,
          snapshots_schedule: '0 6 * * *',
          snapshots_expiry: '30d',
          weight: 3,
        },
        'pro-mail': { type: 'vm', ephemeral: true, os_image: 'images:alpine/3.20' },
      },
    },
    lab: { subnet_id: 4, ephemeral: true, internet: false, machines: { 'lab-one': { gpu: true } } },
    empty: {},
  },
  network_policies: [
    { description: 'web', from: 'lab', to: 'pro-dev', ports: [443, 80], protocol: 'tcp' },
    { description: 'all', from: 'host', to: 'lab', ports: 'all', bidirectional: true },
  ],
} satisfies Written;

/** The world of a single file. Throws when it does not load. */
export function load(written: Written): Infra {
  return loadFrom([{ file: 'infra.yml', part: 'whole', text: JSON.stringify(written) }]);
}

/** The same world from a folder: base, one file a domain, policies. */
export function loadSplit(written: Written): Infra {
  const { domains = {}, network_policies, ...base } = written;
  const files = Object.entries(domains as Written).map(
    ([name, body]): SourceText => ({
      file: `infra/domains/${name}.yml`,
      part: 'domains',
      text: JSON.stringify({ [name]: body }),
    }),
  );
  return loadFrom([
    { file: 'infra/base.yml', part: 'base', text: JSON.stringify(base) },
    ...files.sort((a, b) => (a.file < b.file ? -1 : 1)),
    { file: 'infra/policies.yml', part: 'policies', text: JSON.stringify({ network_policies }) },
  ]);
}

function loadFrom(texts: readonly SourceText[]): Infra {
  const nesting = { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false };
  const { infra, problems } = loadTexts(texts, { nesting });
  if (!infra) throw new Error(JSON.stringify(problems, null, 1));
  return infra;
}

const words = fc.oneof(
  fc.constantFrom(
    'yes',
    '0o7',
    '1:30',
    '2024-01-01',
    '~',
    '',
    'a\nb\n',
    '# === END MANAGED ===',
    'é: "x"',
    '{{ x }}',
    '{% x\ny',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const settings = fc.dictionary(
  fc.constantFrom('user.a', 'user.yes', 'user.007', 'environment.X'),
  fc.oneof(words, fc.boolean(), fc.integer()),
);
/** Names that JavaScript gives a meaning of its own are refused when a world loads. */
const roleValue = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => !/"(__proto__|prototype|constructor)":/.test(JSON.stringify(value)));
const machine = fc.record(
  {
    description: words,
    type: fc.constantFrom('lxc', 'vm'),
    ephemeral: fc.boolean(),
    config: settings,
    devices: fc.dictionary(
      fc.constantFrom('d1', 'yes', '007'),
      fc.record({ type: fc.constant('none'), 'user.note': words }),
    ),
    roles: fc.constant(['web_server']),
    web_server_thing: roleValue,
    os_image: fc.constantFrom('images:alpine/3.20', 'debian/13'),
    weight: fc.integer({ min: 1, max: 9 }),
    boot_autostart: fc.boolean(),
    boot_priority: fc.integer({ min: 0, max: 100 }),
    snapshots_expiry: fc.constantFrom('30d', '24h'),
    storage_volumes: fc.constant([{ name: 'data', path: '/data', config: { 'user.no': 'no' } }]),
  },
  { requiredKeys: ['roles'] },
);
const domainNames = ['pro', 'home', 'lab-with-a-very-long-name', '42', 'on'];

/** Worlds that load, with texts that YAML likes to take for something else. */
export const worlds: fc.Arbitrary<Written> = fc
  .record({
    domains: fc.dictionary(
      fc.constantFrom(...domainNames),
      fc.record(
        {
          description: words,
          ephemeral: fc.boolean(),
          internet: fc.boolean(),
          lan: fc.boolean(),
          ipv6: fc.boolean(),
          trust_level: fc.constantFrom('admin', 'trusted', 'semi-trusted'),
          profiles: fc.dictionary(fc.constantFrom('gpu', 'no'), fc.record({ config: settings })),
          machines: fc.dictionary(fc.constantFrom('a', 'b-2', 'yes', 'null'), machine),
        },
        { requiredKeys: [] },
      ),
    ),
    global: fc.record(
      { nesting_prefix: fc.boolean(), base_subnet6: fc.constantFrom('fd00:0:1', 'fd12:3456:789a') },
      { requiredKeys: ['nesting_prefix'] },
    ),
  })
  .map(({ domains, ...rest }) => ({
    project_name: 'generated',
    ...rest,
    domains: Object.fromEntries(
      Object.entries(domains).map(([name, { machines = {}, ...body }]) => [
        name,
        { ...body, machines: renamed(machines, name) },
      ]),
    ),
    network_policies: Object.keys(domains).map((from) => ({ from, to: 'host', ports: [53] })),
  }));

/** Machine names are unique over all domains. */
function renamed(machines: Written, domain: string): Written {
  return Object.fromEntries(
    Object.entries(machines).map(([name, body]) => [
      domain === 'pro' ? name : `${domain}-${name}`,
      body,
    ]),
  );
}

function trashOf(text = ''): Pick<Desired, 'trashSeconds'> {
  const trashSeconds = expirySeconds(text);
  return trashSeconds === undefined ? {} : { trashSeconds };
}

/** What the tree of a world must read back as: the law, stated without YAML. */
export function desiredFrom(infra: Infra): Desired {
  const { projectName, global, policies } = infra;
  return {
    projectName,
    defaultImage: global.defaultImage,
    gpuPolicy: global.gpuPolicy,
    firewallMode: global.firewallMode,
    logDrops: global.logDrops,
    ...trashOf(global.trash),
    ...(global.images && { images: global.images }),
    policies,
    ...(infra.described && { described: infra.described }),
    domains: infra.domains.map(
      ({ subnetId, subnet, gateway, ipv6, bridge, filePortal, machines, ...domain }) => ({
        ...domain,
        network: { name: bridge, subnet, gateway, ...(ipv6 && { ipv6 }) },
        machines: machines.map((machine) => machineFrom(machine, domain.project, infra)),
      }),
    ),
  };
}

function machineFrom(machine: Machine, project: string, infra: Infra): DesiredMachine {
  const { storageVolumes, weight, aiCoding, exportApps, vars, ...rest } = machine;
  const prefix = infra.global.nestingPrefix ? project.slice(0, 4) : '';
  return {
    ...rest,
    instance: `${prefix}${machine.name}`,
    image: machine.image ?? infra.global.defaultImage,
    volumes: storageVolumes,
  };
}

/** A project folder of its own, removed when the test ends. */
export async function freshProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'anklume-tree-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** Plan and write in one go. */
export async function sync(infra: Infra, root: string) {
  const plan = await planSync(infra, root);
  await writeSync(plan);
  return plan;
}

/** The files that a first sync writes, without what makes writing safe and slow. */
export async function writeTree(infra: Infra, root: string): Promise<void> {
  for (const folder of TREE_FOLDERS) await mkdir(join(root, folder), { recursive: true });
  await Promise.all(
    renderTree(infra).map(async ({ path, content, frame }) => {
      const bytes = placeSection(undefined, content, frame);
      if (!Buffer.isBuffer(bytes)) throw new Error(bytes.message.en);
      await writeFile(join(root, path), bytes);
    }),
  );
}

/** Path, bytes and modification time of every file below a folder. */
export async function snapshot(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const facts = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const [bytes, about] = await Promise.all([readFile(path), stat(path, { bigint: true })]);
      return [
        path.slice(root.length + 1),
        `${about.mtimeNs} ${about.ino} ${bytes.toString('latin1')}`,
      ];
    }),
  );
  return Object.fromEntries(facts.sort()) as Record<string, string>;
}
