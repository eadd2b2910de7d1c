import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { badAnswer, lost, refused } from '../errors.ts';
import { at } from '../exchange.ts';
import type { ProjectOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import { doing } from '../words.ts';
import { Sftp } from './sftp.ts';

/** Longest error answer in bytes that is read. */
const LONGEST_ANSWER = 64 * 1024;

/** Opens the files of an instance, running or not: a connection of its own, to be closed. */
export async function openFiles(
  transport: Transport,
  name: string,
  { project, signal }: ProjectOptions,
): Promise<Sftp> {
  const what = doing('read', 'file', `${name}:/`);
  const query = project === undefined ? '' : `?${new URLSearchParams({ project })}`;
  const asking = request({
    method: 'GET',
    path: `${at`/1.0/instances/${name}/sftp`}${query}`,
    host: 'incus',
    headers: { Connection: 'Upgrade', Upgrade: 'sftp' },
    createConnection: () => transport.endpoint.open(),
    ...(signal && { signal }),
  });
  const opened = await new Promise<{ stream: Duplex; head: Buffer }>((resolve, reject) => {
    asking.once('upgrade', (_answer, stream, head) => resolve({ stream, head }));
    asking.once('error', (error) => {
      if (signal?.aborted) return reject(signal.reason);
      const why = { en: 'the connection was lost', fr: 'la connexion a été perdue' };
      reject(lost(what, false, why, error));
    });
    asking.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        if (text.length < LONGEST_ANSWER) text += part;
      });
      answer.once('end', () => {
        const words = errorIn(text);
        if (words !== undefined) return reject(refused(what, answer.statusCode ?? 0, words));
        const why = { en: 'no stream was opened', fr: "aucun flux n'a été ouvert" };
        reject(badAnswer(what, answer.statusCode ?? 0, false, why));
      });
    });
    asking.end();
  });
  if (signal) signal.addEventListener('abort', () => opened.stream.destroy(), { once: true });
  return Sftp.start(opened.stream, opened.head, name);
}

function errorIn(untrustedText: string): string | undefined {
  try {
    const { error } = JSON.parse(untrustedText) as Record<string, unknown>;
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
