import { describe, expect, it } from 'vitest';
import { loadText } from '../load-text.test-kit.ts';

const proxy = (listen: string, more = '') =>
  `{type: proxy, listen: "${listen}", connect: "tcp:127.0.0.1:80"${more}}`;
const told = (machines: string, profiles = '{}') =>
  loadText(
    `project_name: p\ndomains: {pro: {profiles: ${profiles}, machines: ${machines}}}\n`,
  ).problems.flatMap(({ code, path }) =>
    code === 'listen-taken' ? [path.slice(2).join('.')] : [],
  );
const two = (first: string, second: string) =>
  told(`{a: {devices: {x: ${first}}}, b: {devices: {y: ${second}}}}`);

describe('two proxies on one address of the host', () => {
  it.each([
    ['tcp:127.0.0.1:80', 'tcp:127.0.0.1:80'],
    ['tcp:0.0.0.0:80', 'tcp:10.0.0.1:80'],
    ['tcp:10.0.0.1:80', 'tcp:0.0.0.0:80'],
    ['tcp:[::]:80', 'tcp:10.0.0.1:80'],
    ['tcp:[::]:80', 'tcp:[::1]:80'],
    ['udp:0.0.0.0:80,90-95', 'udp:0.0.0.0:95'],
    ['unix:/run/x.sock', 'unix:/run/x.sock'],
    ['unix:@x', 'unix:@x'],
  ])('%s and %s', (first, second) => {
    expect(two(proxy(first), proxy(second))).toEqual(['machines.b.devices.y.listen']);
  });

  it.each([
    ['tcp:127.0.0.1:80', 'tcp:127.0.0.1:81'],
    ['tcp:127.0.0.1:80', 'udp:127.0.0.1:80'],
    ['tcp:127.0.0.1:80', 'tcp:127.0.0.2:80'],
    ['tcp:0.0.0.0:80', 'tcp:[::1]:80'],
    ['tcp:0.0.0.0:80-85', 'tcp:0.0.0.0:86'],
    ['unix:/run/x.sock', 'unix:/run/y.sock'],
    ['', ''],
    ['tcp:nonsense', 'tcp:nonsense'],
  ])('not %s and %s', (first, second) => {
    expect(two(proxy(first), proxy(second))).toEqual([]);
  });

  it('one that listens in its machine is alone there', () => {
    const inside = proxy('tcp:0.0.0.0:80', ', bind: instance');
    expect(two(inside, inside)).toEqual([]);
    expect(two(inside, proxy('tcp:0.0.0.0:80'))).toEqual([]);
  });

  it('one in a profile of two machines, told where it stands; a device of its own hides it', () => {
    const profiles = `{default: {devices: {x: ${proxy('tcp:0.0.0.0:80')}}}}`;
    expect(told('{a: {}, b: {}}', profiles)).toEqual(['profiles.default.devices.x.listen']);
    expect(told('{a: {}, b: {devices: {x: {type: none}}}}', profiles)).toEqual([]);
    expect(told('{a: {}, b: {profiles: []}}', profiles)).toEqual([]);
  });

  it('of one machine as well, and not of a domain that is switched off', () => {
    const x = proxy('tcp:0.0.0.0:80');
    expect(told(`{a: {devices: {x: ${x}, y: ${x}}}}`)).toEqual(['machines.a.devices.y.listen']);
    const off = `project_name: p\ndomains: {pro: {machines: {a: {devices: {x: ${x}}}}}, off: {enabled: false, machines: {b: {devices: {x: ${x}}}}}}\n`;
    expect(loadText(off).problems.filter(({ code }) => code === 'listen-taken')).toEqual([]);
  });
});
