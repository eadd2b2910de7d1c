import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productRoot } from '../../../src/base/system/index.ts';
import { poll } from '../deployment/host.ts';
import { hostImage } from '../nesting/host-image.ts';
import { projectOf } from '../provision/world.ts';
import { anklume, clearAway, incusCli, inSandbox, uniqueName } from '../support.ts';

const tag = uniqueName('h');
const host = `${tag}-host`;
const image = `${tag}/host`;
const TOOL = 'node /opt/anklume/dist/main.js';

const infra = (folder: string) => `project_name: ${tag}
global:
  base_subnet: "10.85"
  default_os_image: probe
  incus_images_export_for_nesting: true
  incus_images_export_dir: ${folder}
domains:
  ${tag}:
    subnet_id: 1
    ephemeral: true
    profiles:
      nesting:
        config:
          security.nesting: true
          security.syscalls.intercept.mknod: true
          security.syscalls.intercept.setxattr: true
    machines:
      ${host}:
        os_image: local:${image}
        profiles: [default, nesting]
        devices:
          product: { type: disk, source: ${JSON.stringify(productRoot())}, path: /opt/anklume, readonly: true }
      ${tag}-plain: {}
`;

/** Counts what the nested host asks of names and of web servers, whoever would answer. */
const capture = `table inet ${tag} {
  chain seen {
    type filter hook prerouting priority -500;
    iifname "net-${tag}" meta l4proto { tcp, udp } th dport 53 counter
    iifname "net-${tag}" tcp dport { 80, 443, 8443 } counter
  }
}`;
const seen = async () =>
  [...(await inSandbox('nft', 'list', 'table', 'inet', tag)).matchAll(/packets (\d+)/g)].map(
    ([, packets]) => Number(packets),
  );

/** Again while the daemon does not find the process that it started: Incus 6.0.4 has this trouble with such machines. */
const inside = async (script: string): Promise<string> => {
  for (let left = 100; ; left--)
    try {
      return await incusCli('exec', '--project', tag, host, '--', 'sh', '-ec', script);
    } catch (error) {
      if (left === 0 || !String(error).includes('Failed to retrieve PID of executing')) throw error;
    }
};

let folder = '';
let project = '';
beforeAll(async () => {
  const { metadata, rootfs } = await hostImage();
  await incusCli('image', 'import', metadata, rootfs, '--alias', image, '--quiet');
  folder = await mkdtemp(join(tmpdir(), 'nested-'));
  project = await projectOf({ 'infra.yml': infra(join(folder, 'images')) });
  const { code, stderr } = await anklume(['apply', '--sync'], { cwd: project });
  expect(code, stderr).toBe(0);
  await poll(() => inside('systemctl is-active incus.socket'));
  await inside(`
    echo root:1000000:250000000 | tee /etc/subuid >/etc/subgid
    incus storage show default >/dev/null 2>&1 || incus storage create default dir`);
}, 1_200_000);
afterAll(async () => {
  await inSandbox('nft', 'delete', 'table', 'inet', tag).catch(() => undefined);
  await clearAway(project, [tag]);
  await incusCli('image', 'delete', image).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}, 300_000);

it('P18e-02: a nested host takes its images from the folder of its host, and asks no server', async () => {
  await inSandbox('nft', capture);
  await inside(`mkdir -p /srv/world && cd /srv/world && cat >infra.yml <<'END'
project_name: inner
global: { base_subnet: "10.86", default_os_image: "images:probe" }
domains: { in: { subnet_id: 1, ephemeral: true, machines: { in-one: {} } } }
END
    ${TOOL} sync
    ${TOOL} image import probe
    ${TOOL} apply infra`);
  const list = await inside('incus image list --format csv --columns lF');
  const sum = (await readFile(join(folder, 'images', 'SHA256SUMS'), 'utf8'))
    .split('\n')
    .find((line) => line.includes(' probe-'));
  expect(list).toContain(`probe,${sum?.split(' ')[0]}`);
  expect(await inside('incus list --all-projects --format csv --columns ns')).toContain(
    'in-one,RUNNING',
  );
  expect(await seen()).toEqual([0, 0]);
  // The capture would have seen it.
  await inside('python3 -c "import socket; socket.getaddrinfo(\'example.org\', 443)" || true');
  expect((await seen())[0]).toBeGreaterThan(0);
}, 600_000);
