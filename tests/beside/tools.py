"""What other people's tools make of plan documents: the same of ours as of Terraform's."""

import json
import os
import re
import subprocess

POLICY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy")
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# How each tool is asked about the document plan.json of the directory that it is started in.
QUESTIONS = {
    "opa": ["eval", "--format", "json", "--data", os.path.join(POLICY, "plan.rego"), "--input", "plan.json", "data.main"],
    "conftest": ["test", "--policy", POLICY, "--output", "json", "plan.json"],
    "checkov": [
        "--file", "plan.json", "--framework", "terraform_plan", "--output", "json", "--compact", "--skip-download",
        "--external-checks-dir", os.path.join(POLICY, "checkov"),
    ],
    "tf-summarize": ["-json", "plan.json"],
}


def verdicts(tools, ours, theirs):
    """Where the verdicts on two directories differ, a line each."""
    found = []
    for name, program in tools.items():
        mine, other = ask(program, name, ours), ask(program, name, theirs)
        if mine != other:
            found.append(f"{name} does not say the same of both:\n    ours   {mine}\n    theirs {other}")
        elif not mine[1]:
            found.append(f"{name} says nothing of either")
    return found


def unread(tools, directory):
    """Which tools cannot make anything of a directory's document, a line each."""
    answers = {name: ask(program, name, directory) for name, program in tools.items()}
    read = {"opa": (0,), "conftest": (0, 1), "checkov": (0, 1), "tf-summarize": (0,)}
    return [f"{name} cannot read it: {a}" for name, a in answers.items() if a[0] not in read[name] or len(a[1]) < 20]


def ask(program, name, directory):
    """The exit status of a tool, and what it says as far as that is the same each time."""
    result = subprocess.run(
        [program, *QUESTIONS[name]], cwd=directory, text=True, capture_output=True, stdin=subprocess.DEVNULL,
    )
    try:
        answer = json.loads(result.stdout)
    except ValueError:
        answer = result.stdout + result.stderr
    text = UUID.sub("ID", json.dumps(ordered(answer), sort_keys=True))
    return result.returncode, text.replace(directory, "DIRECTORY")


def ordered(value):
    """A document without the order of lists."""
    if isinstance(value, dict):
        return {k: ordered(v) for k, v in value.items() if k not in ("file_abs_path", "repo_file_path", "url")}
    if isinstance(value, list):
        return sorted((ordered(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return value
