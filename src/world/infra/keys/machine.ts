import { incusSchedule, isSchedule } from '../schedule.ts';
import { incusExpiry, infraExpiry } from '../units.ts';
import { flag, names, text, textLike, whole, word } from './kinds.ts';
import { type FieldsOf, forAnsible, type ReadFieldsOf, row } from './rows.ts';

/** The keys of a machine that hold one value, in the order of its variables. */
export const MACHINE_KEYS = {
  description: row('description', text, 'instance_description', '', { always: true }),
  gpu: row('gpu', flag, 'instance_gpu', false, {
    about: 'This machine uses the GPU of the host.',
    always: true,
  }),
  roles: row('roles', names, 'instance_roles', [] as readonly string[], {
    about: 'Ansible roles that set up the inside of the machine.',
  }),
  bootAutostart: row('boot_autostart', flag, 'instance_boot_autostart', undefined, {
    about: 'Start with the host.',
    incus: {
      key: 'boot.autostart',
      write: String,
      read: (said) => (said === 'true' || said === 'false' ? said === 'true' : undefined),
    },
  }),
  bootPriority: row(
    'boot_priority',
    whole(0, 100, 'boot-priority'),
    'instance_boot_priority',
    undefined,
    {
      about: '0 to 100; higher starts first.',
      incus: {
        key: 'boot.autostart.priority',
        write: String,
        read: (said) => (/^(\d|[1-9]\d|100)$/.test(said) ? Number(said) : undefined),
      },
    },
  ),
  snapshotsSchedule: row(
    'snapshots_schedule',
    textLike('cron'),
    'instance_snapshots_schedule',
    undefined,
    {
      about: 'Five fields of cron ("0 2 * * *"), a name ("@daily"), or several with ", " between.',
      incus: {
        key: 'snapshots.schedule',
        write: (said) => incusSchedule(said) ?? said,
        read: (said) => (isSchedule(said) ? said : undefined),
      },
    },
  ),
  snapshotsExpiry: row(
    'snapshots_expiry',
    textLike('expiry'),
    'instance_snapshots_expiry',
    undefined,
    {
      about: '30d, 24h or 60m.',
      incus: {
        key: 'snapshots.expiry',
        write: (said) => incusExpiry(said) ?? said,
        read: infraExpiry,
      },
    },
  ),
  weight: forAnsible('weight', whole(1, 1_000_000, 'weight'), 'instance_weight', 1, {
    about: 'Part of the machine when resources are shared out; 1 when absent.',
  }),
  aiCoding: forAnsible('ai_coding', flag, 'instance_ai_coding', false, {
    about: 'This is the AI coding machine.',
  }),
  exportApps: forAnsible('export_apps', names, 'instance_export_apps', [] as readonly string[], {
    about: 'Applications shown in the menu of the host.',
  }),
  image: forAnsible('os_image', word, 'instance_os_image', undefined, {
    about: 'Image; global.default_os_image when absent.',
  }),
};

/** What the rows above make of a machine, once resolved and once read back from the tree. */
export interface MachineFields extends FieldsOf<typeof MACHINE_KEYS> {}
export interface ReadMachineFields extends ReadFieldsOf<typeof MACHINE_KEYS> {}
