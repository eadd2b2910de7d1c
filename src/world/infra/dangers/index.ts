import { isOn } from '../units.ts';
import type { Danger, DangerSurroundings, Device, Found, Layer } from './danger.ts';
import { judgeHotplug, judgePci, judgeUnix, judgeUsb } from './hardware.ts';
import { judgeDisk } from './host-paths.ts';
import { judgeKey } from './keys.ts';
import { judgeNic } from './nic.ts';
import { judgeProxy } from './proxies.ts';

export {
  type Danger,
  type DangerSurroundings,
  type Layer,
  permits,
} from './danger.ts';
export { isSocketOfRole } from './proxies.ts';

/** A value, and the layer that has the last word on it. */
type Effective<T> = ReadonlyMap<string, { readonly value: T; readonly layer: Layer }>;

/**
 * Every setting of a machine that opens the host or other machines to it, in the order of its layers, where each
 * stands and what permits it. `security.privileged` is not among them: whether it is one depends on what lies around
 * the host.
 */
export function dangersOf(layers: readonly Layer[], around: DangerSurroundings): Danger[] {
  const config = effective(layers, ({ config }) => withoutEmpty(config));
  const devices = effective(layers, ({ devices }) => devices);
  const nesting = isOn(config.get('security.nesting')?.value);
  const found: Danger[] = [];
  const add = (one: Found | undefined, { path, profile }: Layer, ...below: string[]) => {
    if (one) found.push({ ...one, path: [...path, ...below], ...(profile && { profile }) });
  };
  for (const [key, { value, layer }] of config)
    add(judgeKey(key.trim().toLowerCase(), String(value).trim(), nesting), layer, 'config', key);
  for (const [name, { value, layer }] of devices)
    add(judgeDevice(name, trimmed(value), around), layer, 'devices', name);
  return found;
}

function judgeDevice(name: string, device: Device, around: DangerSurroundings): Found | undefined {
  switch (device.type) {
    case 'disk':
      return judgeDisk(device, around);
    case 'unix-char':
    case 'unix-block':
      return judgeUnix(device, around);
    case 'unix-hotplug':
      return judgeHotplug(device);
    case 'usb':
      return judgeUsb(device);
    case 'pci':
      return judgePci(device);
    case 'proxy':
      return judgeProxy(device, around);
    default:
      return judgeNic(name, device, around);
  }
}

function effective<T>(
  layers: readonly Layer[],
  part: (layer: Layer) => Readonly<Record<string, T>>,
): Effective<T> {
  const result = new Map<string, { readonly value: T; readonly layer: Layer }>();
  for (const layer of layers)
    for (const [key, value] of Object.entries(part(layer))) {
      // What a later layer says stands in its place among what it says itself.
      result.delete(key);
      result.set(key, { value, layer });
    }
  return result;
}

/** An empty value is no value: what an earlier layer says stands. */
function withoutEmpty(config: Layer['config']): Layer['config'] {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''));
}

function trimmed(device: Layer['devices'][string]): Device {
  const texts = Object.entries(device).map(([key, value]) => [key.trim(), String(value).trim()]);
  const plain: Record<string, string> = Object.fromEntries(texts);
  return { ...plain, type: (plain.type ?? '').toLowerCase() };
}
