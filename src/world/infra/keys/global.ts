import { absolutePath, flag, oneOf, whole, word } from './kinds.ts';
import { type FieldsOf, forAnsible, type ReadFieldsOf, row } from './rows.ts';

/** The keys of `global` that hold one value, in the order of their variables. */
export const GLOBAL_KEYS = {
  defaultConnection: forAnsible('default_connection', word, 'psot_default_connection', undefined, {
    about: 'Kept in the tree for information.',
  }),
  defaultUser: forAnsible('default_user', word, 'psot_default_user', undefined, {
    about: 'Kept in the tree for information.',
  }),
  gpuPolicy: row(
    'gpu_policy',
    oneOf(['exclusive', 'shared'], 'gpu-policy'),
    'gpu_policy',
    'exclusive',
    {
      about: 'exclusive (default): one machine may hold a GPU. shared: several may.',
      always: true,
    },
  ),
  firewallMode: row(
    'firewall_mode',
    oneOf(['host', 'vm'], 'firewall-mode'),
    'firewall_mode',
    'host',
    {
      about: 'host (default), or vm: a machine sys-firewall is added to the domain anklume.',
      always: true,
    },
  ),
  logDrops: row('log_drops', flag, 'network_log_drops', false, {
    about: 'Tell dropped packets in the log of the kernel. Default false.',
  }),
  trash: forAnsible('trash', word, 'trash_retention', undefined, {
    about: 'How long removed machines and volumes can come back: "7d" (default), "12h", "30m".',
  }),
  aiAccessPolicy: forAnsible(
    'ai_access_policy',
    oneOf(['open', 'exclusive'], 'ai-access-policy'),
    'ai_access_policy',
    'open',
    { about: 'exclusive: one domain at a time reaches the domain ai-tools.', always: true },
  ),
  aiVramFlush: forAnsible('ai_vram_flush', flag, 'ai_vram_flush', true, {
    about: 'Empty the GPU memory when access moves to another domain.',
    always: true,
  }),
  nestingPrefix: forAnsible('nesting_prefix', flag, 'nesting_prefix', false, {
    about: 'Put the nesting level in front of the names that Incus sees: 001-pro.',
    always: true,
  }),
};

/** Those that are about images, which stand together once they are resolved. */
export const IMAGE_KEYS = {
  exportForNesting: row(
    'incus_images_export_for_nesting',
    flag,
    'incus_images_export_for_nesting',
    undefined,
    { about: 'Export the images of all machines, for nested hosts to see. Default false.' },
  ),
  folder: row('incus_images_export_dir', absolutePath, 'incus_images_export_dir', undefined, {
    about: 'Folder of exported images: an absolute path. Default ~/.anklume/images.',
  }),
  downloadTimeout: row(
    'incus_images_download_timeout',
    whole(1, 86_400, 'seconds'),
    'incus_images_download_timeout',
    undefined,
    { about: 'Seconds that the download of an image may stand still; 600 when absent.' },
  ),
};

/** What the rows above make of `global`, once resolved and once read back from the tree. */
export interface GlobalFields extends FieldsOf<typeof GLOBAL_KEYS> {}
export interface ReadGlobalFields extends ReadFieldsOf<typeof GLOBAL_KEYS> {}
export interface ImageFields extends FieldsOf<typeof IMAGE_KEYS> {}
