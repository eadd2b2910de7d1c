import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { testProject } from '../cli/projects.ts';
import { anklume } from '../support.ts';

/** What `sync` makes of an infra.yml, as a person runs it: its end, and the variables in its tree. */
async function synced(infra: string) {
  await using project = await testProject(infra);
  const { code, stdout, stderr } = await anklume(['sync'], { cwd: project.folder });
  const read = async (path: string): Promise<Record<string, unknown>> =>
    parse(await readFile(join(project.folder, path), 'utf8')) ?? {};
  return { code, said: stdout + stderr, ...(code === 0 && (await varsOf(read))) };
}

async function varsOf(read: (path: string) => Promise<Record<string, unknown>>) {
  const of = (path: string) => read(path).catch(() => undefined);
  return { all: await of('group_vars/all.yml'), voice: await of('host_vars/homelab-stt.yml') };
}

/** The speech machine of the ROADMAP beside one that runs models, on one GPU. */
const speech = (policy: string) => `project_name: home
global: { base_subnet: "10.100"${policy} }
domains:
  homelab:
    subnet_id: 3
    profiles:
      nvidia-compute: { devices: { gpu: { type: gpu, gputype: physical } } }
    machines:
      homelab-llm: { gpu: true }
      homelab-stt:
        profiles: [nvidia-compute]
        roles: [base_system, stt_server]
        config: { nvidia.runtime: true, limits.cpu: 2 }
        devices: { cache: { type: disk, source: /var/cache/models, path: /models, readonly: true } }
        stt_engine: "faster-whisper"
        stt_model: "large-v3-turbo"
        stt_host: "0.0.0.0:8000"
        stt_quantization: "float16"    # float16, int8_float16, or int8
        stt_language: ""               # Empty = auto-detect
`;

describe('what infra.yml says reaches the tree', () => {
  it('P14-02: a speech machine with its device, settings and variables, where the GPU is shared', async () => {
    const { code, said, voice } = await synced(speech(', gpu_policy: shared'));
    expect(code, said).toBe(0);
    expect(voice).toMatchObject({
      instance_config: { 'nvidia.runtime': 'true', 'limits.cpu': '2' },
      instance_devices: { cache: { type: 'disk', path: '/models' } },
      instance_profiles: expect.arrayContaining(['nvidia-compute']),
      stt_engine: 'faster-whisper',
      stt_model: 'large-v3-turbo',
      stt_host: '0.0.0.0:8000',
      stt_quantization: 'float16',
      stt_language: '',
    });
  });

  it('P14-05: two on one GPU are refused with the way out; shared, they are warned of', async () => {
    for (const policy of ['', ', gpu_policy: exclusive']) {
      const refused = await synced(speech(policy));
      expect(refused.code).toBe(2);
      expect(refused.said).toContain("'homelab-llm' (gpu: true)");
      expect(refused.said).toContain("'homelab-stt' (profile 'nvidia-compute')");
      expect(refused.said).toContain('gpu_policy: shared');
    }
    const shared = await synced(speech(', gpu_policy: shared'));
    expect(shared.code).toBe(0);
    expect(shared.said).toMatch(/share the GPU and its memory[\s\S]*fit into the memory/);
  });

  it('P18a-02: the access to AI tools, as variables of all', async () => {
    const infra = (keys: string) => `project_name: home
global: { base_subnet: "10.100", ai_access_policy: exclusive, ${keys} }
domains:
  pro: { subnet_id: 1, machines: { pro-dev: {} } }
  ai-tools: { subnet_id: 9, machines: { ollama: {} } }
`;
    const good = await synced(infra('ai_access_default: pro, ai_vram_flush: false'));
    expect(good.code, good.said).toBe(0);
    expect(good.all).toMatchObject({ ai_access_default: 'pro', ai_vram_flush: false });
    for (const bad of ['nowhere', 'ai-tools', 'pro, ai_vram_flush: often'])
      expect((await synced(infra(`ai_access_default: ${bad}`))).code).toBe(2);
  });

  it.each(['host', 'vm'])('P11-01: firewall_mode %s', async (mode) => {
    const machines =
      mode === 'vm'
        ? '  anklume: { subnet_id: 2, machines: { sys-firewall: { type: vm } } }\n'
        : '';
    const infra = `project_name: p\nglobal: { firewall_mode: ${mode} }\ndomains:\n  pro: { subnet_id: 1, machines: { pro-dev: {} } }\n${machines}`;
    const { code, said, all } = await synced(infra);
    expect(code, said).toBe(0);
    expect(all).toMatchObject({ firewall_mode: mode });
  });

  it('P11-01: host when nothing is said, and no other word', async () => {
    const infra = (global: string) =>
      `project_name: p\n${global}domains: { pro: { subnet_id: 1, machines: { pro-dev: {} } } }\n`;
    expect((await synced(infra(''))).all).toMatchObject({ firewall_mode: 'host' });
    const { code, said } = await synced(infra('global: { firewall_mode: moat }\n'));
    expect(code).toBe(2);
    expect(said).toContain('host or vm');
  });
});

/** `sync` on a host with these files in /etc/anklume: a mount of its own over /etc, and nothing in the real one. */
async function syncedWith(files: Readonly<Record<string, string>>) {
  const infra =
    'project_name: p\ndomains: { d: { subnet_id: 1, machines: { inner: { config: { security.privileged: true } } } } }\n';
  await using project = await testProject(infra);
  const layers = join(project.folder, 'layers');
  const script = [
    'mkdir -p "$0/up/anklume" "$0/work"',
    ...Object.entries(files).map(([name, word]) => `echo ${word} > "$0/up/anklume/${name}"`),
    'mount -t overlay -o "lowerdir=/etc,upperdir=$0/up,workdir=$0/work" overlay /etc',
    'exec "$@"',
  ].join('\n');
  const command = [process.execPath, program, 'sync'];
  const argv = ['unshare', '-m', 'sh', '-ec', script, layers, ...command];
  const env = { ANKLUME_LANG: 'en', NO_COLOR: '1' };
  return await run(argv, { cwd: project.folder, env }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: Error) => ({
      code: Number(/ended with (\d+)/.exec(error.message)?.[1]),
      said: error.message,
    }),
  );
}

describe('what the host is, from its own files', () => {
  it('P16-04: a privileged container is refused unless the host says that it is a virtual machine', async () => {
    const inVm = await syncedWith({ vm_nested: 'true' });
    expect(inVm).toMatchObject({ code: 0 });
    expect(inVm.said).not.toContain('security.privileged');
    const outside = await syncedWith({ vm_nested: 'false' });
    expect(outside.code).toBe(2);
    expect(outside.said).toContain("'inner'");
  });

  it('P16-05: YOLO makes a warning of it that names the machine', async () => {
    const { code, said } = await syncedWith({ vm_nested: 'false', yolo: 'true' });
    expect(code, said).toBe(0);
    expect(said).toMatch(/'inner'[\s\S]*privileged/);
  });
});
