/** `12 MiB`: enough to see whether it fits somewhere. */
export function renderSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let at = 0;
  for (; value >= 1024 && at < units.length - 1; at += 1) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[at]}`;
}
