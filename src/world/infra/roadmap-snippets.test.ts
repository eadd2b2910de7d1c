import { describe, expect, it } from 'vitest';
import { CONTEXT, codesOf, loadText } from './load-text.test-kit.ts';

/** The structure of each infra.yml fragment that the roadmap prints, with the least needed around it. */
const strict = { ...CONTEXT, strict: true };

describe('P00-06: printed fragments', () => {
  it('file portals of two domains', () => {
    const text = `
project_name: demo
domains:
  pro:
    file_portal:
      allowed_paths: ["/srv/pro", "/home/someone/Papers"]
      read_only: false
  perso:
    file_portal:
      allowed_paths: ["/srv/perso"]
      read_only: false
`;
    expect(loadText(text, strict).problems).toEqual([]);
  });

  it('exported applications, under instances of a domain', () => {
    const text = `
project_name: demo
domains:
  pro:
    instances:
      pro-dev:
        export_apps: [editor, browser]
`;
    const { infra, problems } = loadText(text, strict);
    expect(problems).toEqual([]);
    expect(infra?.domains[0]?.machines[0]?.exportApps).toEqual(['editor', 'browser']);
  });

  it('a machine of type container with the variables of its role', () => {
    const text = `
project_name: demo
domains:
  bots:
    instances:
      helper:
        type: container
        os_image: debian/13
        roles: [base_system, helper_server]
        helper_provider: "local"
        helper_channels: [one, two]
`;
    const { infra, problems } = loadText(text, strict);
    expect(problems).toEqual([]);
    expect(infra?.domains[0]?.machines[0]).toMatchObject({
      type: 'lxc',
      image: 'debian/13',
      vars: { helper_provider: 'local', helper_channels: ['one', 'two'] },
    });
  });

  it('variables of a role on the machine that has it', () => {
    const text = `
project_name: demo
domains:
  lab:
    machines:
      voice:
        roles: [stt_server]
        stt_engine: "some-engine"
        stt_host: "0.0.0.0:8000"
        stt_language: ""
`;
    const { infra, problems } = loadText(text, strict);
    expect(problems).toEqual([]);
    expect(Object.keys(infra?.domains[0]?.machines[0]?.vars ?? {})).toHaveLength(3);
  });

  it('machines at the top are refused with the key that takes them', () => {
    const text =
      'project_name: demo\ndomains: {}\ninstances:\n  pro-dev:\n    export_apps: [editor]\n';
    const { problems } = loadText(text);
    expect(codesOf({ problems })).toEqual(['machines-outside-domain']);
    expect(problems[0]?.severity).toBe('error');
    expect(problems[0]?.remedy?.en).toContain('domains.<name>.machines');
  });

  it('a near miss of a known key is no variable', () => {
    const text =
      'project_name: p\ndomains: {l: {machines: {m: {roles: [export_server], export_app: [x]}}}}';
    expect(codesOf(loadText(text))).toEqual(['unknown-key']);
  });
});
