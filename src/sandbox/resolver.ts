import { readFile } from 'node:fs/promises';

/** Files that name resolvers; the second holds the real ones where systemd-resolved answers on loopback. */
const SOURCES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

/** The resolvers of this machine that can also be reached from other network namespaces, as a resolv.conf. */
export async function resolverText(): Promise<string> {
  for (const source of SOURCES) {
    const kept = withoutLoopback(await readFile(source, 'utf8').catch(() => ''));
    if (kept.includes('nameserver ')) return kept;
  }
  return '';
}

/** A resolv.conf without the name servers on loopback: loopback is another one in every namespace. */
export function withoutLoopback(text: string): string {
  const lines = text.split('\n').filter((line) => /^(nameserver|search|domain)\s/.test(line));
  const kept = lines.filter((line) => !/^nameserver\s+(127\.|::1\s*$)/.test(line));
  return kept.map((line) => `${line.replace(/\s+/g, ' ').trim()}\n`).join('');
}
