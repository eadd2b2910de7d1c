import * as v from 'valibot';
import { GLOBAL_KEYS, IMAGE_KEYS, schemaOf } from './keys/index.ts';
import { noList } from './no-list.ts';
import { about, expect, flag, hostFolder, octet, reserve, word } from './schema-parts.ts';
import { HIGHEST_ZONE_BASE } from './zone-offsets.ts';

export const resourcePolicySchema = noList(
  v.object(
    {
      host_reserve: v.optional(
        noList(
          v.object({ cpu: v.optional(reserve), memory: v.optional(reserve) }, expect('mapping')),
        ),
      ),
      mode: v.optional(v.picklist(['proportional', 'equal'], expect('resource-mode'))),
      cpu_mode: v.optional(v.picklist(['allowance', 'count'], expect('cpu-mode'))),
      memory_enforce: v.optional(v.picklist(['soft', 'hard'], expect('memory-enforce'))),
      overcommit: v.optional(flag),
    },
    expect('mapping'),
  ),
);

export const addressingSchema = noList(
  v.object(
    {
      base_octet: v.optional(octet(1, 223)),
      zone_base: v.optional(octet(0, HIGHEST_ZONE_BASE)),
    },
    expect('mapping'),
  ),
);

export const globalSchema = noList(
  v.object(
    {
      base_subnet: v.optional(
        v.pipe(
          v.string(expect('base-subnet')),
          about(
            'First two octets of every address: "10.100". A domain gets <base>.<subnet_id>.0/24.',
          ),
        ),
      ),
      base_subnet6: v.optional(
        v.pipe(
          v.string(expect('base-subnet6')),
          about(
            'First three groups of every IPv6 address: "fd12:3456:789a". Chosen when absent; for domains with ipv6: true.',
          ),
        ),
      ),
      addressing: v.optional(
        v.pipe(
          addressingSchema,
          about(
            'Networks by trust level, in the place of base_subnet: <base_octet>.<zone_base + zone>.<count>.0/24.',
          ),
        ),
      ),
      persistent_data_base: v.optional(
        v.pipe(
          hostFolder,
          about('Folder of the host for persistent_data; /srv/anklume/data when absent.'),
        ),
      ),
      shared_volumes_base: v.optional(
        v.pipe(
          hostFolder,
          about('Folder of the host for shared_volumes; /srv/anklume/shares when absent.'),
        ),
      ),
      default_os_image: v.optional(
        v.pipe(word, about('Image of machines that name none: "images:debian/13".')),
      ),
      ...schemaOf(GLOBAL_KEYS),
      ...schemaOf(IMAGE_KEYS),
      ai_access_default: v.optional(
        v.pipe(word, about('With exclusive: the domain that has access at first.')),
      ),
      resource_policy: v.optional(
        v.pipe(
          v.union([v.boolean(), resourcePolicySchema], expect('resource-policy')),
          about('Share the processors and memory of the host among the machines.'),
        ),
      ),
    },
    expect('mapping'),
  ),
);
