import { request } from 'node:http';

/** What a machine of Incus learns about itself from its daemon. */
export interface GuestIdentity {
  /** Name of the instance; not unique over projects. */
  readonly name: string;
  /** The instance's `volatile.cloud-init.instance-id`, unique on a daemon. */
  readonly id: string;
}

/** Where the daemon listens for its guests; `security.guestapi` can take it away. */
const GUEST_SOCKET = '/dev/incus/sock';

/** Longest answer in bytes that is read; ours is two lines. */
const LONGEST = 64 * 1024;

/** Milliseconds to wait for the answer. */
const PATIENCE = 5000;

/** The machine of Incus that this process runs in; undefined outside of one. */
export function whoAmI(socketPath: string = GUEST_SOCKET): Promise<GuestIdentity | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    const call = request({ socketPath, path: '/1.0/meta-data', host: 'incus' }, (answer) => {
      let untrustedText = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        untrustedText += text;
        if (untrustedText.length > LONGEST) call.destroy();
      });
      answer.on('error', nothing);
      answer.on('end', () =>
        resolve(answer.statusCode === 200 ? identityIn(untrustedText) : undefined),
      );
    });
    call.setTimeout(PATIENCE, () => call.destroy());
    call.on('error', nothing).end();
  });
}

/** The first two values are the daemon's own; what follows comes from `user.meta-data`. */
export function identityIn(untrustedText: string): GuestIdentity | undefined {
  const value = (key: string) =>
    new RegExp(`^${key}: *(\\S+) *$`, 'm').exec(untrustedText)?.[1] ?? '';
  const [name, id] = [value('local-hostname'), value('instance-id')];
  return name !== '' && id !== '' ? { name, id } : undefined;
}
