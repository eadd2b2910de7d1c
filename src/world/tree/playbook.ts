import type { TreeFile } from './layout.ts';

/**
 * What Ansible needs beside the variables, the same in every project. Each machine's own variables say which roles it
 * gets, in its own order, so the playbook follows lines that a person wrote by hand without another sync.
 */
export const PLAYBOOK_FILES: readonly TreeFile[] = [
  {
    path: 'site.yml',
    content: `- name: Give machines their roles
  hosts: all
  connection: anklume_incus
  gather_facts: false
  tasks:
    - name: Leave machines without roles alone
      ansible.builtin.meta: end_host
      when: instance_roles | default([]) | length == 0
      tags: [always]

    - name: Make the machine ready
      ansible.builtin.import_role:
        name: machine_ready
      tags: [always]

    - name: Gather facts
      ansible.builtin.setup:
      tags: [always, anklume_facts]

    - name: Give the machine its roles
      ansible.builtin.include_role:
        name: "{{ places | select('directory') | first | default(anklume_role) }}"
        apply:
          tags: ["{{ anklume_role }}"]
      vars:
        # In roles/ beside this file Ansible would look first; here it counts last.
        places:
          - "{{ playbook_dir }}/roles_custom/{{ anklume_role }}"
          - "{{ playbook_dir }}/.anklume/product/roles/{{ anklume_role }}"
          - "{{ playbook_dir }}/roles_vendor/{{ anklume_role }}"
          - "{{ playbook_dir }}/roles/{{ anklume_role }}"
      loop: "{{ instance_roles }}"
      loop_control:
        loop_var: anklume_role
      tags: [always]
`,
    variables: {},
    frame: {
      start: '---\n',
      hint: '# Your own plays below:',
      putsAside: true,
    },
  },
  {
    path: 'ansible.cfg',
    content: `[defaults]
inventory = inventory
roles_path = roles_custom:.anklume/product/roles:roles_vendor
connection_plugins = .anklume/product/ansible/connection_plugins
# Machines are reached through the socket of Incus; a host of your own that is reached otherwise says so.
transport = anklume_incus
interpreter_python = /usr/bin/python3
`,
    variables: {},
    frame: {
      start: '',
      hint: '# Your own settings below, first those of [defaults]:',
      putsAside: true,
    },
  },
];
