import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { incusQuery } from '../support.ts';

/** What a machine asks its gateway, as frames of its own card; `asking.py` says what each means. */
export type Ask =
  | { readonly dns: string; readonly type?: number; readonly class?: number }
  | {
      readonly dhcp: number;
      readonly chaddr?: string;
      readonly htype?: number;
      readonly hlen?: number;
      readonly client?: string;
      readonly ciaddr?: string;
      readonly requested?: string;
      readonly name?: string;
      readonly source?: string;
      readonly options?: string;
      readonly fragment?: boolean;
    }
  | {
      readonly dhcp6: number;
      readonly duid: string;
      readonly iaid?: number;
      readonly address?: string;
      readonly server?: string;
      readonly relayed?: boolean;
    }
  | { readonly arp: string; readonly source: string; readonly to?: string };

/** What came back: of DNS a code and texts, of DHCP a kind and an address, of ARP a MAC; null: nothing. */
export type Reply =
  | { readonly code: number; readonly answers: readonly string[] }
  | { readonly kind: number; readonly address?: string; readonly server?: string }
  | string
  | null;

/** The network namespace of a machine, as seen from the tests. */
export async function spaceOf(machine: string, project: string): Promise<string> {
  const path = `/1.0/instances/${machine}/state?project=${project}`;
  const { pid } = await incusQuery<{ pid: number }>(path);
  return join(inject('proc'), String(pid), 'ns/net');
}

/** Has the root of a machine ask, one after the other. */
export async function ask(
  space: string,
  server: string,
  asks: readonly Ask[],
  server6?: string,
): Promise<Reply[]> {
  const script = fileURLToPath(new URL('asking.py', import.meta.url));
  const input = JSON.stringify({ space, server, server6, asks });
  return JSON.parse((await run(['python3', '-I', script], { input })).stdout) as Reply[];
}
