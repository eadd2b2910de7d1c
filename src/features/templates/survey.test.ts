import { expect, it } from 'vitest';
import { MARK } from '../../engine/index.ts';
import type { Image, Instance } from '../../incus/index.ts';
import { originOf, surveyOf, templatesAmong } from './survey.ts';

const instance = (name: string, config: Record<string, string>, project = 'pro'): Instance => ({
  name,
  project,
  config: { [MARK.project]: 'mine', [MARK.domain]: project, [MARK.machine]: name, ...config },
  type: 'container',
  status: 'Stopped',
  status_code: 102,
  architecture: 'x86_64',
  devices: {},
  description: '',
  ephemeral: false,
  profiles: [],
  stateful: false,
  expanded_config: {},
  expanded_devices: {},
  created_at: '',
});

const image = (fingerprint: string, properties: Record<string, string>): Image => ({
  fingerprint,
  properties,
  type: 'container',
  aliases: [{ name: fingerprint, description: '' }],
  project: 'default',
  size: 1,
  architecture: 'x86_64',
});

const template = instance('web', { [MARK.template]: 'true' });
const published = (version: string) => ({
  'anklume.template.from': 'pro/web',
  'anklume.template.version': version,
});
const copy = (name: string, version: string, project?: string) =>
  instance(name, { [MARK.derivedFrom]: 'pro/web', [MARK.derivedVersion]: version }, project);
const fromImage = instance('three', {
  'image.anklume.template.from': 'pro/web',
  'image.anklume.template.version': 'old',
});

it('finds the templates of one infrastructure', () => {
  const other = instance('x', { [MARK.template]: 'true', [MARK.project]: 'another' });
  const was = instance('y', { [MARK.template]: 'false' });
  expect(templatesAmong([template, other, was], 'mine')).toEqual([template]);
});

it('tells what began as a template and whether that has changed since', () => {
  const instances = [
    template,
    copy('two', 'new'),
    copy('one', 'old'),
    fromImage,
    instance('alien', {}),
    copy('gone', 'old', 'anklume-trash'),
  ];
  const { machines } = surveyOf(template, 'new', instances, []);
  expect(machines.map(({ machine, by, outdated }) => [machine, by, outdated])).toEqual([
    ['one', 'copy', true],
    ['three', 'image', true],
    ['two', 'copy', false],
  ]);
});

it('knows published images from those that the cache kept of machines made from one', () => {
  const images = [
    image('a', published('old')),
    image('b', published('new')),
    image('c', { ...published('new'), 'anklume.golden.recipe': 'x' }),
    image('d', {}),
  ];
  const survey = surveyOf(template, 'new', [], images);
  expect(survey.images.map((one) => [one.fingerprint, one.outdated])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

it('without a kept state everything is outdated', () => {
  const survey = surveyOf(template, undefined, [template, copy('one', 'old')], []);
  expect(survey.version).toBeUndefined();
  expect(survey.machines).toEqual([expect.objectContaining({ machine: 'one', outdated: true })]);
});

it('a machine that was copied from one made from an image says the nearer of both', () => {
  const both = { ...fromImage.config, ...copy('x', 'new').config };
  expect(originOf({ config: both })).toEqual({ from: 'pro/web', version: 'new', by: 'copy' });
});
