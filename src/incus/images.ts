import type { Image, InstanceType } from './api/wire.ts';
import { badAnswer, isNotFound } from './errors.ts';
import { at } from './exchange.ts';
import { type CopyOptions, copyFromServer } from './image-copy.ts';
import { exportImage } from './image-export.ts';
import { type ImportOptions, importSplit, importUnified } from './image-import.ts';
import type { Part } from './multipart.ts';
import type { CallOptions, ProjectOptions, Read } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Images of the default project, which all projects of ours share; a project that others made may have its own. */
export class Images {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list({ project, ...options }: ProjectOptions = {}): Promise<Image[]> {
    return this.#transport.list<Image>({
      ...options,
      method: 'GET',
      path: '/1.0/images',
      query: { recursion: 1, project },
      doing: doing('list', 'images'),
    });
  }

  get(fingerprint: string, options: CallOptions = {}): Promise<Read<Image>> {
    return this.#transport.value<Image>({
      ...options,
      method: 'GET',
      path: at`/1.0/images/${fingerprint}`,
      doing: doing('read', 'image', fingerprint),
    });
  }

  async delete(fingerprint: string, { project, ...options }: ProjectOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/images/${fingerprint}`,
      query: { project },
      doing: doing('delete', 'image', fingerprint),
    });
  }

  /** The fingerprint that an alias names, or undefined when there is no such alias. */
  async alias(name: string, options: CallOptions = {}): Promise<string | undefined> {
    try {
      const { value } = await this.#transport.value<{ readonly target: string }>({
        ...options,
        method: 'GET',
        path: at`/1.0/images/aliases/${name}`,
        doing: doing('read', 'alias', name),
      });
      return value.target;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async createAlias(name: string, fingerprint: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/images/aliases',
      body: { name, target: fingerprint },
      doing: doing('create', 'alias', name),
    });
  }

  /** Makes the alias name this image, whatever it named before. */
  async setAlias(name: string, fingerprint: string, options: CallOptions = {}): Promise<void> {
    const present = await this.alias(name, options);
    if (present === fingerprint) return;
    if (present === undefined) return this.createAlias(name, fingerprint, options);
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/images/aliases/${name}`,
      body: { target: fingerprint },
      doing: doing('change', 'alias', name),
    });
  }

  async deleteAlias(name: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/images/aliases/${name}`,
      doing: doing('delete', 'alias', name),
    });
  }

  /** Imports a unified image from a file, unless it is present. Gives its fingerprint. */
  async importFile(path: string, options: ImportOptions = {}): Promise<string> {
    const fingerprint = await importUnified(this.#transport, path, options);
    for (const name of options.aliases ?? []) await this.setAlias(name, fingerprint, options);
    return fingerprint;
  }

  /** The same for an image whose metadata and root file system stand in two files. */
  async importSplit(
    metadataPath: string,
    rootfsPath: string,
    options: ImportOptions & { readonly type?: InstanceType } = {},
  ): Promise<string> {
    const fingerprint = await importSplit(this.#transport, metadataPath, rootfsPath, options);
    for (const name of options.aliases ?? []) await this.setAlias(name, fingerprint, options);
    return fingerprint;
  }

  /** The bytes of an image's files, part by part. */
  export(fingerprint: string, options: CallOptions = {}): AsyncGenerator<Part> {
    return exportImage(this.#transport, fingerprint, options);
  }

  /**
   * Makes an image of an instance that is stopped. Not compressed: it is unpacked at once, and compressing takes
   * longer than everything else. Gives its fingerprint.
   */
  async publish(
    instance: string,
    properties: Readonly<Record<string, string>>,
    { project, ...options }: ProjectOptions = {},
  ): Promise<string> {
    const what = doing('publish', 'instance', instance);
    const operation = await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/images',
      query: { project },
      body: {
        source: { type: 'instance', name: instance },
        properties,
        compression_algorithm: 'none',
        public: false,
      },
      doing: what,
    });
    const fingerprint = operation?.metadata?.fingerprint;
    if (typeof fingerprint === 'string') return fingerprint;
    throw badAnswer(what, 200, true, { en: 'it names no image', fr: 'elle ne nomme aucune image' });
  }

  /** Lets the daemon fetch an image from an image server. Gives its fingerprint. */
  async copyFromServer(options: CopyOptions): Promise<string> {
    const fingerprint = await copyFromServer(this.#transport, options);
    const { localAlias, signal } = options;
    if (localAlias) await this.setAlias(localAlias, fingerprint, signal ? { signal } : {});
    return fingerprint;
  }
}
