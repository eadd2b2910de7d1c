import { StringDecoder } from 'node:string_decoder';

/** Longest line that is kept together, in characters; a machine that writes none gets its output cut here. */
const LONGEST = 64 * 1024;

/** Cuts a stream of bytes into lines and hands each on; `end` gives what came after the last one. */
export function lineCutter(onLine: (line: string) => void): {
  readonly add: (chunk: Buffer) => void;
  readonly end: () => void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    add(chunk) {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) onLine(part);
      for (; rest.length > LONGEST; rest = rest.slice(LONGEST)) onLine(rest.slice(0, LONGEST));
    },
    end() {
      rest += decoder.end();
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
