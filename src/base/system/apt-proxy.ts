import { run } from './run.ts';

/** The proxy through which apt of this machine fetches packages, where others can use it too. */
export async function aptProxy(): Promise<string | undefined> {
  const { stdout } = await run(['apt-config', 'dump', '--format', '%v%n', 'Acquire::http::Proxy']);
  return shareableProxy(stdout);
}

/** What apt-config says, unless it is nothing, or a proxy on loopback, which is another one in every machine. */
export function shareableProxy(text: string): string | undefined {
  const [url = ''] = text.split('\n');
  if (!/^https?:\/\/[^\s"]+$/.test(url)) return undefined;
  return /^https?:\/\/([^@/]*@)?(localhost|127\.|\[::1\])/.test(url) ? undefined : url;
}
