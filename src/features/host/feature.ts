import type { Feature } from '../../kit/feature.ts';
import { group } from '../../kit/group.ts';
import { admin } from '../admin/commands/host.ts';
import { adminKeep, adminService } from '../admin/commands/host-service.ts';
import { bootstrap } from './commands/host-bootstrap.ts';
import { status } from './commands/host-status.ts';
import { uninstall } from './commands/host-uninstall.ts';

const host = group(
  { en: 'This host', fr: 'Cet hôte' },
  { bootstrap, status, uninstall, admin, adminService, adminKeep },
);

export const feature: Feature = { commands: { host: { host } } };
