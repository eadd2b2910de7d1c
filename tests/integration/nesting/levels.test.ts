import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../../../src/base/system/index.ts';
import type { SplitImage } from '../../../src/images/debian/cache.ts';
import { testProject } from '../cli/projects.ts';
import { poll } from '../deployment/host.ts';
import { removeDomains } from '../engine/daemon.ts';
import { anklume, incusCli, uniqueName } from '../support.ts';
import { hostImage } from './host-image.ts';

const IMAGE = 'nesting-host';
/** Where a nested host finds what it is given, read-only, by its own host. */
const IMAGES = '/srv/images';
const PRODUCT = '/opt/anklume';
/** The project of a nested host. */
const WORLD = '/srv/world';
const TOOL = `node ${PRODUCT}/dist/main.js`;

/** A domain with one nested host. */
function hostInfra(domain: string, octet: number, images: string, product: string): string {
  const share = (source: string, path: string) =>
    `{ type: disk, source: ${JSON.stringify(source)}, path: ${path}, readonly: true }`;
  return `project_name: levels
global: { base_subnet: "10.${octet}", default_os_image: local:${IMAGE}, nesting_prefix: true }
domains:
  ${domain}:
    subnet_id: 1
    ephemeral: true
    profiles:
      nesting:
        config:
          security.nesting: true
          security.syscalls.intercept.mknod: true
          security.syscalls.intercept.setxattr: true
    machines:
      ${domain}-host:
        profiles: [default, nesting]
        devices:
          images: ${share(images, IMAGES)}
          product: ${share(product, PRODUCT)}
`;
}

type Run = (...words: string[]) => Promise<string>;

/**
 * `incus` on the outermost host, again while its daemon does not find the process that it started: Incus 6.0.4 has this
 * trouble with machines whose system calls it intercepts, at every level. The command may run all the same, so what is
 * run must bear to be run twice, also at once.
 */
const outermost: Run = async (...words) => {
  for (let left = 100; ; left--)
    try {
      return await incusCli(...words);
    } catch (error) {
      if (left === 0 || !String(error).includes('Failed to retrieve PID of executing')) throw error;
    }
};

/** Runs commands in the nested host of a domain, by the client of the host above. */
function execIn(incus: Run, prefix: string, domain: string): Run {
  const names = [`${prefix}-${domain}-host`, '--project', `${prefix}-${domain}`];
  return (...words) => incus('exec', ...names, '--', ...words);
}

/** Makes of a machine a host with machines of its own: an Incus, the image, and a world with one host more. */
async function makeHost(at: Run, image: SplitImage, domain: string, octet: number): Promise<void> {
  await poll(() => at('systemctl', 'is-active', 'incus.socket'));
  const files = [image.metadata, image.rootfs].map((path) => path.replace(dirname(path), IMAGES));
  // Sub-ids that fit into its own: the usual ones reach beyond what a container has.
  const script = `
    echo root:1000000:${250_000_000 / octet ** 2} | tee /etc/subuid > /etc/subgid
    incus storage show default > /dev/null 2>&1 || incus storage create default dir
    incus image show ${IMAGE} > /dev/null 2>&1 ||
      incus image import ${files.join(' ')} --alias ${IMAGE} --quiet
    mkdir -p ${WORLD}
    cd ${WORLD}
    printf '%s' '${hostInfra(domain, octet, IMAGES, PRODUCT)}' > infra.yml
    ${TOOL} sync
    ${TOOL} apply infra`;
  await at('flock', '/run/make-host', 'sh', '-ec', script);
}

describe('hosts inside hosts', () => {
  const name = uniqueName('v');
  const first = execIn(outermost, '001', name);
  const second = execIn((...words) => first('incus', ...words), '001', 'deep');
  const third = execIn((...words) => second('incus', ...words), '002', 'deeper');

  const levels = async (at: Run) =>
    (await at('sh', '-c', 'cd /etc/anklume && cat *_level vm_nested yolo')).split('\n');
  const detected = async (at: Run) => {
    const { findings } = JSON.parse(
      await at('sh', '-c', `${TOOL} doctor --json || test $? = 4`),
    ) as { findings: { id: string; found: { en: string } }[] };
    return findings.find(({ id }) => id === 'nesting')?.found.en;
  };

  beforeAll(async () => {
    const image = await hostImage();
    const { metadata, rootfs } = image;
    await incusCli('image', 'import', metadata, rootfs, '--alias', IMAGE, '--quiet');
    await using project = await testProject(hostInfra(name, 219, dirname(rootfs), productRoot()));
    for (const words of [['sync'], ['apply', 'infra']]) {
      const { code, stderr } = await anklume(words, { cwd: project.folder });
      expect(code, stderr).toBe(0);
    }
    await makeHost(first, image, 'deep', 1);
    await makeHost(second, image, 'deeper', 2);
  }, 1_200_000);
  afterAll(async () => {
    await removeDomains(`001-${name}`);
    await incusCli('network', 'delete', `001-net-${name}`).catch(() => '');
    await incusCli('image', 'delete', IMAGE).catch(() => '');
  });

  // Matrix: NE-201
  it('P16-02: each machine is told one level more than its host, three containers deep', async () => {
    expect(await levels(first)).toEqual(['1', '1', 'false', 'false']);
    expect(await levels(second)).toEqual(['2', '2', 'false', 'false']);
    expect(await levels(third)).toEqual(['3', '3', 'false', 'false']);
  });

  it('P12-01: a container with the nesting profile runs its own Incus, and the tool in it', async () => {
    const profile = await incusCli('profile', 'show', 'nesting', '--project', `001-${name}`);
    for (const key of ['nesting', 'syscalls.intercept.mknod', 'syscalls.intercept.setxattr'])
      expect(profile).toContain(`security.${key}: "true"`);
    const list = ['incus', 'list', '--all-projects', '--format', 'csv', '-c', 'ns'];
    expect(await first(...list)).toBe('001-deep-host,RUNNING');
    expect(await second(...list)).toBe('002-deeper-host,RUNNING');
    for (const at of [first, second])
      expect(await at('sh', '-c', `cd ${WORLD} && ${TOOL} plan --exit-code`)).toContain(
        'Nothing to do',
      );
  });

  it('P16-02: names that Incus sees carry the level of the host they are on, files and groups do not', async () => {
    for (const [at, level, domain] of [
      [first, '001', 'deep'],
      [second, '002', 'deeper'],
    ] as const) {
      const files = await at('sh', '-c', `cd ${WORLD} && ls inventory group_vars host_vars`);
      expect(files.split(/\s+/)).toEqual(
        expect.arrayContaining([`${domain}.yml`, `${domain}-host.yml`]),
      );
      const vars = [`${WORLD}/host_vars/${domain}-host.yml`, `${WORLD}/group_vars/${domain}.yml`];
      const written = await at('cat', ...vars);
      expect(written).toContain(`instance_name: "${level}-${domain}-host"`);
      expect(written).toContain(`incus_project: "${level}-${domain}"`);
      const network = JSON.parse(await at('incus', 'network', 'list', '--format', 'json')) as {
        name: string;
      }[];
      expect(network.map((one) => one.name)).toContain(`${level}-net-${domain}`);
    }
  });

  it('P16-01: a container in a container is not taken for a virtual machine, told or found out', async () => {
    expect(await detected(second)).toBe(
      '2, not in a virtual machine (stated in /etc/anklume/vm_nested)',
    );
    await second('rm', '-rf', '/etc/anklume');
    expect(await detected(second)).toBe('0, not in a virtual machine (systemd-detect-virt: lxc)');
  });
});
