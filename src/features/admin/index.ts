export { type Delegated, FROM_HOST } from './delegate.ts';
export { isAdminSocket, type Setting } from './devices.ts';
export { type AdminPlace, type InsidePaths, lookAtAdmin } from './place.ts';
export type { ServiceSetting } from './service.ts';
export { chosenAdmin, hasAdmin, mayAdminister, runInAdmin } from './switch.ts';
