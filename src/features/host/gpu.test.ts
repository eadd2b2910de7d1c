import { describe, expect, it } from 'vitest';
import { gpusOfLspci, gpusOfNvidiaSmi, recommendedModels, vramOf } from './gpu.ts';

const SMI = 'NVIDIA GeForce RTX 4090, 24564\nNVIDIA T400, 2048\n';
const LSPCI = [
  '00:02.0 VGA compatible controller: Intel Corporation UHD Graphics 630',
  '01:00.0 VGA compatible controller: NVIDIA Corporation GA102 [GeForce RTX 3090] (rev a1)',
  '01:00.1 Audio device: NVIDIA Corporation GA102 High Definition Audio Controller (rev a1)',
  '02:00.0 3D controller: NVIDIA Corporation GP107M [GeForce MX350] (rev a1)',
].join('\n');

describe('graphics cards', () => {
  it('P23b-07: of nvidia-smi, several and none', () => {
    expect(gpusOfNvidiaSmi(SMI)).toEqual([
      { name: 'NVIDIA GeForce RTX 4090', vram: 24564 },
      { name: 'NVIDIA T400', vram: 2048 },
    ]);
    expect(gpusOfNvidiaSmi('')).toEqual([]);
    expect(gpusOfNvidiaSmi('NVIDIA GB10, [N/A]\n')).toEqual([{ name: 'NVIDIA GB10' }]);
    expect(gpusOfNvidiaSmi('No devices were found\n')).toEqual([]);
  });

  it('P23b-07: of lspci, no card of others and no sound', () => {
    expect(gpusOfLspci(LSPCI).map(({ name }) => name)).toEqual([
      'NVIDIA Corporation GA102 [GeForce RTX 3090] (rev a1)',
      'NVIDIA Corporation GP107M [GeForce MX350] (rev a1)',
    ]);
    expect(gpusOfLspci('')).toEqual([]);
  });

  it('the largest card counts, where one says how large it is', () => {
    expect(vramOf(gpusOfNvidiaSmi(SMI))).toBe(24564);
    expect(vramOf(gpusOfLspci(LSPCI))).toBeUndefined();
  });

  it.each([
    [undefined, []],
    [0, []],
    [2048, ['qwen2.5-coder:7b', 'nomic-embed-text']],
    [8188, ['qwen2.5-coder:7b', 'nomic-embed-text']],
    [8192, ['qwen2.5-coder:7b', 'nomic-embed-text']],
    [9216, ['qwen2.5-coder:14b', 'nomic-embed-text']],
    [16384, ['qwen2.5-coder:14b', 'nomic-embed-text']],
    [17408, ['qwen2.5-coder:32b', 'nomic-embed-text']],
    [24564, ['qwen2.5-coder:32b', 'nomic-embed-text']],
    [25600, ['deepseek-coder-v2:latest', 'qwen2.5-coder:32b']],
    [81559, ['deepseek-coder-v2:latest', 'qwen2.5-coder:32b']],
  ])('P23b-08, P23b-11: with %s MiB', (vram, models) => {
    expect(recommendedModels(vram)).toEqual(models);
  });
});
