import { expect, it } from 'vitest';
import { contextMarks, filesOf } from './marks.ts';

const context = { absoluteLevel: 2, relativeLevel: 1, vmNested: true, yolo: false };

it('P16-02: four keys on the instance, and the same four values as files in the machine', () => {
  const marks = contextMarks(context);
  expect(marks).toEqual({
    'user.anklume.nesting.absolute_level': '2',
    'user.anklume.nesting.relative_level': '1',
    'user.anklume.nesting.vm_nested': 'true',
    'user.anklume.nesting.yolo': 'false',
  });
  expect(filesOf(marks)).toEqual([
    { path: '/etc/anklume/absolute_level', text: '2\n' },
    { path: '/etc/anklume/relative_level', text: '1\n' },
    { path: '/etc/anklume/vm_nested', text: 'true\n' },
    { path: '/etc/anklume/yolo', text: 'false\n' },
  ]);
});

it('keys that are not ours name no file', () => {
  expect(filesOf({ 'user.anklume.nesting.../../etc/passwd': 'x', 'limits.cpu': '1' })).toEqual([]);
});
