# SPDX-License-Identifier: Apache-2.0
"""Dockerfiles put together at random, the same ones each time, for the scripts that read and mend them."""
import json, random, re

WORDS = ["a", "b/c", '"two words"', "'single $x'", "x\\ y", "$V", "${V}", "${V:-d}", "${W:+e}", "${V#1*}", "${V%%.*}", "${V//./-}", "${V/1\\*/x}", "écru", "a,b", "a=b"]
COMMANDS = ["apt-get update", "apt-get install curl", "apt-get install -y --no-install-recommends gcc=1", "apk add git", "yum install httpd", "dnf -y install gcc", "zypper dup", "pip install flask",
            "npm ci", "yarn install", "gem install x", "go build ./...", "conda install x", "mvn package", "curl -k https://example.com/x -o /x", "curl -fsSkL https://example.com/x | sh",
            "wget --no-check-certificate http://example.com/x", "chmod 777 /x", "chmod -R a+rwx /x", "chmod u+s /y", "install -m 4755 a /b", "cd /tmp", "cd /usr/src", "sudo make", "ln -sf /bin/bash /bin/sh",
            "mysql --password=hunter22x -e x", "tool --api-key hunter22x1", "GIT_SSL_NO_VERIFY=1 git clone https://example.com/y", "npm config set strict-ssl false", "echo 'a # b' | tee /z",
            "useradd -u 123456 app", "echo $NPM_TOKEN", "test -f /x", "if [ -f /x ]; then rm /x; fi", "(cd /y; make)", "{ a; b; }", "a=1 b=$a c", "apt-get -y dist-upgrade", "echo \"${A:-b}\"", "rm .npmrc", "true"]
LINES = ["ENV NPM_TOKEN=abcdef", "ENV A=1 DB_PASSWORD=hunter22x B=2", "ENV A=1 \\\n    DB_PASSWORD=hunter22x \\\n    # about B\n    B=2", "ENV API_TOKEN=hunter22x DB_PASSWORD=hunter22x", "ENV A old form", "ENV X=/a Y=$X/b",
         "ENV NODE_TLS_REJECT_UNAUTHORIZED=0 C=d", "ARG NPM_TOKEN", "ARG V=1.2", "ARG A=$V SECRET_KEY=x", "LABEL a=b \\\n  c=d", "LABEL a b c", "LABEL key=AKIAQYLPMN5HHHFPZAM2 x=y", "EXPOSE 80 22", "EXPOSE 22/tcp",
         "EXPOSE 80/TCP 127.0.0.1:1:2", "USER root", "USER app:app", "USER 1", "WORKDIR app", "WORKDIR /srv", "WORKDIR $V/x", "COPY . .", "COPY a b c", "COPY .npmrc .", "COPY --chmod=0777 a /b", "COPY --from=build a /b",
         "COPY --from=biuld a /b", "COPY <<EOF /x\nhello $V\nEOF", "ADD x /y", "ADD https://example.com/x.tar.gz /y", "CMD npm start", 'CMD ["a"]', "ENTRYPOINT exec app --x", "HEALTHCHECK CMD a", "HEALTHCHECK NONE",
         'SHELL ["/bin/bash", "-c"]', "STOPSIGNAL 9", "VOLUME /d", "MAINTAINER a \"b\" <c>", "ONBUILD RUN apt-get install x", "ONBUILD COPY a b", "# a comment", "# hadolint ignore=DL3059", "", "# NAME about it"]


def generated(count):
    """(name, bytes): files put together at random, the same ones each time: stages, continuations, comments inside, heredocs, every dress."""
    for i in range(count):
        r = random.Random(i)
        escape, stages, lines = r.choice("\\\\\\`"), [], []
        if escape == "`":
            lines.append("# escape=`")
        if r.random() < 0.3:
            lines.append(r.choice(("ARG V=3", "ARG V", "# syntax=docker/dockerfile:1")) if escape == "\\" else "ARG V=3")
        for _ in range(r.choice((1, 1, 2, 3, 4))):
            base = r.choice(["alpine:3.20", "debian:12", "node", "scratch", "python:3.12-bookworm", "a:$V", "--platform=linux/amd64 a:1", *stages])
            name = r.choice(("", " AS build", " as Build", f" AS s{len(stages)}"))
            lines.append(f"FROM {base}{name}")
            if name:
                stages.append(name.split()[1])
            for _ in range(r.randrange(1, 9)):
                lines.append(run(r) if r.random() < 0.5 else r.choice(LINES))
        text = "\n".join(lines)
        if escape == "`":
            text = re.sub(r"\\(?=\n)", "`", text)
        if r.random() < 0.2:
            text = "".join(x.lower() if re.match(r"[A-Z]+ ", x) and r.random() < 0.5 else x for x in re.split(r"(?<=\n)", text))
        text += r.choice(("\n", "\n", "", "\n\n"))
        yield f"generated{i}", (text.replace("\n", "\r\n") if r.random() < 0.15 else text).encode()


def run(r):
    flags = r.choice(("", "", "", "--mount=type=cache,target=/c ", "--mount=type=bind,from=build,target=/m ", "--network=none ", "--mount=type=secret,id=x,env=NPM_TOKEN "))
    commands = [r.choice(COMMANDS) + (" " + r.choice(WORDS) if r.random() < 0.2 else "") for _ in range(r.choice((1, 1, 2, 3)))]
    shape = r.random()
    if shape < 0.1:
        marker = r.choice(("<<EOF", "<<-EOF", "<<'EOF'"))
        return f"RUN {flags}{marker}\n" + "\n".join(commands) + "\nEOF"
    if shape < 0.2:
        return f"RUN {flags}{json.dumps(commands[0].split())}"
    joint = r.choice((" && ", "; ", " || ", " \\\n    && ", " && \\\n    ", " \\\n# inside\n && ", " \\\n\n  && ", " && \\\n    # why\n    "))
    return f"RUN {flags}{joint.join(commands)}"
