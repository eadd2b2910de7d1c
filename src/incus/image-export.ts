import { badAnswer, isKind } from './errors.ts';
import { at, cutOff } from './exchange.ts';
import { type Part, partsOf } from './multipart.ts';
import type { CallOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/**
 * The files of an image as they come: one part `unified`, or `metadata` and `rootfs` (`rootfs.img` of a virtual
 * machine). Each is to be read to its end before the next is asked for.
 */
export async function* exportImage(
  transport: Transport,
  fingerprint: string,
  { signal }: CallOptions,
): AsyncGenerator<Part> {
  const call = {
    method: 'GET',
    path: at`/1.0/images/${fingerprint}/export`,
    doing: doing('read', 'image', fingerprint),
    ...(signal && { signal }),
  } as const;
  const { headers, body } = await transport.raw(call);
  const bytes = body as AsyncIterable<Buffer>;
  const type = headers['content-type'] ?? '';
  try {
    if (type.startsWith('multipart/')) yield* partsOf(bytes, type);
    else yield { name: 'unified', bytes };
  } catch (error) {
    if (isKind(error, 'unreachable')) throw error;
    if (!body.complete) throw cutOff(call, error);
    const why = { en: 'its parts are damaged', fr: 'ses parties sont abîmées' };
    throw badAnswer(call.doing, 200, false, why, error);
  } finally {
    body.destroy();
  }
}
