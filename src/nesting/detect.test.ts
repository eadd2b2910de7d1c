import { expect, it } from 'vitest';
import { detectionOf } from './detect.ts';

it.each([
  ...['qemu', 'kvm', 'amazon', 'zvm', 'vmware', 'microsoft', 'oracle', 'powervm', 'xen', 'bochs'],
  ...['uml', 'parallels', 'bhyve', 'qnx', 'acrn', 'apple', 'sre', 'google', 'vm-other'],
])('P16-01: %s is a virtual machine', (word) => {
  expect(detectionOf(`${word}\n`).isVm).toBe(true);
});

it.each([
  ...['none', 'openvz', 'lxc', 'lxc-libvirt', 'systemd-nspawn', 'docker', 'podman', 'rkt', 'wsl'],
  ...['proot', 'pouch', 'container-other'],
])('P16-01: %s is not', (word) => {
  expect(detectionOf(`${word}\n`).isVm).toBe(false);
});

it('P16-01: where it cannot be asked, the answer is no and says why', () => {
  const { isVm, why } = detectionOf(undefined);
  expect(isVm).toBe(false);
  expect(why.en).toContain('systemd-detect-virt');
});

it('takes nothing strange for a virtual machine, and shows it harmlessly', () => {
  const { isVm, why } = detectionOf('\u001b[31mkvm\n');
  expect(isVm).toBe(false);
  expect(why.en).not.toContain('\u001b');
});
