import { readFile, rm, writeFile } from 'node:fs/promises';
import { run } from './run.ts';

/** Asked by the packages' scripts whether they may start their services. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Marks the file as ours, so that the next run removes one that a killed run left behind. */
const POLICY_TEXT = `#!/bin/sh
# Written by anklume while it installs packages: none of their services is started.
exit 101
`;

/** Milliseconds for apt to download and set up everything over a slow line. */
const APT_LIMIT = 30 * 60_000;

/** Refreshes the lists of packages. */
export async function aptUpdate(signal?: AbortSignal): Promise<void> {
  await apt(['update'], signal);
}

/** Installs packages without recommended ones, and starts none of their services. */
export async function aptInstall(packages: readonly string[], signal?: AbortSignal): Promise<void> {
  const isOurs = await forbidServices();
  try {
    await apt(['install', '--yes', '--no-install-recommends', ...packages], signal);
  } finally {
    if (isOurs) await rm(POLICY, { force: true });
  }
}

/** The version that apt would install, or undefined when it knows none. */
export async function aptCandidate(name: string): Promise<string | undefined> {
  const { stdout } = await run(['apt-cache', 'policy', name], { env: { LC_ALL: 'C' } });
  const version = /^\s*Candidate:\s*(\S+)/m.exec(stdout)?.[1];
  return version === '(none)' ? undefined : version;
}

async function apt(words: readonly string[], signal?: AbortSignal): Promise<void> {
  // Another apt at work, such as the daily one after boot, is waited for.
  await run(['apt-get', '--quiet', '--option', 'DPkg::Lock::Timeout=300', ...words], {
    env: {
      DEBIAN_FRONTEND: 'noninteractive',
      APT_LISTCHANGES_FRONTEND: 'none',
      NEEDRESTART_MODE: 'l',
    },
    timeout: APT_LIMIT,
    ...(signal && { signal }),
  });
}

/** True when the policy is ours to remove; a policy that the machine's owner has set stays in force. */
async function forbidServices(): Promise<boolean> {
  try {
    await writeFile(POLICY, POLICY_TEXT, { flag: 'wx', mode: 0o755 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(POLICY, 'utf8')) === POLICY_TEXT;
  }
}
