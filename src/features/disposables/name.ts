/** `disp-20261122-101530-123456`: the moment in UTC, to the microsecond. `milliseconds` since 1970, with fractions. */
export function disposableName(milliseconds: number): string {
  const iso = new Date(Math.floor(milliseconds)).toISOString();
  const micro = Math.floor((milliseconds % 1) * 1000);
  const day = iso.slice(0, 10).replaceAll('-', '');
  const time = iso.slice(11, 19).replaceAll(':', '');
  return `disp-${day}-${time}-${iso.slice(20, 23)}${String(micro).padStart(3, '0')}`;
}

/** Whether a word looks like such a name. */
export function isDisposableName(word: string): boolean {
  return /^disp-\d{8}-\d{6}-\d{6}$/.test(word);
}
