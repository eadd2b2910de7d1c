/** What every call takes. */
export interface CallOptions {
  /** Stops waiting at once; an operation that the daemon already started goes on there. */
  readonly signal?: AbortSignal;
}

/** For what lives in a project; without one it is `default`. */
export interface ProjectOptions extends CallOptions {
  readonly project?: string;
}

/** For writes: with the ETag of what was read, a change made meanwhile by others is refused, not overwritten. */
export interface WriteOptions extends CallOptions {
  readonly etag?: string;
}

export interface ProjectWriteOptions extends ProjectOptions, WriteOptions {}

/** One object as it was read, with the ETag that a later write of it should carry. */
export interface Read<T> {
  readonly value: T;
  readonly etag: string;
}
