import type { Place } from '../../base/messages/index.ts';
import type { Value } from './value.ts';

/**
 * A value of a section that stands on disk byte for byte as we rendered it: what it was rendered from is
 * known, so nothing is parsed. Only a problem asks for its place, and only then the section is read.
 */
export class RenderedValue implements Value {
  private readonly data: unknown;
  private readonly parsed: () => Value | undefined;
  private readonly top: Place;

  /** `parsed` gives the same value as the YAML parser sees it; `top` stands in where it sees none. */
  constructor(data: unknown, top: Place, parsed: () => Value | undefined) {
    this.data = data;
    this.top = top;
    this.parsed = parsed;
  }

  get place(): Place {
    return this.parsed()?.place ?? this.top;
  }

  get isNull(): boolean {
    return this.data === null || this.data === undefined;
  }

  scalar(): { readonly value: unknown; readonly text: string } | undefined {
    if (typeof this.data === 'object' && this.data !== null) return undefined;
    const value = this.data ?? null;
    return { value, text: String(value) };
  }

  items(): RenderedValue[] | undefined {
    if (!Array.isArray(this.data)) return undefined;
    return this.data.map(
      (item, index) => new RenderedValue(item, this.top, () => this.parsed()?.items()?.[index]),
    );
  }

  entries(): Map<string, RenderedValue> | undefined {
    if (typeof this.data !== 'object' || this.data === null || Array.isArray(this.data))
      return undefined;
    return new Map(
      Object.entries(this.data).map(([key, item]) => [
        key,
        new RenderedValue(item, this.top, () => this.parsed()?.entries()?.get(key)),
      ]),
    );
  }
}
