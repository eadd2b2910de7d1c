import type { Entry } from './entry.ts';

/** One side of a copy. `F` stands for a folder that is open there; paths and names are bytes as in `Entry`. */
export interface End<F> extends AsyncDisposable {
  /** What a path leads to, links followed; undefined where there is nothing. */
  facts(path: string): Promise<Entry | undefined>;
  /** A folder by its path, links followed: only for what the person named. */
  openFolder(path: string): Promise<F>;
  /** A folder within one that is open, never through a link. */
  enter(folder: F, name: string): Promise<F>;
  leave(folder: F): Promise<void>;
  list(folder: F): AsyncIterable<Entry>;
  read(folder: F, entry: Entry): AsyncIterable<Buffer>;
  readLink(folder: F, name: string): Promise<string>;
  /** A new folder, or the one that is there; something else there is an error. True when it is new. */
  makeFolder(folder: F, name: string): Promise<boolean>;
  /** Sets what a new folder is to be like, once all of it is in place. */
  finishFolder(folder: F, like: Entry): Promise<void>;
  /** A whole file under this name, in the place of one that was there. */
  writeFile(folder: F, name: string, bytes: AsyncIterable<Buffer>, like: Entry): Promise<void>;
  makeLink(folder: F, name: string, target: string): Promise<void>;
  /** Room in bytes where this folder lies; undefined where that cannot be asked. */
  room(folder: F): Promise<number | undefined>;
}

/** Rights that are carried: none that lend those of another, and not the sticky bit, which the daemon cannot set. */
export const CARRIED = 0o777;
