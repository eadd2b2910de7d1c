import { describe, expect, it } from 'vitest';
import { testProject } from '../cli/projects.ts';
import { anklume } from '../support.ts';

/** The parts of infra.yml that the roadmap prints, word for word, under the least that they need. */
const PRINTED = {
  'files that a domain may exchange': `project_name: printed
domains:
  pro:
    file_portal:
      allowed_paths: ["/shared/pro", "/home/user/Documents"]
      read_only: false
  perso:
    file_portal:
      allowed_paths: ["/shared/perso"]
      read_only: false
`,
  'applications of a machine': `project_name: printed
domains:
  pro:
    instances:
      pro-dev:
        export_apps: [code, firefox, thunderbird]
`,
  'a machine of type container with variables of its role': `project_name: printed
domains:
  bots:
    instances:
      openclaw:
        type: container
        os_image: debian/13
        roles: [base_system, openclaw_server]
        openclaw_llm_provider: "ollama"  # or "anthropic", "openai"
        openclaw_channels: [telegram, signal]  # enabled channels
`,
  'variables of a speech machine': `project_name: printed
domains:
  homelab:
    machines:
      homelab-stt:
        roles: [stt_server]
        stt_engine: "faster-whisper"
        stt_model: "large-v3-turbo"
        stt_host: "0.0.0.0:8000"
        stt_quantization: "float16"    # float16, int8_float16, or int8
        stt_language: ""               # Empty = auto-detect
`,
};

describe('P00-06: what the roadmap prints', () => {
  it.each(Object.entries(PRINTED))('%s is taken as it is written', async (_, infra) => {
    await using project = await testProject(infra);
    const { code, stdout, stderr } = await anklume(['sync'], { cwd: project.folder });
    expect(code, stdout + stderr).toBe(0);
  });

  it('machines beside the domains are refused with the key that takes them, which is then taken', async () => {
    const machines = 'instances:\n  pro-dev:\n    export_apps: [code, firefox, thunderbird]\n';
    await using project = await testProject(`project_name: printed\ndomains: {}\n${machines}`);
    const sync = () => anklume(['sync'], { cwd: project.folder });
    const refused = await sync();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('domains.<name>.machines');
    const moved = machines.replace('instances', 'machines').replace(/^/gm, '    ');
    await project.write(`project_name: printed\ndomains:\n  pro:\n${moved.trimEnd()}\n`);
    expect(await sync()).toMatchObject({ code: 0 });
  });
});
