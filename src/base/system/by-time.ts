/**
 * The order of age for what a daemon or a file dates: the oldest first, and by name what is equally old, so that the
 * same things always come in the same order. What is no time comes before all that is one.
 */
export function byTime<T>(timeOf: (one: T) => string, nameOf: (one: T) => string) {
  return (a: T, b: T): number => {
    // Read as times: the daemon leaves zeros at the end of a fraction out, so the texts do not sort.
    const apart = (Date.parse(timeOf(a)) || 0) - (Date.parse(timeOf(b)) || 0);
    if (apart !== 0) return apart;
    const [one, other] = [nameOf(a), nameOf(b)];
    return one === other ? 0 : one < other ? -1 : 1;
  };
}
