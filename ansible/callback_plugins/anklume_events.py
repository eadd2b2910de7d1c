"""What a run of Ansible does, as one JSON object a line on standard output."""

from __future__ import annotations

DOCUMENTATION = """
name: anklume_events
type: stdout
short_description: One JSON object a line for each thing that happens
description:
  - Written for the program anklume, which shows it to people and keeps it in a file.
author: anklume
"""

import json
import sys
import time

from ansible.plugins.callback import CallbackBase

# Characters of one output that are handed on; a file without end would fill memory otherwise.
LONGEST = 200_000


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "anklume_events"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._since = {}

    def v2_runner_on_start(self, host, task):
        self._since[host.get_name(), task._uuid] = time.monotonic()
        tell(event="task", host=host.get_name(), **about(task))

    def v2_runner_on_ok(self, result):
        self._result(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable")

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        tell(event="stats", hosts=hosts)

    def _result(self, result, status):
        # Ansible 2.19 has names of its own for what a result is about.
        task = getattr(result, "task", None) or result._task
        host = (getattr(result, "host", None) or result._host).get_name()
        content = getattr(result, "result", None) or result._result
        began = self._since.pop((host, task._uuid), None)
        tell(
            event="result",
            host=host,
            status=status,
            seconds=0 if began is None else round(time.monotonic() - began, 3),
            message=message_of(content) if status in ("failed", "unreachable", "ignored") else "",
            output=output_of(content) if status not in ("ok", "skipped") else "",
            **about(task),
        )


def about(task):
    # A role that was named by its path is told by its folder.
    role = task._role.get_name().rpartition("/")[2] if task._role else ""
    return {"task": task.name or task.action, "role": role}


def message_of(content):
    """Why it failed: of a loop, why the first of its items did."""
    for item in content.get("results") or []:
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")):
            return message_of(item)
    words = [content.get("msg"), content.get("module_stderr"), content.get("stderr"), content.get("stdout")]
    said = [text(word).strip() for word in words if word]
    useless = ("non-zero return code", "MODULE FAILURE")
    better = [word for word in said if word and not word.startswith(useless)]
    return clipped((better or said or [""])[0])


def output_of(content):
    parts = [content.get(key) for key in ("msg", "stdout", "stderr", "module_stdout", "module_stderr")]
    for item in content.get("results") or []:
        if isinstance(item, dict):
            parts.append(output_of(item))
    return clipped("\n".join(text(part).rstrip() for part in parts if part))


def clipped(words):
    return words if len(words) <= LONGEST else words[:LONGEST] + " [...]"


def text(value):
    return value if isinstance(value, str) else json.dumps(value, default=str)


def tell(**facts):
    sys.stdout.write(json.dumps(facts, default=str) + "\n")
    sys.stdout.flush()
