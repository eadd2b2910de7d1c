import { expect, it } from 'vitest';
import { chooseKind } from './kind.ts';

it('P16-06: a virtual machine where the daemon runs them, whatever is known about KVM', () => {
  expect(chooseKind(undefined, { drivers: 'lxc | qemu', untrustedReason: undefined })).toEqual({
    type: 'virtual-machine',
  });
  expect(chooseKind('vm', { drivers: 'qemu | lxc', untrustedReason: 'old' }).type).toBe(
    'virtual-machine',
  );
});

it('P16-06: else a container, with the reason', () => {
  const without = chooseKind(undefined, {
    drivers: 'lxc',
    untrustedReason: 'KVM support is missing\u0007',
  });
  expect(without.type).toBe('container');
  expect(without.why?.en).toContain('(KVM support is missing\\x07)');
  expect(chooseKind(undefined, { drivers: 'lxc', untrustedReason: undefined }).why?.en).toContain(
    'QEMU',
  );
});

it('a container that was asked for needs no reason; a virtual machine that cannot be is refused', () => {
  expect(chooseKind('container', { drivers: 'lxc | qemu', untrustedReason: undefined })).toEqual({
    type: 'container',
  });
  expect(() => chooseKind('vm', { drivers: 'lxc', untrustedReason: 'no' })).toThrow(
    expect.objectContaining({ code: 'test-runner-no-vm', exit: 4 }),
  );
});
