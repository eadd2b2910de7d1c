import type { MachineType, NestingContext } from '../world/infra/index.ts';

/** Levels have three digits in names. */
export const HIGHEST_LEVEL = 999;

/** What a host tells a machine that it makes. A virtual machine has a kernel of its own, so counting begins anew there. */
export function contextOf(type: MachineType, host: NestingContext): NestingContext {
  const isVm = type === 'vm';
  return {
    absoluteLevel: Math.min(HIGHEST_LEVEL, (host.absoluteLevel ?? 0) + 1),
    relativeLevel: isVm ? 0 : Math.min(HIGHEST_LEVEL, host.relativeLevel + 1),
    vmNested: isVm || host.vmNested,
    yolo: host.yolo,
  };
}
