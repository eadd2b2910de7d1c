/** A graphics card as the tools of the system list it. */
export interface Gpu {
  readonly name: string;
  /** MiB of its memory; undefined where nobody says. */
  readonly vram?: number;
}

/** The NVIDIA cards from `nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits`. */
export function gpusOfNvidiaSmi(untrustedText: string): Gpu[] {
  return untrustedText.split('\n').flatMap((line) => {
    const comma = line.lastIndexOf(',');
    const name = line.slice(0, Math.max(comma, 0)).trim();
    if (name === '') return [];
    const amount = line.slice(comma + 1).trim();
    const vram = /^\d+$/.test(amount) ? Number(amount) : undefined;
    return [{ name, ...(vram !== undefined && { vram }) }];
  });
}

/** The same from `lspci`, which knows the names alone: display controllers of NVIDIA. */
export function gpusOfLspci(untrustedText: string): Gpu[] {
  return untrustedText.split('\n').flatMap((line) => {
    const name =
      /^\S+ (?:VGA compatible controller|3D controller|Display controller)[^:]*: (.*)$/.exec(
        line,
      )?.[1];
    return name && /nvidia/i.test(name) ? [{ name: name.trim() }] : [];
  });
}

/** MiB of the largest card: a model is loaded into one. */
export function vramOf(gpus: readonly Gpu[]): number | undefined {
  const known = gpus.flatMap(({ vram }) => (vram === undefined ? [] : [vram]));
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** Turns texts into vectors; small enough for any card. */
const EMBEDDING = 'nomic-embed-text';

/** Up to how many GiB of memory of the card which models are recommended. */
const BY_VRAM: readonly { readonly upTo: number; readonly models: readonly string[] }[] = [
  { upTo: 8, models: ['qwen2.5-coder:7b', EMBEDDING] },
  { upTo: 16, models: ['qwen2.5-coder:14b', EMBEDDING] },
  { upTo: 24, models: ['qwen2.5-coder:32b', EMBEDDING] },
  { upTo: Number.POSITIVE_INFINITY, models: ['deepseek-coder-v2:latest', 'qwen2.5-coder:32b'] },
];

/** What fits; none without a card whose memory is known: everything then goes through an API. */
export function recommendedModels(vram: number | undefined): readonly string[] {
  if (vram === undefined || vram <= 0) return [];
  // A card that is sold with 8 GB reports a few MiB more or less than 8 GiB: whole GiB are compared.
  const gib = Math.round(vram / 1024);
  return BY_VRAM.find(({ upTo }) => gib <= upTo)?.models ?? [];
}
