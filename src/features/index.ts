import type { Feature } from '../kit/feature.ts';
import { feature as apply } from './apply/feature.ts';
import { feature as backup } from './backup/feature.ts';
import { feature as completion } from './completion/feature.ts';
import { feature as demo } from './demo/feature.ts';
import { feature as dev } from './dev/feature.ts';
import { feature as disposables } from './disposables/feature.ts';
import { feature as doctor } from './doctor/feature.ts';
import { feature as generations } from './generations/feature.ts';
import { feature as golden } from './golden/feature.ts';
import { feature as host } from './host/feature.ts';
import { feature as images } from './images/feature.ts';
import { feature as importing } from './import/feature.ts';
import { feature as instances } from './instances/feature.ts';
import { feature as network } from './network/feature.ts';
import { feature as sandbox } from './sandbox/feature.ts';
import { feature as scenarios } from './scenarios/feature.ts';
import { feature as snapshots } from './snapshots/feature.ts';
import { feature as templates } from './templates/feature.ts';
import { feature as transfer } from './transfer/feature.ts';
import { feature as upgrade } from './upgrade/feature.ts';

/** What the program can do, one line a feature. Help shows the commands of a section in this order. */
export const FEATURES: readonly Feature[] = [
  demo,
  doctor,
  apply,
  network,
  instances,
  disposables,
  snapshots,
  generations,
  backup,
  transfer,
  importing,
  images,
  golden,
  templates,
  sandbox,
  host,
  upgrade,
  completion,
  scenarios,
  dev,
];
