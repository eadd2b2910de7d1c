import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { deploySafely } from '../../../src/isolation/index.ts';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { otherRules } from '../network/real-world.ts';
import { anklume, inSandbox, uniqueName } from '../support.ts';
import {
  giveGateway,
  inBackground,
  ourRules,
  poll,
  tablesText,
  takeGateway,
  watchdogs,
} from './host.ts';

const [a, b, gate] = ['a', 'b', 'g'].map(uniqueName) as [string, string, string];
const bridge = `br-${gate}`;
const sandbox = [`--sandbox=${inject('sandbox')}`];

describe('a deployment that can be taken back', () => {
  let project: TestProject;
  let others = '';
  const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
  const background = (...args: string[]) =>
    inBackground([...args, ...sandbox], { cwd: project.folder });
  /** A table in the form of ours that cuts a bridge off from the host. */
  const cutting = async (name: string): Promise<string> => {
    const path = join(project.folder, 'cutting.nft');
    await writeFile(path, tablesText(name, 'iifname @bridges counter drop'));
    return path;
  };

  beforeAll(async () => {
    project = await testProject(twoDomains(a, b, 215));
    await giveGateway(gate, bridge, 216);
    expect((await here('sync')).code).not.toBe(0);
    expect((await anklume(['sync'], { cwd: project.folder })).code).toBe(0);
    expect((await here('network', 'deploy')).code).toBe(0);
    others = await otherRules();
  });
  afterEach(async () => {
    await here('network', 'restore');
    expect(await otherRules()).toBe(others);
    expect(await watchdogs()).toEqual([]);
  });
  afterAll(async () => {
    await inSandbox('nft', 'delete', 'table', 'inet', 'anklume').catch(() => '');
    await inSandbox('nft', 'delete', 'table', 'bridge', 'anklume').catch(() => '');
    await takeGateway(gate, bridge);
    await project[Symbol.asyncDispose]();
  });

  it('P08-04: shows a diff once, and changes nothing a second time', async () => {
    await inSandbox('nft', 'add', 'rule', 'inet', 'anklume', 'forward', 'counter', 'accept');
    const dry = await here('network', 'deploy', '--dry-run');
    expect(dry.stdout).toContain('@@ inet chain forward @@');
    expect(dry.stdout).toMatch(/^- +counter accept$/m);
    const broken = await ourRules();
    expect(broken).toContain('counter accept\n');
    const deploy = await here('network', 'deploy');
    expect(deploy.stdout).toContain('were loaded');
    const rules = await ourRules();
    expect(rules).not.toBe(broken);
    const again = await here('network', 'deploy');
    expect(again.stdout.trim()).toBe('The rules were already in force.');
    expect(await ourRules()).toBe(rules);
  });

  // Matrix: NI-303
  it('restores the rules before when the host loses its gateway', async () => {
    const before = await ourRules();
    const deploy = await here('network', 'deploy', '--from', await cutting(bridge), '--yes');
    expect(deploy.code).toBe(1);
    expect(deploy.stderr).toContain('the host lost 10.216.9.1');
    expect(await ourRules()).toBe(before);
    await inSandbox('ping', '-c', '1', '-W', '1', '10.216.9.1');
  });

  it('the same where there were no rules before', async () => {
    await inSandbox('nft', 'delete', 'table', 'inet', 'anklume');
    await inSandbox('nft', 'delete', 'table', 'bridge', 'anklume');
    const deploy = await here('network', 'deploy', '--from', await cutting(bridge), '--yes');
    expect(deploy.code).toBe(1);
    expect(await ourRules()).toBe('');
    expect((await here('network', 'deploy')).code).toBe(0);
  });

  it('restores the rules before when a text from elsewhere touched a table of others', async () => {
    const before = await ourRules();
    const text = tablesText(`net-${a}`).concat('table inet other { chain x { }\n}\n');
    const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    const host = { enter, proc: inject('proc') };
    const touched = deploySafely(text, host, { foreign: true });
    await expect(touched).rejects.toMatchObject({
      code: 'other-tables-changed',
      message: expect.stringContaining('inet other'),
    });
    expect(await ourRules()).toBe(before);
    await inSandbox('nft', 'delete', 'table', 'inet', 'other');
  });

  it('restores what is not confirmed in time', async () => {
    const before = await ourRules();
    const file = await cutting(`net-${a}`);
    const deploy = background('network', 'deploy', '--from', file, '--yes', '--confirm', '12');
    await deploy.says('The rules are loaded');
    expect(await ourRules()).not.toBe(before);
    const status = await here('network', 'status');
    expect(status.stdout).toContain('Not confirmed yet');
    const second = await here('network', 'deploy');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('still waiting for confirmation');
    const { code, stderr } = await deploy.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('The new rules were not confirmed');
    expect(await ourRules()).toBe(before);
    expect((await here('network', 'confirm')).code).toBe(1);
  });

  it('keeps what is confirmed from another terminal, for good', async () => {
    const file = await cutting(`net-${a}`);
    const deploy = background('network', 'deploy', '--from', file, '--yes', '--confirm', '12');
    await deploy.says('The rules are loaded');
    expect((await here('network', 'confirm')).stdout).toContain('The rules stay');
    expect(await deploy.ended).toMatchObject({ code: 0 });
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    expect(await ourRules()).toContain('iifname @bridges counter drop');
    expect((await here('network', 'deploy')).code).toBe(0);
  });

  it('restores when the tool was killed before the confirmation', async () => {
    const before = await ourRules();
    const file = await cutting(`net-${a}`);
    const deploy = background('network', 'deploy', '--from', file, '--yes', '--confirm', '12');
    await deploy.says('The rules are loaded');
    deploy.kill('SIGKILL');
    expect((await deploy.ended).signal).toBe('SIGKILL');
    expect(await ourRules()).not.toBe(before);
    await poll(async () => expect(await ourRules()).toBe(before));
    await poll(async () => expect(await watchdogs()).toEqual([]));
    expect((await here('network', 'status')).stdout).not.toContain('Not confirmed');
  });

  it('Ctrl-C restores at once, and so does the command', async () => {
    const before = await ourRules();
    const file = await cutting(`net-${a}`);
    const words = ['network', 'deploy', '--from', file, '--yes', '--confirm', '600'];
    const interrupted = background(...words);
    await interrupted.says('The rules are loaded');
    interrupted.kill('SIGINT');
    expect((await interrupted.ended).code).toBe(130);
    expect(await ourRules()).toBe(before);
    const waiting = background(...words);
    await waiting.says('The rules are loaded');
    expect((await here('network', 'restore')).stdout).toContain('in force again');
    expect((await waiting.ended).code).toBe(1);
    expect(await ourRules()).toBe(before);
  });

  it('says so when the process that waits was killed, and keeps the way back', async () => {
    const before = await ourRules();
    const file = await cutting(`net-${a}`);
    const deploy = background('network', 'deploy', '--from', file, '--yes', '--confirm', '600');
    await deploy.says('The rules are loaded');
    const [watchdog = ''] = await watchdogs();
    process.kill(Number(watchdog.split(' ')[0]), 'SIGKILL');
    deploy.kill('SIGKILL');
    await deploy.ended;
    await poll(async () =>
      expect((await here('network', 'status')).stdout).toContain('nothing will restore'),
    );
    expect((await here('network', 'restore')).code).toBe(0);
    expect(await ourRules()).toBe(before);
  });
});
