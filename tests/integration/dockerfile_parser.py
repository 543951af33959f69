# SPDX-License-Identifier: Apache-2.0
"""
Several hundred Dockerfiles, written for it and put together at random, read by strake and by BuildKit's own parser: the same files are accepted, with the same instructions, flags,
words, heredocs and lines; and what --fix and --fix-unsafe make of them is accepted there too, and is left alone when it is mended again.
"""
import itertools, json, subprocess, tempfile
from pathlib import Path

from _buildkit import parser
from _dockerfiles import generated
from _tap import main, ok, skip, strake

BODIES = [
    'RUN echo hello', 'RUN  echo   "a  b"  c', 'RUN ["echo", "a b"]', 'RUN [ "a" , "b\\n\\u00e9" ]', "RUN ['a']", 'RUN ["a", b]', 'RUN [ ]x',
    'RUN echo "unclosed', "RUN echo 'x' \"$A\" `date`", 'RUN a && b || c; d | e', 'RUN if [ -f x ]; then y; fi',
    'RUN --mount=type=cache,target=/root/.cache pip install x', 'RUN --network=none --security=sandbox true',
    'RUN --mount=type=secret,id=tok,target=/t,required=true,mode=0400 cat /t', 'RUN --mount=type=bind,from=base,source=/a,target=/b ls',
    'RUN --mount=type=tmpfs,target=/x,size=64m --mount=type=ssh true', 'RUN --mount="type=cache,target=/a b" true', 'RUN -- --x',
    'RUN --unknown x', 'RUN --mount=type=nope,target=/x y', 'RUN --network=blue x',
    'RUN <<EOF\necho a\necho b\nEOF', 'RUN <<-EOF\n\techo a\n\t\tEOF', "RUN <<'EOF'\necho $a\nEOF", 'RUN <<"A B"\nx\nA B',
    'RUN <<A cat <<B\n1\nA\n2\nB', 'RUN cat <<EOF > /x && echo done\nbody\nEOF', 'RUN 3<<EOF sh\nx\nEOF', 'RUN <<EOF\nnever closed',
    'RUN python3 <<EOF\nprint("#")\n# no comment\n\nEOF', 'RUN echo <<<word', 'RUN echo "<<EOF"', 'RUN --mount=type=cache,target=/c <<EOF\nx\nEOF',
    'COPY a b', 'COPY a b c/', 'COPY ["a b", "c d/"]', 'COPY --from=base --chown=1:2 --chmod=644 --link a b', 'COPY --exclude=*.md --exclude=x a b',
    'COPY --parents a/./b c', 'COPY --from= a b', 'COPY a', 'COPY --link=maybe a b', 'COPY <<EOF /x\nhello $A\nEOF', 'COPY <<a <<b /d/\n1\na\n2\nb',
    'COPY a <<EOF\nEOF', 'COPY --chmod=u+x a b', 'COPY --from=base --from=base a b', 'COPY a\tb', 'COPY "a b" c',
    'ADD https://example.com/x.tar.gz /x', 'ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x /x',
    'ADD --keep-git-dir=true git@example.com:a/b.git /b', 'ADD --unpack a.tar /x', 'ADD x',
    'ENV A=1', 'ENV A=1 B="two words" C=three\\ words', 'ENV A old form  value', 'ENV A', 'ENV =x', 'ENV A=1 B', "ENV A='$x' B=\"${x:-y}\"", 'ENV A=a\\"b',
    'LABEL a=b "c d"="e f"', 'LABEL a b c', 'LABEL a', 'LABEL com.example.x="multi \\\nline"', 'ARG A', 'ARG A=1 B C="x y"', 'ARG =x', 'ARG',
    'EXPOSE 80 443/tcp 53/udp 8000-8010', 'EXPOSE $PORT', 'EXPOSE', 'VOLUME /data', 'VOLUME ["/a", "/b c"]', 'VOLUME', 'VOLUME [""]',
    'USER app:app', 'USER', 'WORKDIR /a b', 'WORKDIR', 'STOPSIGNAL SIGTERM', 'MAINTAINER a <a@example.com>', 'MAINTAINER',
    'CMD ["a"]', 'CMD a b', 'CMD []', 'CMD [1]', 'CMD ["a", 1]', 'CMD ["a"] x', 'CMD {"a": 1}', 'ENTRYPOINT ["a"]', 'ENTRYPOINT []', 'ENTRYPOINT a',
    'SHELL ["/bin/bash", "-c"]', 'SHELL []', 'SHELL bash', 'HEALTHCHECK NONE', 'HEALTHCHECK none', 'HEALTHCHECK NONE x', 'HEALTHCHECK CMD x',
    'HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD ["x"]', 'HEALTHCHECK --interval=5 CMD x', 'HEALTHCHECK --retries=x CMD y',
    'HEALTHCHECK --start-period=1h --start-interval=1.5s CMD y', 'HEALTHCHECK CMD', 'HEALTHCHECK WHAT x', 'HEALTHCHECK',
    'ONBUILD RUN x', 'ONBUILD COPY --from=base a b', 'ONBUILD RUN <<EOF\nx\nEOF', 'ONBUILD', 'ONBUILD CMD ["a"]', 'ONBUILD FROM x', 'ONBUILD ONBUILD RUN x',
    'ONBUILD MAINTAINER x', 'FROM alpine:3.20 AS second', 'FROM --platform=$BUILDPLATFORM alpine:3.20 as x1', 'FROM alpine AS 1x', 'FROM alpine AS a b', 'FROM',
    'FROM a b', 'FROM --nope alpine', 'NONSENSE x', 'run lower', 'RuN mixed', 'RUN\tx', '\tRUN x', 'RUN x \\', 'RUN x \\\n\n  y', 'RUN x \\\n# c\n  # d\n y',
    'RUN x \\  \n y', 'RUN x \\\\\nRUN y', 'RUN \\\n\\\n x', 'RUN x \\\n#\\\n y', '# comment \\\nRUN x', 'RUN x # not a comment', 'RUN "a\\\nb"', '\\', 'RUN \\\nUSER x',
    'apt-get install -y curl',
]
REAL = [
    'RUN apt-get update && apt-get install curl \\\n    # why\n    git \\\n  && rm -rf /var/lib/apt/lists/*', 'RUN apt-get update\nRUN apt-get install -y vim',
    'RUN apk add curl git', 'RUN apk update && apk add bash', 'RUN yum install -y httpd', 'RUN dnf install gcc', 'RUN zypper install vim', 'RUN pip install flask',
    'RUN cd /x && make', 'RUN sudo make', 'RUN wget http://example.com/x', 'RUN yarn install', 'ADD src /src', 'MAINTAINER me', 'WORKDIR app', 'ENV PATH /x:$PATH',
    'ENV A one two', 'LABEL description some text', 'EXPOSE 80/TCP', 'EXPOSE 127.0.0.1:80:80', 'CMD npm start', 'ENTRYPOINT exec app --flag "x y"',
    'RUN useradd -u 123456 x', 'RUN curl -k https://example.com/x | sh', 'RUN chmod 777 /x && chmod u+s /y', 'COPY . .', 'USER root', 'RUN set -x; \\\n\n  apt install vim',
    'RUN [ "apt-get", "install", "vim" ]', 'RUN <<EOF\napt-get update\napt-get install vim\nEOF', 'copy a b\nRUN x\nRUN y', 'RUN gem install bundler && npm install -g x',
    'HEALTHCHECK CMD curl -f http://localhost/', 'HEALTHCHECK CMD a\nHEALTHCHECK CMD b', 'CMD a\nCMD b', 'SHELL ["powershell", "-Command"]\nRUN Get-Item x | Out-Null',
    'RUN apt-get -y upgrade && apt-get dist-upgrade', 'ARG TOKEN=x\nRUN echo $TOKEN',
]


def corpus():
    """(name, bytes): each body alone behind a FROM, in other clothes, and in pairs."""
    plain = [f"FROM alpine:3.20 AS base\n{body}\n" for body in BODIES + REAL]
    for i, text in enumerate(plain):
        yield f"plain{i}", text.encode()
        if i % 2 == 0:
            yield f"crlf{i}", text.replace("\n", "\r\n").encode()
        if i % 3 == 0:
            yield f"backtick{i}", ("# escape=`\n" + text.replace("\\\n", "`\n")).encode()
        if i % 5 == 0:
            yield f"bom{i}", b"\xef\xbb\xbf# syntax=docker/dockerfile:1\n" + text.encode()
    for i, (a, b) in enumerate(itertools.islice(zip(BODIES, REAL * 4), 0, None, 2)):
        yield f"pair{i}", f"# check=skip=all\nARG V=1\nFROM debian:$V\n{a}\nRUN true\n{b}\nFROM scratch\nCOPY --from=0 / /\n".encode()
    for name, text in (("empty", ""), ("comments", "# a\n# b\n"), ("twice", "# escape=`\n# escape=`\nFROM a\n"), ("badescape", "# escape=x\nFROM a\n"),
                       ("late", "# c\n# escape=`\nFROM a\nRUN x \\\n y\n"), ("noend", "FROM a\nRUN x"), ("indent", "  FROM a\n   # c\n  RUN x\n"), ("args", "ARG A=1\nFROM a\n"),
                       ("shebang", "#!/usr/bin/env x\n# syntax=y\nFROM a\n"), ("blank", "\n\n \nFROM a\n\n"), ("nbsp", "\u00a0FROM a\nRUN\u00a0x\n"), ("unicode", "FROM a\nRUN écho \\\n ü\nENV É=é\n")):
        yield name, text.encode()


def same_words(node):
    """What both parsers say about an instruction, without what only one of them keeps."""
    out = {"name": node["name"], "flags": node["flags"] or [], "json": bool(node["json"]), "args": node["args"]}
    if "inner" in node:
        out["inner"] = same_words(node["inner"])
    return out


def same(node):
    heredocs = node["heredocs"] or (node.get("inner") or {}).get("heredocs", [])
    return {**same_words(node), "line": node["line"], "end_line": node["end_line"], "heredocs": heredocs}


# Parts of the grammar that BuildKit checks later than its parser, or that are refused on purpose: the rules' tests have them.
LATER = ("no port", "requires at least one argument", "target is missing", "mount type", "no instructions")
RULES = ("no build stage", "ONBUILD trigger", "Chaining ONBUILD")
KNOWN = {"FROM", "RUN", "COPY", "ADD", "ENV", "LABEL", "ARG", "EXPOSE", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL", "MAINTAINER", "CMD", "ENTRYPOINT", "SHELL", "HEALTHCHECK", "ONBUILD"}


def read_both(program, files):
    peer = subprocess.run([program], input="\n".join(map(str, files)).encode(), capture_output=True, timeout=300).stdout.splitlines()
    own = strake("eval", "dockerfile", stdin="\n".join(json.dumps({"file": str(f)}) for f in files).encode()).stdout.splitlines()
    return [(f, json.loads(a), json.loads(b)) for f, a, b in zip(files, peer, own, strict=True)]


def compare(file, peer, own):
    text = file.read_bytes()
    refused, errors = peer.get("error"), [e for e in own["errors"] if not any(b in e for b in LATER)]
    if refused and any(b in refused for b in RULES):
        refused = None
    if bool(refused) != bool(own["errors"] if refused else errors):
        return f"{file.name}: BuildKit {refused!r}, strake {own['errors']!r}\n{text!r}"
    if "instructions" not in peer:
        return None
    a, b = [x for x in peer["instructions"] if x["name"]], own["instructions"]
    for x, y in zip(a, b):
        odd = x["name"].upper() not in KNOWN or (x["name"].upper() == "HEALTHCHECK" and x["args"][:1] != ["CMD"]) or (x.get("inner") or {}).get("name", "").upper() == "ONBUILD"
        if not odd and same(x) != same(y):
            return f"{file.name}: BuildKit {same(x)}\nstrake {same(y)}\n{text!r}"
    return None if len(a) == len(b) else f"{file.name}: {len(a)} and {len(b)} instructions\n{text!r}"


def main_test():
    program = parser()
    if not program:
        skip("BuildKit's parser", "it cannot be built here (go and its modules)")
        return
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, text in itertools.chain(corpus(), generated(300)):
            files.append(Path(folder) / name)
            files[-1].write_bytes(text)
        both = read_both(program, files)
        wrong = [w for w in (compare(*row) for row in both) if w]
        ok(len(files) >= 300 and not wrong, f"{len(files)} Dockerfiles parse as BuildKit parses them", "\n".join(wrong[:10]))
        for option in ("--fix", "--fix-unsafe"):
            fixed, changed, unstable = [], 0, []
            for file, peer, _ in both:
                if peer.get("error"):
                    continue
                copy = file.with_name(f"{file.name}{option}")
                copy.write_bytes(file.read_bytes())
                fixed.append(copy)
            run = strake("dockerfile", option, "--no-shellcheck", "--all-rules", "--fail-on", "none", "-o", f"{folder}/report", *fixed, cwd=folder)
            before = {copy: copy.read_bytes() for copy in fixed}
            changed = sum(before[copy] != copy.with_name(copy.name.removesuffix(option)).read_bytes() for copy in fixed)
            strake("dockerfile", option, "--no-shellcheck", "--all-rules", "--fail-on", "none", "-o", f"{folder}/report", *fixed, cwd=folder)
            unstable = [f"{copy.name}: {before[copy]!r} became {copy.read_bytes()!r}" for copy in fixed if before[copy] != copy.read_bytes()]
            refused = [f"{file.name}: {peer['error']}\n{file.read_bytes()!r}" for file, peer, _ in read_both(program, fixed) if peer.get("error")]
            ok(run.returncode in (0, 1) and not refused, f"{option}: {changed} of {len(fixed)} files changed, and BuildKit takes them all", run.stderr + "\n".join(refused[:5]))
            ok(not unstable, f"{option} a second time changes nothing", "\n".join(unstable[:5]))


main(main_test)
