import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The files of a simplestreams server with one image. */
export async function imageServer(
  mark: string,
  metadata: string,
  rootfs: string,
): Promise<Record<string, Buffer>> {
  const [meta, root] = await Promise.all([readFile(metadata), readFile(rootfs)]);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const item = (path: string, bytes: Buffer, ftype: string) => ({
    ftype,
    path,
    size: bytes.length,
    sha256: sha256(bytes),
  });
  const product = `${mark}:13:amd64:default`;
  const images = {
    content_id: 'images',
    datatype: 'image-downloads',
    format: 'products:1.0',
    products: {
      [product]: {
        aliases: `${mark}/13`,
        arch: 'amd64',
        os: mark,
        release: '13',
        release_title: '13',
        variant: 'default',
        versions: {
          '20260101_00:00': {
            items: {
              'incus.tar.xz': {
                ...item('files/meta.tar.xz', meta, 'incus.tar.xz'),
                combined_rootxz_sha256: sha256(Buffer.concat([meta, root])),
              },
              'root.tar.xz': item('files/root.tar.xz', root, 'root.tar.xz'),
            },
          },
        },
      },
    },
  };
  const index = {
    format: 'index:1.0',
    index: {
      images: {
        datatype: 'image-downloads',
        path: 'streams/v1/images.json',
        format: 'products:1.0',
        products: [product],
      },
    },
  };
  return {
    '/streams/v1/index.json': Buffer.from(JSON.stringify(index)),
    '/streams/v1/images.json': Buffer.from(JSON.stringify(images)),
    '/files/meta.tar.xz': meta,
    '/files/root.tar.xz': root,
  };
}
