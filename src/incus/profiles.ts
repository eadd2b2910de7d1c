import type { Profile, WireConfig, WireDevices } from './api/wire.ts';
import { at } from './exchange.ts';
import type { CallOptions, ProjectOptions, ProjectWriteOptions, Read } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** What PUT replaces. */
export interface ProfilePut {
  readonly description: string;
  readonly config: WireConfig;
  readonly devices: WireDevices;
}

/** Profiles; a change reaches running instances at once. */
export class Profiles {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Of all projects. */
  list(options: CallOptions = {}): Promise<Profile[]> {
    return this.#transport.list<Profile>({
      ...options,
      method: 'GET',
      path: '/1.0/profiles',
      query: { recursion: 1, 'all-projects': true },
      doing: doing('list', 'profiles'),
    });
  }

  get(name: string, { project, ...options }: ProjectOptions = {}): Promise<Read<Profile>> {
    return this.#transport.value<Profile>({
      ...options,
      method: 'GET',
      path: at`/1.0/profiles/${name}`,
      query: { project },
      doing: doing('read', 'profile', name),
    });
  }

  async create(
    post: Partial<ProfilePut> & { readonly name: string },
    { project, ...options }: ProjectOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'POST',
      path: '/1.0/profiles',
      query: { project },
      body: post,
      doing: doing('create', 'profile', post.name),
    });
  }

  /** Replaces the profile. When an instance refuses it, the profile is saved all the same: read again. */
  async update(
    name: string,
    put: ProfilePut,
    { project, ...options }: ProjectWriteOptions = {},
  ): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'PUT',
      path: at`/1.0/profiles/${name}`,
      query: { project },
      body: put,
      doing: doing('change', 'profile', name),
    });
  }

  async delete(name: string, { project, ...options }: ProjectOptions = {}): Promise<void> {
    await this.#transport.run({
      ...options,
      method: 'DELETE',
      path: at`/1.0/profiles/${name}`,
      query: { project },
      doing: doing('delete', 'profile', name),
    });
  }
}
