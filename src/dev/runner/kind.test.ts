import { expect, it } from 'vitest';
import { chooseKind } from './kind.ts';

it('P16-06: a virtual machine where the daemon runs them, whatever is known about KVM', () => {
  expect(chooseKind(undefined, { drivers: 'lxc | qemu', kvm: true })).toEqual({
    type: 'virtual-machine',
  });
  expect(chooseKind('vm', { drivers: 'qemu | lxc', kvm: undefined }).type).toBe('virtual-machine');
});

it('P16-06: else a container, with the reason', () => {
  const without = chooseKind(undefined, { drivers: 'lxc', kvm: false });
  expect(without).toMatchObject({ type: 'container', why: { en: expect.stringContaining('KVM') } });
  expect(chooseKind(undefined, { drivers: 'lxc', kvm: true }).why?.en).toContain('QEMU');
});

it('a container that was asked for needs no reason; a virtual machine that cannot be is refused', () => {
  expect(chooseKind('container', { drivers: 'lxc | qemu', kvm: true })).toEqual({
    type: 'container',
  });
  expect(() => chooseKind('vm', { drivers: 'lxc', kvm: false })).toThrow(
    expect.objectContaining({ code: 'test-runner-no-vm', exit: 4 }),
  );
});
