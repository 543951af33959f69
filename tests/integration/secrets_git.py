# SPDX-License-Identifier: Apache-2.0
"""
Secrets in a repository's history: files that were deleted, whatever form their objects are kept in, each with the commit that brought it in, its
author, its date and the path it had; against `git log` itself.
"""
import json, os, random, subprocess, tempfile
from pathlib import Path

from _tap import main, ok, strake

rng = random.Random(5)


def key():
    return "AK" + "IA" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))


def git(folder, *args, day=1, author="Ann B"):
    when = f"2025-03-{day:02}T10:00:00Z"
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": "a@corp.internal",
           "GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@corp.internal", "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    return subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, text=True, env=env).stdout.strip()


def commit(folder, day, author, message="change", **files):
    """Writes files (None: deletes) with / for __ in their names, commits, and gives the commit's id."""
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_txt", ".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text) if text is not None else file.unlink()
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message, day=day, author=author)
    return git(folder, "rev-parse", "HEAD")


def origins(folder, *args):
    """{text of the secret: what is told of its origin}"""
    p = strake("secrets", "--show-secrets", "--format", "json", "--fail-on", "none", *args, folder)
    out = {}
    for f in json.loads(p.stdout)["findings"]:
        told = [e for e in f["evidence"] if " of commit " in e]
        out.setdefault(f["message"].rpartition(" ")[2], []).append(told[0] if told else None)
    return out


def make(folder):
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    filler = "".join(f"setting_{i} = {i * 7919}\n" for i in range(300))
    deleted, moved, branch, message = key(), key(), key(), key()
    first = commit(folder, 1, "Ann B", readme_txt="hello\n", deep__er__settings_txt=filler)
    bad = commit(folder, 2, "Bob ü <script>", deep__er__settings_txt=filler + f"key = {deleted}\n")
    commit(folder, 3, "Ann B", deep__er__settings_txt=filler)
    came = commit(folder, 4, "Cy", old_txt=f"{moved}\n")
    commit(folder, 5, "Dee", old_txt=None, new_txt=f"{moved}\n")
    commit(folder, 6, "Dee", new_txt=None)
    git(folder, "checkout", "-q", "-b", "side", first)
    aside = commit(folder, 7, "Eve", side_txt=f"x = {branch}\n")
    git(folder, "checkout", "-q", "main")
    said = commit(folder, 8, "Fay", message=f"use {message} for now", readme_txt="bye\n")
    return {deleted: f"deep/er/settings.txt of commit {bad}, by Bob ü script <a@corp.internal> on 2025-03-02",
            moved: f"old.txt of commit {came}, by Cy <a@corp.internal> on 2025-03-04",
            branch: f"side.txt of commit {aside}, by Eve <a@corp.internal> on 2025-03-07",
            message: f"the message of commit {said}, by Fay <a@corp.internal> on 2025-03-08"}


def check(name, folder, want, *args):
    got = {secret: {o for o in told if o} for secret, told in origins(folder, *args).items()}
    for secret, origin in want.items():
        ok(origin in got.get(secret, set()) and len(got[secret]) == 1, f"{name}: {origin.split(' of commit')[0]}", f"want {origin}\ngot {got.get(secret)}")
    ok(set(got) == set(want), f"{name}: nothing else", sorted(set(got) - set(want)))


def history():
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        want = make(tmp / "loose")
        check("loose objects", tmp / "loose", want)
        git(tmp, "clone", "-q", "--bare", "--no-local", "loose", "bare.git")
        check("a bare clone's pack", tmp / "bare.git", want)
        git(tmp / "loose", "gc", "-q", "--aggressive", "--prune=now")
        check("packed with deltas", tmp / "loose", want)
        staged = key()
        (tmp / "loose/later.txt").write_text(f"k = {staged}\n")
        git(tmp / "loose", "add", "-A")
        (tmp / "loose/later.txt").unlink()
        got = origins(tmp / "loose")
        ok(got.get(staged) == [None], "what no commit has is found, and said of none", got.get(staged))
        (tmp / "loose/.git/objects/pack/broken.pack").write_bytes(b"PACK\0\0\0\2\0\0\0\1" + bytes(range(40)))
        got = origins(tmp / "loose")
        ok(set(want) <= set(got), "a broken pack beside does not hide the others", sorted(got))


main(history)
