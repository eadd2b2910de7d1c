import { expect, it } from 'vitest';
import type { NestingContext } from '../world/infra/index.ts';
import { contextOf } from './context.ts';

const outermost: NestingContext = { relativeLevel: 0, vmNested: false, yolo: false };

it('P16-02: counts containers inside containers, from a host without files', () => {
  const first = contextOf('lxc', outermost);
  expect(first).toEqual({ absoluteLevel: 1, relativeLevel: 1, vmNested: false, yolo: false });
  const second = contextOf('lxc', first);
  expect(second).toEqual({ absoluteLevel: 2, relativeLevel: 2, vmNested: false, yolo: false });
});

it('P16-02: a virtual machine begins a new count, and all below it are in a virtual machine', () => {
  const vm = contextOf('vm', contextOf('lxc', outermost));
  expect(vm).toEqual({ absoluteLevel: 2, relativeLevel: 0, vmNested: true, yolo: false });
  expect(contextOf('lxc', vm)).toMatchObject({
    absoluteLevel: 3,
    relativeLevel: 1,
    vmNested: true,
  });
});

it('P16-05: YOLO is handed down', () => {
  expect(contextOf('lxc', { ...outermost, yolo: true }).yolo).toBe(true);
});

it('a level always fits the three digits of a name', () => {
  const deep = contextOf('lxc', { ...outermost, absoluteLevel: 999, relativeLevel: 999 });
  expect(deep).toMatchObject({ absoluteLevel: 999, relativeLevel: 999 });
});
