export { probeImage } from './probe.ts';
