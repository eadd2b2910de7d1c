import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { probeImage } from '../../src/images/index.ts';
import { hostImage } from '../integration/nesting/host-image.ts';
import { incusCli, incusQuery, inSandbox } from '../integration/support.ts';
import type { Somebody } from './spray.ts';

export const HOST_IMAGE = 'hostile-host';
const INNER = 'inner';

export async function importHostImage(): Promise<void> {
  const { metadata, rootfs } = await hostImage();
  await incusCli('image', 'import', metadata, rootfs, '--alias', HOST_IMAGE, '--quiet');
}

/** A container with an Incus of its own, in which a container runs. Whoever has root in one has it in both. */
export class NestedHost {
  readonly #pid: string;
  readonly #image: string;

  private constructor(pid: string, image: string) {
    this.#pid = pid;
    this.#image = image;
  }

  static async of(project: string, name: string): Promise<NestedHost> {
    const image = `${name}/root/probe.tar`;
    await incusCli('file', 'push', '--quiet', '--project', project, await probeImage(), image);
    const { pid } = await incusQuery<{ pid: number }>(
      `/1.0/instances/${name}/state?project=${project}`,
    );
    return new NestedHost(String(pid), `/${image.split('/').slice(1).join('/')}`);
  }

  /** As root of the host that is attacked: Incus does not always find what it executes in a machine that nests. */
  sh(script: string): Promise<string> {
    return inSandbox(
      'nsenter',
      '-t',
      this.#pid,
      '-a',
      '--wd=/',
      '--',
      'env',
      '-C',
      '/',
      'sh',
      '-ec',
      script,
    );
  }

  /** Its own network, and a container in it that has an address there and knows the way out. */
  async launch(): Promise<Somebody> {
    while ((await this.sh('systemctl is-active incus.socket || true')).trim() !== 'active')
      await pause(200);
    // Sub-ids that fit into its own.
    await this.sh(`
      echo root:1000000:200000000 | tee /etc/subuid > /etc/subgid
      incus storage create default dir --quiet
      incus network create inside ipv4.address=10.66.0.254/24 ipv4.nat=true \
        ipv6.address=fd66::1/64 ipv6.nat=true --quiet
      incus image import ${this.#image} --alias probe --quiet
      incus launch probe ${INNER} --storage default --network inside --quiet
      for one in all inside; do echo 0 >/proc/sys/net/ipv4/conf/$one/rp_filter; done`);
    for (;;) {
      const state = JSON.parse(await this.sh(`incus query /1.0/instances/${INNER}/state`)) as {
        pid: number;
        network: Record<
          string,
          { hwaddr: string; addresses: { family: string; address: string }[] }
        >;
      };
      const eth0 = state.network.eth0;
      const ip = eth0?.addresses.find(({ family }) => family === 'inet')?.address;
      const space = `${inject('proc')}/${this.#pid}/root/proc/${state.pid}/ns/net`;
      if (eth0 && ip) return { name: INNER, space, mac: eth0.hwaddr, ip, ip6: 'fd66::2' };
      await pause(200);
    }
  }

  /** The end of its own network that the container knows as its gateway. */
  async gateway(): Promise<Omit<Somebody, 'space'>> {
    const mac = (await this.sh('cat /sys/class/net/inside/address')).trim();
    return { name: 'inside', mac, ip: '10.66.0.254', ip6: 'fd66::1' };
  }

  /** What the container sends goes out as it is, under no other address. */
  async withoutTranslation(): Promise<void> {
    await this.sh('nft flush ruleset');
  }

  /** The container stands where the host does: whatever frames it sends come out of the host's NIC. */
  async bridged(): Promise<void> {
    await this.sh(`
      ip link add both type bridge
      ip link set both up
      ip link set eth0 master both
      ip link set "$(incus config get ${INNER} volatile.eth0.host_name)" master both`);
  }
}
