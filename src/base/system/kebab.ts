/** `skipProvision` as `skip-provision`; with `_` between the words on request. */
export function kebab(camel: string, between = '-'): string {
  return camel.replace(/[A-Z]/g, (letter) => `${between}${letter.toLowerCase()}`);
}
