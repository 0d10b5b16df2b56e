"""Which files the checks look at: what git tracks or would track, or the whole folder of a tarball."""

import os
import subprocess

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}


def root():
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _git_files(top):
    command = ["git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in answer.stdout.decode().split("\0") if name]


def _walk(top):
    for folder, subfolders, names in os.walk(top):
        subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), top)


def files(top, suffixes=()):
    """Sorted paths below `top`, relative to it; `suffixes` keeps only those that end so."""
    names = _git_files(top) if os.path.exists(os.path.join(top, ".git")) else None
    if names is None:
        names = _walk(top)
    found = {n for n in names if os.path.isfile(os.path.join(top, n))}
    return sorted(n for n in found if not suffixes or n.endswith(tuple(suffixes)))


def read(top, name):
    with open(os.path.join(top, name), encoding="utf-8", errors="replace") as file:
        return file.read()
