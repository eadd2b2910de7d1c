import * as v from 'valibot';
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
      default_connection: v.optional(v.pipe(word, about('Kept in the tree for information.'))),
      default_user: v.optional(v.pipe(word, about('Kept in the tree for information.'))),
      gpu_policy: v.optional(
        v.pipe(
          v.picklist(['exclusive', 'shared'], expect('gpu-policy')),
          about('exclusive (default): one machine may hold a GPU. shared: several may.'),
        ),
      ),
      firewall_mode: v.optional(
        v.pipe(
          v.picklist(['host', 'vm'], expect('firewall-mode')),
          about('host (default), or vm: a machine sys-firewall is added to the domain anklume.'),
        ),
      ),
      log_drops: v.optional(
        v.pipe(flag, about('Tell dropped packets in the log of the kernel. Default false.')),
      ),
      trash: v.optional(
        v.pipe(
          word,
          about(
            'How long removed machines and volumes can come back: "7d" (default), "12h", "30m".',
          ),
        ),
      ),
      incus_images_export_for_nesting: v.optional(
        v.pipe(
          flag,
          about('Export the images of all machines, for nested hosts to see. Default false.'),
        ),
      ),
      incus_images_export_dir: v.optional(
        v.pipe(
          v.string(expect('absolute-path')),
          v.startsWith('/', expect('absolute-path')),
          about('Folder of exported images: an absolute path. Default ~/.anklume/images.'),
        ),
      ),
      incus_images_download_timeout: v.optional(
        v.pipe(
          v.number(expect('seconds')),
          v.integer(expect('seconds')),
          v.minValue(1, expect('seconds')),
          v.maxValue(86_400, expect('seconds')),
          about('Seconds that the download of an image may stand still; 600 when absent.'),
        ),
      ),
      ai_access_policy: v.optional(
        v.pipe(
          v.picklist(['open', 'exclusive'], expect('ai-access-policy')),
          about('exclusive: one domain at a time reaches the domain ai-tools.'),
        ),
      ),
      ai_access_default: v.optional(
        v.pipe(word, about('With exclusive: the domain that has access at first.')),
      ),
      ai_vram_flush: v.optional(
        v.pipe(flag, about('Empty the GPU memory when access moves to another domain.')),
      ),
      nesting_prefix: v.optional(
        v.pipe(
          flag,
          about('Put the nesting level in front of the names that Incus sees: 001-pro.'),
        ),
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
