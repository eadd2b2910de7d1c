export { answersInside } from './ask.ts';
export { disableService, enableService, planService } from './boot.ts';
export { type Delegated, delegate, FROM_HOST } from './delegate.ts';
export { isAdminSocket, type Setting } from './devices.ts';
export { keepSocket, mendSocket } from './keep.ts';
export { type AdminPlace, type InsidePaths, lookAtAdmin } from './place.ts';
export type { ServiceSetting } from './service.ts';
export { setUpAdmin, takeDownAdmin } from './set-up.ts';
export { chosenAdmin, hasAdmin, mayAdminister, runInAdmin } from './switch.ts';
