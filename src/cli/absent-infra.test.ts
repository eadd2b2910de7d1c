import {
  type Application,
  type CommandContext,
  generateHelpTextForAllCommands,
  run,
} from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import type { CliContext } from '../kit/context.ts';
import type { Session } from '../kit/session.ts';
import { buildApp } from './app.ts';

const NOWHERE = '/nonexistent/infra.yml';

/** Every command with the flag, by words that satisfy its usage line. */
const lines = generateHelpTextForAllCommands(
  buildApp('en', true, undefined, true) as unknown as Application<CommandContext>,
).flatMap(([route, text]) => {
  if (!text.includes('--infra')) return [];
  const usage = text.split('\n').find((line) => line.includes('[--infra')) ?? '';
  const behind = usage.trim().slice(route.length).trim().split(' ');
  const words = behind.filter((word) => /^[A-Z|a-z-]+(\.\.\.)?$/.test(word) && word !== '--');
  const own = words.map((word) => word.split('|')[0] ?? word);
  return [[route, [...route.split(' ').slice(1), '--infra', NOWHERE, ...own]] as const];
});

describe('A wrong --infra is refused by every command that takes it, before anything is opened', () => {
  it('there are many of them', () => {
    expect(lines.length).toBeGreaterThan(40);
  });

  it.each(lines)('%s', async (_route, words) => {
    const app = buildApp('en', true, words[0], true);
    let told: unknown;
    const written: string[] = [];
    const sink = { write: (text: string) => void written.push(text) };
    const context: CliContext = {
      process: { stdout: sink, stderr: sink, env: {}, exitCode: undefined },
      env: {},
      cwd: '/',
      async carryOut(_flags, work) {
        // Whatever a command does with it is too much.
        const session = { cwd: '/' } as unknown as Session;
        told = await Promise.resolve(work(session)).catch((error: unknown) => error);
      },
    };
    await run(app, words, context);
    expect(told, written.join('')).toBeInstanceOf(AnklumeError);
    expect(told).toMatchObject({ code: 'no-such-infra', exit: ExitCode.usage });
  });
});
