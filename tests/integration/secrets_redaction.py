# SPDX-License-Identifier: Apache-2.0
"""
No output of any format shows a secret: not of a finding, not in the instructions and facts that are quoted beside it. What is too uncertain to be
reported is not shown either. Secrets are made up while the test runs, so that no scanner takes this file for a leak.
"""
import random, tempfile
from pathlib import Path

from _images import archive, layer
from _tap import main, ok, strake

FORMATS = ("table", "json", "sarif", "html", "trivy", "csv", "markdown", "junit", "checkstyle", "codacy", "codeclimate", "github", "gitlab_codeclimate",
           "gnu", "sonarqube", "tty", "hadolint", "hadolint-sarif", "gitlab-container-scanning", "gitleaks")
rng = random.Random(11)


def draw(n, alphabet="ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"):
    return "".join(rng.choice(alphabet) for _ in range(n))


def plant():
    s = {"env": draw(24), "arg": draw(32), "run": "gl" + "pat-" + draw(20), "label": "np" + "m_" + draw(36), "health": draw(18), "entry": draw(22), "file": "AK" + "IA" + draw(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
         "guess": draw(28), "login": draw(20), "url": draw(16), "onbuild": "gl" + "pat-" + draw(20), "key": "gl" + "pat-" + draw(20)}
    config = {
        "config": {
            "Env": [f"DB_PASSWORD={s['env']}", f"DATABASE_URL=postgres://app:{s['url']}@db.internal/app"],
            "Labels": {"deploy.token": s["label"]},
            "Healthcheck": {"Test": ["CMD-SHELL", f"wget -q --http-password={s['health']} http://localhost/"]},
            "Entrypoint": ["/bin/app", f"--password={s['entry']}"],
            "OnBuild": [f"RUN git clone https://oauth2:{s['onbuild']}@git.internal/app.git"],
        },
        "history": [
            {"created_by": f"ENV DB_PASSWORD={s['env']}", "empty_layer": True},
            {"created_by": f"RUN |1 API_TOKEN={s['arg']} /bin/sh -c curl -H 'x: {s['arg']}' http://a.internal && echo 'token: {s['run']}' > /etc/app.conf # buildkit"},
            {"created_by": f"RUN /bin/sh -c docker login -u ci -p {s['login']} registry.internal && my_secret_key={s['guess']} make # buildkit"},
            {"created_by": f"RUN /bin/sh -c printf '{s['key']}' > /key # buildkit"},
        ],
    }
    layers = [layer({"etc/app.conf": f"token: {s['run']}\n".encode()}), layer({"app/key.txt": f"key = {s['file']}\n".encode()}), layer({"key": s["key"].encode()})]
    return s, layers, config


def images():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        secrets, layers, config = plant()
        image = archive(folder / "image.tar", layers, config["config"], config["history"])
        ways = {"secrets": ("secrets",), "secrets, all": ("secrets", "--min-confidence", "low"), "image": ("image", "--scanners", "none"), "image, secrets": ("image", "--scanners", "secret")}
        for name, args in ways.items():
            leaks = {}
            for form in FORMATS:
                p = strake(*args, "--format", form, "--details", "--fail-on", "none", image or folder / "image.tar")
                ok(p.returncode == 0, f"{name}: {form} is written", p.stderr)
                if found := [k for k, v in secrets.items() if v in p.stdout + p.stderr]:
                    leaks[form] = found
            ok(not leaks, f"{name}: no format shows a secret", leaks)
        p = strake("secrets", "--show-secrets", "--format", "json", "--fail-on", "none", "--min-confidence", "low", folder / "image.tar")
        hidden = [k for k in ("env", "arg", "run", "label", "file", "login") if secrets[k] not in p.stdout]
        ok(not hidden, "--show-secrets shows them", hidden)


def files():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        token, password = "gl" + "pat-" + draw(20), draw(20)
        (folder / "settings.py").write_text(f'TOKEN = "{token}"\nurl = "postgres://app:{password}@db.internal/app"\n')
        for target in (folder, folder / "settings.py"):
            leaks = [f for f in FORMATS if any(v in (p := strake("secrets", "--format", f, "--details", "--fail-on", "none", target)).stdout + p.stderr for v in (token, password))]
            ok(not leaks, f"no format shows a secret of a {'folder' if target == folder else 'file'}", leaks)


main(images, files)
