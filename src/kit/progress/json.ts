import { jsonText } from '../../base/system/index.ts';
import type { Listener } from './listener.ts';

/** One JSON object a line on stderr, as the events are. */
export function jsonListener(write: (text: string) => void): Listener {
  return { emit: (event) => write(`${jsonText(event)}\n`), close: () => {} };
}
