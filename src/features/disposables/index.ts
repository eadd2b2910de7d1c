export { type OpenedFile, openFile, viewer } from './file.ts';
export { type Held, hold, type Order } from './hold.ts';
export { ALONE, type Home, homeIn } from './home.ts';
export { fillPool } from './pool.ts';
export { removeAll, sweep } from './remove.ts';
export { type Disposable, disposablesOf } from './tag.ts';
export { waitForNetwork } from './wait.ts';
export { watchOwner } from './watch.ts';
