import { createHash } from 'node:crypto';
import { VERSION } from '../../base/system/index.ts';
import { scopeOf } from '../../engine/index.ts';
import type { ProofAbout } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { rulesOf } from '../../site/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** When, where and of what a proof is one. */
export async function aboutProof(desired: Desired, daemon: Daemon): Promise<ProofAbout> {
  const { environment } = await daemon.incus.server();
  return {
    date: new Date().toISOString(),
    infrastructure: desired.projectName,
    host: environment.server_name,
    ...(daemon.sandbox !== undefined && { sandbox: daemon.sandbox }),
    versions: {
      anklume: VERSION,
      incus: environment.server_version,
      kernel: environment.kernel_version,
    },
    // As printed, so that whoever holds the page can compute it from infra.yml.
    rules: createHash('sha256')
      .update(`${rulesOf(desired).trimEnd()}\n`)
      .digest('hex'),
    domains: desired.domains.map(({ name, trustLevel }) => ({
      name,
      ...(trustLevel !== undefined && { trust: trustLevel }),
    })),
  };
}

/** The machines of a domain, or one machine. Throws `unknown-limit` (exit 2). */
export function namesWithin(desired: Desired, limit: string): ReadonlySet<string> {
  const { domains } = scopeOf(desired, limit);
  return new Set(domains.flatMap(({ machines }) => machines.map(({ name }) => name)));
}
