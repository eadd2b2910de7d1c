/** What the person wants: by flags, by a file of answers, or asked on the terminal. */
export interface Choices {
  /** `prod` marks the host as one where nothing is destroyed by a slip; `dev` keeps machines in plain folders. */
  readonly mode?: 'prod' | 'dev';
  /** Use an Incus that somebody else initialised, as it is. */
  readonly adopt: boolean;
  readonly yolo: boolean;
  readonly vms: boolean;
  /** A person who may work with Incus without root, which makes them root. */
  readonly admin?: string;
  /** The project folder. */
  readonly project: string;
  readonly domains: readonly string[];
  /** An infra.yml of the person's own, instead of domains. */
  readonly infra?: string;
  readonly ai: boolean;
  readonly models: readonly string[];
  readonly openclaw: boolean;
  /** Make the machines at the end. */
  readonly up: boolean;
}

export const DEFAULTS: Choices = {
  adopt: false,
  yolo: false,
  vms: false,
  project: '/srv/anklume',
  domains: ['anklume', 'perso', 'pro'],
  ai: false,
  models: [],
  openclaw: false,
  up: true,
};
