import * as v from 'valibot';
import { DOMAIN_KEYS, MACHINE_KEYS, schemaOf } from './keys/index.ts';
import { noList } from './no-list.ts';
import { ceilings, type ceilingsSchema } from './schema-ceilings.ts';
import { globalSchema, type resourcePolicySchema } from './schema-global.ts';
import {
  about,
  devices,
  expect,
  flag,
  folderName,
  hostFolder,
  repetition,
  settings,
  text,
  word,
  words,
} from './schema-parts.ts';

/**
 * The shape of infra.yml: which keys there are and what kind of value each takes. What involves more than one value
 * stands in validate/.
 */

export const volumeSchema = noList(
  v.object(
    {
      name: v.optional(word),
      pool: v.optional(word),
      path: v.optional(
        v.pipe(
          word,
          about('Where the machine sees the volume: an absolute path. Not attached when absent.'),
        ),
      ),
      size: v.optional(v.pipe(text, about('For example 20GiB.'))),
      config: v.optional(settings),
    },
    expect('mapping'),
  ),
);

export const profileSchema = noList(
  v.object(
    {
      description: v.optional(text),
      config: v.optional(settings),
      devices: v.optional(devices),
    },
    expect('mapping'),
  ),
);

export const persistentDataSchema = noList(
  v.object(
    {
      path: v.optional(
        v.pipe(hostFolder, about('Where the machine sees the folder; /data/<name> when absent.')),
      ),
      read_only: v.optional(flag),
    },
    expect('mapping'),
  ),
);

export const shareSchema = noList(
  v.object(
    {
      source: v.optional(
        v.pipe(hostFolder, about('Folder of the host; <shared_volumes_base>/<name> when absent.')),
      ),
      path: v.optional(
        v.pipe(hostFolder, about('Where the machines see it; /shared/<name> when absent.')),
      ),
      consumers: v.optional(
        noList(v.record(v.string(), v.picklist(['ro', 'rw'], expect('access')), expect('mapping'))),
      ),
    },
    expect('mapping'),
  ),
);

export const machineSchema = noList(
  v.looseObject(
    {
      ...schemaOf(MACHINE_KEYS),
      count: v.optional(repetition),
      instance: v.optional(
        v.pipe(word, about('With managed: false: the name in Incus, where it is another.')),
      ),
      type: v.optional(
        v.pipe(
          v.picklist(['lxc', 'vm', 'container'], expect('machine-type')),
          about('lxc (default; container means the same) or vm.'),
        ),
      ),
      ip: v.optional(
        v.pipe(v.string(expect('word')), about('Address inside the domain; chosen when absent.')),
      ),
      ephemeral: v.optional(
        v.pipe(flag, about('false protects the machine from deletion. Inherited from the domain.')),
      ),
      profiles: v.optional(
        v.pipe(words, about('Incus profiles, in order; [default] when absent.')),
      ),
      config: v.optional(v.pipe(settings, about('Incus configuration keys.'))),
      devices: v.optional(v.pipe(devices, about('Incus devices.'))),
      persistent_data: v.optional(
        v.pipe(
          noList(
            v.record(
              folderName,
              v.union([hostFolder, persistentDataSchema], expect('persistent-data')),
              expect('mapping'),
            ),
          ),
          about('Folders of the host that outlive the machine: {mail: {path: /var/mail}}.'),
        ),
      ),
      storage_volumes: v.optional(
        v.union(
          [noList(v.record(v.string(), volumeSchema)), v.array(volumeSchema)],
          expect('storage-volumes'),
        ),
      ),
      allow: v.optional(
        v.pipe(
          words,
          about('Dangerous settings that this machine may have, by name: [raw.lxc, nic:macvlan].'),
        ),
      ),
      ceilings: v.optional(ceilings),
      services: v.optional(v.unknown()),
    },
    expect('mapping'),
  ),
);

export const filePortalSchema = noList(
  v.object(
    {
      allowed_paths: v.optional(v.array(word, expect('portal-paths'))),
      read_only: v.optional(flag),
    },
    expect('mapping'),
  ),
);

export const domainSchema = noList(
  v.object(
    {
      ...schemaOf(DOMAIN_KEYS),
      count: v.optional(repetition),
      subnet_id: v.optional(
        v.pipe(
          v.number(expect('subnet-id')),
          v.integer(expect('subnet-id')),
          v.minValue(0, expect('subnet-id')),
          v.maxValue(254, expect('subnet-id')),
          about('0 to 254, unique; chosen when absent.'),
        ),
      ),
      ipv6: v.optional(
        v.pipe(
          flag,
          about('true: IPv6 beside IPv4, with the same walls. Default false: no IPv6 at all.'),
        ),
      ),
      enabled: v.optional(
        v.pipe(flag, about('false: checked, but left out of everything else. Default true.')),
      ),
      managed: v.optional(
        v.pipe(flag, about('false: describes what Incus holds and leaves it alone. Default true.')),
      ),
      project: v.optional(
        v.pipe(word, about('With managed: false: the Incus project; the name of the domain.')),
      ),
      ceilings: v.optional(ceilings),
      profiles: v.optional(noList(v.record(v.string(), profileSchema, expect('profiles')))),
      machines: v.optional(noList(v.record(v.string(), machineSchema, expect('machines')))),
      file_portal: v.optional(filePortalSchema),
    },
    expect('mapping'),
  ),
);

const port = v.pipe(
  v.number(expect('port')),
  v.integer(expect('port')),
  v.minValue(1, expect('port')),
  v.maxValue(65535, expect('port')),
);

export const policySchema = noList(
  v.object(
    {
      description: v.optional(text),
      from: v.optional(v.pipe(word, about('A domain, a machine, or host.'))),
      to: v.optional(v.pipe(word, about('A domain, a machine, or host.'))),
      ports: v.optional(
        v.pipe(
          v.union([v.literal('all'), v.array(port, expect('ports'))], expect('ports')),
          about('A list of ports, or all. All without a protocol is every protocol.'),
        ),
      ),
      protocol: v.optional(
        v.pipe(
          v.picklist(['tcp', 'udp'], expect('protocol')),
          about('Of a list of ports tcp unless given; of all of them every protocol.'),
        ),
      ),
      bidirectional: v.optional(v.pipe(flag, about('Open the way back as well. Default false.'))),
    },
    expect('policy'),
  ),
);

export const infraSchema = noList(
  v.object(
    {
      project_name: v.optional(v.pipe(word, about('Name of this infrastructure.'))),
      global: v.optional(globalSchema),
      domains: v.optional(noList(v.record(v.string(), domainSchema, expect('domains')))),
      network_policies: v.optional(v.array(policySchema, expect('policies'))),
      shared_volumes: v.optional(noList(v.record(folderName, shareSchema, expect('mapping')))),
      services: v.optional(v.unknown()),
    },
    expect('document'),
  ),
);

/** infra.yml as written, once its shape is known to be right: defaults are still missing. */
export type RawInfra = v.InferOutput<typeof infraSchema>;
export type RawDomain = v.InferOutput<typeof domainSchema>;
export type RawMachine = v.InferOutput<typeof machineSchema>;
export type RawVolume = v.InferOutput<typeof volumeSchema>;
export type RawShare = v.InferOutput<typeof shareSchema>;
export type RawPolicy = v.InferOutput<typeof policySchema>;
export type RawCeilings = v.InferOutput<typeof ceilingsSchema> | false;
export type RawResourcePolicy = v.InferOutput<typeof resourcePolicySchema>;
