# SPDX-License-Identifier: Apache-2.0
"""Whole projects for compose_differential.py: which files are found, variables, include, extends, profiles, YAML's corners. (name, files, arguments, {env, cwd, stdin})."""

S = "services: {s: {image: i}}\n"


def named(image):
    return f"services: {{s: {{image: {image}}}}}\n"


def discovery():
    names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    for i, name in enumerate(names):
        yield f"find {name}", {n: named(f"f{k}") for k, n in enumerate(names) if k >= i}, [], {}
        for over in ("compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"):
            yield f"override {name} {over}", {name: named("a"), over: named("b")}, [], {}
    yield "overrides of all names", {"compose.yaml": S, **{o: named(f"o{i}") for i, o in enumerate(("compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"))}}, [], {}
    yield "override alone", {"compose.override.yaml": S}, [], {}
    yield "nothing", {}, [], {}
    yield "parent folder", {"compose.yaml": "services: {s: {image: i, volumes: ['./x:/x']}}"}, [], {"cwd": "sub"}
    yield "parent folder with override", {"compose.yaml": S, "compose.override.yaml": named("o"), ".env": "A=1"}, [], {"cwd": "sub"}
    yield "file in a folder", {"sub/other.yaml": "services: {s: {image: i, volumes: ['./x:/x'], build: .}}"}, ["-f", "sub/other.yaml"], {}
    yield "two files, two folders", {"sub/one.yaml": "services: {s: {image: i, volumes: ['./x:/x']}}", "two.yaml": "services: {s: {volumes: ['./y:/y'], env_file: a.env}}"}, ["-f", "sub/one.yaml", "-f", "two.yaml"], {}
    yield "project directory", {"compose.yaml": "services: {s: {image: i, volumes: ['./x:/x']}}"}, ["--project-directory", "sub"], {}
    yield "project directory and file", {"sub/one.yaml": "services: {s: {image: i, volumes: ['./x:/x']}}"}, ["-f", "sub/one.yaml", "--project-directory", "."], {}
    yield "standard input", {}, ["-f", "-"], {"stdin": "services: {s: {image: i, volumes: ['./x:/x']}}"}
    yield "standard input and a file", {"two.yaml": named("b")}, ["-f", "-", "-f", "two.yaml"], {"stdin": named("a")}
    yield "a file and standard input", {"sub/one.yaml": named("b")}, ["-f", "sub/one.yaml", "-f", "-"], {"stdin": "services: {s: {volumes: ['./x:/x']}}"}
    yield "standard input with include", {"sub/inc.yaml": "services: {t: {image: t}}"}, ["-f", "-"], {"stdin": "include: [sub/inc.yaml]\n" + S}
    yield "standard input, empty", {}, ["-f", "-"], {"stdin": ""}
    yield "missing file", {}, ["-f", "no.yaml"], {}
    yield "a folder", {}, ["-f", "sub"], {}
    yield "same file twice", {"compose.yaml": "services: {s: {image: i, ports: ['1:1'], cap_add: [A]}}"}, ["-f", "compose.yaml", "-f", "compose.yaml"], {}
    yield "COMPOSE_FILE", {"a.yaml": named("a"), "b.yaml": named("b")}, [], {"env": {"COMPOSE_FILE": "a.yaml:b.yaml"}}
    yield "COMPOSE_FILE separator", {"a.yaml": named("a"), "b.yaml": named("b")}, [], {"env": {"COMPOSE_FILE": "a.yaml,b.yaml", "COMPOSE_PATH_SEPARATOR": ","}}
    yield "COMPOSE_FILE in .env", {"a.yaml": named("a"), "b.yaml": named("b"), ".env": "COMPOSE_FILE=b.yaml\n"}, [], {}
    yield "COMPOSE_FILE in a folder", {"sub/a.yaml": "services: {s: {image: i, volumes: ['./x:/x'], environment: {A: '$A$B'}}}", ".env": "A=outer\n", "sub/.env": "A=inner\nB=b\n"}, [], {"env": {"COMPOSE_FILE": "sub/a.yaml"}}
    yield "COMPOSE_FILE and -f", {"a.yaml": named("a"), "b.yaml": named("b")}, ["-f", "b.yaml"], {"env": {"COMPOSE_FILE": "a.yaml"}}
    yield "COMPOSE_FILE missing", {}, [], {"env": {"COMPOSE_FILE": "no.yaml"}}
    yield "COMPOSE_FILE empty", {"compose.yaml": S}, [], {"env": {"COMPOSE_FILE": ""}}
    for bad in ("", "# only a comment\n", "[]\n", "text\n", "services:\n", "services: []\n", "services: {}\n", "x-a: 1\n", "services: {s: }\n", "services: {s: []}\n", "services: {'': {image: i}}\n", "services: {'a b': {image: i}}\n", "services: {1: {image: i}}\n", "{}\n", "a: b: c\n", "\t- x\n", "services: {s: {image: i}", "version: '3'\n" + S, "version: 3\n" + S, "name: [a]\n" + S, "volumes: {v: }\n", "unknown: 1\n" + S, "services: {s: {image: i, image: j}}\n", "services: {s: {image: i}, s: {image: j}}\n", "services: {s: {build: .}}\n", "services: {s: {command: x}}\n", "\ufeff" + S, S.replace("\n", "\r\n"), "%YAML 1.2\n---\n" + S, "---\n" + S + "...\n", "services: {s: {~: x, image: i}}\n", "services: {s: {image: i, environment: {1: x}}}\n", "services: {s: {image: i, labels: {true: x}}}\n", "services: {s: {image: i, true: x}}\n", "services: {s: {? [a] : b}}\n"):
        yield f"text {bad[:60]!r}", {"compose.yaml": bad}, [], {}


def names():
    for text in ("My Project", "a.b", "-a", "_x", "UPPER", "ünï", "a-b_c9", "9", "", "!!", "${FULL}", "${UNSET}", "1.5", "true", "''"):
        yield f"name: {text}", {"compose.yaml": f"name: {text}\n" + S}, [], {}
    for text in ("ok", "Bad", "a b", "-a", "a.b", "", "9a", "_a"):
        yield f"-p {text}", {"compose.yaml": "name: other\n" + S}, ["-p", text], {}
        yield f"COMPOSE_PROJECT_NAME={text}", {"compose.yaml": "name: other\n" + S}, [], {"env": {"COMPOSE_PROJECT_NAME": text}}
    yield "name in .env", {"compose.yaml": S, ".env": "COMPOSE_PROJECT_NAME=fromenv\n"}, [], {}
    yield "name of the last file", {"a.yaml": "name: one\n" + S, "b.yaml": "name: two\n"}, ["-f", "a.yaml", "-f", "b.yaml"], {}
    yield "name in a value", {"compose.yaml": "name: one\nservices: {s: {image: '$COMPOSE_PROJECT_NAME'}}\n"}, [], {}
    yield "name of the folder", {"sub/compose.yaml": "services: {s: {image: '$COMPOSE_PROJECT_NAME'}}\n"}, ["-f", "sub/compose.yaml"], {}
    for folder in ("Sub Folder", "sub.d", "_sub", "1sub", "ÄB c"):
        yield f"folder {folder}", {f"{folder}/compose.yaml": S}, ["-f", f"{folder}/compose.yaml"], {}


def variables():
    use = "services: {s: {image: '${A:-none}-${B:-none}-${FULL}'}}\n"
    yield ".env", {"compose.yaml": use, ".env": "A=1\nB=${A}2\nFULL=mine\n"}, [], {}
    yield "--env-file", {"compose.yaml": use, ".env": "A=1\n", "x.env": "B=2\n"}, ["--env-file", "x.env"], {}
    yield "two --env-file", {"compose.yaml": use, "x.env": "A=1\nB=1\n", "y.env": "B=${A}y\n"}, ["--env-file", "x.env", "--env-file", "y.env"], {}
    yield "--env-file missing", {"compose.yaml": use}, ["--env-file", "no.env"], {}
    yield "COMPOSE_ENV_FILES", {"compose.yaml": use, "x.env": "A=1\n", "y.env": "B=2\n"}, [], {"env": {"COMPOSE_ENV_FILES": "x.env,y.env"}}
    yield "COMPOSE_DISABLE_ENV_FILE", {"compose.yaml": use, ".env": "A=1\n"}, [], {"env": {"COMPOSE_DISABLE_ENV_FILE": "true"}}
    yield "COMPOSE_DISABLE_ENV_FILE=1", {"compose.yaml": use, ".env": "A=1\n"}, [], {"env": {"COMPOSE_DISABLE_ENV_FILE": "1"}}
    yield ".env in a folder", {"sub/compose.yaml": use, ".env": "A=outer\n", "sub/.env": "B=inner\n"}, ["-f", "sub/compose.yaml"], {}
    yield ".env and project directory", {"compose.yaml": use, ".env": "A=outer\n", "sub/.env": "B=inner\n"}, ["--project-directory", "sub"], {}
    yield "broken .env", {"compose.yaml": use, ".env": "A B=1\n"}, [], {}
    yield "unset in the middle", {"compose.yaml": "services: {s: {image: 'a${NOPE}b', ports: ['${NOPE}:80']}}\n"}, [], {}
    for line in ("A='x'", 'A="x"', 'A="x\\ny"', "A='x\\ny'", "A=x # c", "A=x#c", "A = x", "A=\"${FULL}\"", "A='${FULL}'", "A=$FULL", "A=${NOPE:-d}", "A=${NOPE:?m}", "export A=x", "A", "FULL", "A=", "A=''", "A: x", "A=x y", "A=\"a\" b", "A='a'b", "A=\"a", "A='a\nb'", "A=\"a\nb\"", "A=a\\", "A=\\$FULL", "A=$$FULL", "A=\"\\$FULL\"", "a.b-c=1\nA=x", "A=x\nA=y", "=x", "#A=x", " A=x", "\tA=x", "A=\tx", "A=x\r", "A=a=b", "1A=x", "A=`x`", "A=$(x)", "A=\"a\\\"b\"", "A='a\\'b'", "A=a\"b", "A=a'b", "A=\"\\u0041\"", "A=\"\\101\"", "A=\"\\t|\\v|\\a\"", "A=é", "É=x\nA=y", "A[0]=x\nA=z", "A=x;B=y", "A=x B=y", "A=\"x\"#c", "A=\"x\" #c", "export FULL", "A=${FULL:+set}", "A=%20", "A=~/x", "A=${A}x", "A=x\nB=$A\nC=$B\nA=$C"):
        yield f"env_file line {line!r}", {"compose.yaml": "services: {s: {image: i, env_file: e.env}}", "e.env": line + "\n"}, [], {}
        yield f".env line {line!r}", {"compose.yaml": "services: {s: {image: 'i${A-unset}', environment: [A, B, C]}}", ".env": line + "\n"}, [], {}
        yield f"env_file line without end {line!r}", {"compose.yaml": "services: {s: {image: i, env_file: e.env}}", "e.env": line}, [], {}
    yield "environment over env_file", {"compose.yaml": "services: {s: {image: i, env_file: [a.env, b.env], environment: {A: mine, E: , FULL: }}}"}, [], {}
    yield "env_file sees .env", {"compose.yaml": "services: {s: {image: i, env_file: e.env}}", "e.env": "A=$DOT\nDOT2\n", ".env": "DOT=1\nDOT2=2\n"}, [], {}
    yield "label_file and labels", {"compose.yaml": "services: {s: {image: i, label_file: [a.labels, b.labels], labels: {l1: mine, l9: x}}}"}, [], {}


def composition():
    base = "services: {s: {image: i, ports: ['1:1'], volumes: ['./x:/x', 'v:/v'], environment: {A: 1}, networks: [n], build: ./ctx, env_file: a.env}}\nnetworks: {n: }\nvolumes: {v: }\n"
    other = "services: {t: {image: t, volumes: ['./y:/y'], depends_on: [s]}}\n"
    yield "include", {"compose.yaml": "include: [sub/inc.yaml]\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include long", {"compose.yaml": "include: [{path: sub/inc.yaml, project_directory: ., env_file: a.env}]\n" + other, "sub/inc.yaml": base.replace("image: i", "image: 'i$A'")}, [], {}
    yield "include of two", {"compose.yaml": "include: [{path: [sub/inc.yaml, sub/more.yaml]}]\n" + other, "sub/inc.yaml": base, "sub/more.yaml": "services: {s: {ports: ['2:2'], volumes: ['./z:/z']}}"}, [], {}
    yield "include with .env", {"compose.yaml": "include: [sub/inc.yaml]\n" + other, "sub/inc.yaml": base.replace("image: i", "image: 'i${X}${FULL}'"), "sub/.env": "X=inner\nFULL=inner\n"}, [], {}
    yield "include with env_files", {"compose.yaml": "include: [{path: sub/inc.yaml, env_file: [a.env, b.env]}]\n" + other, "sub/inc.yaml": base.replace("image: i", "image: 'i${A}${B}${F}'")}, [], {}
    yield "include missing", {"compose.yaml": "include: [no.yaml]\n" + S}, [], {}
    yield "include env_file missing", {"compose.yaml": "include: [{path: sub/inc.yaml, env_file: no.env}]\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include conflict", {"compose.yaml": "include: [sub/inc.yaml]\nservices: {s: {image: other}}\n", "sub/inc.yaml": base}, [], {}
    yield "include equal", {"compose.yaml": "include: [sub/inc.yaml]\nservices: {s: {image: i}}\n", "sub/inc.yaml": S}, [], {}
    yield "include equal networks", {"compose.yaml": "include: [sub/inc.yaml]\nservices: {t: {image: t, networks: [n]}}\nnetworks: {n: {driver: bridge}}\n", "sub/inc.yaml": "services: {s: {image: i, networks: [n]}}\nnetworks: {n: {driver: bridge}}\n"}, [], {}
    yield "include twice", {"compose.yaml": "include: [sub/inc.yaml, sub/inc.yaml]\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include loop", {"compose.yaml": "include: [sub/inc.yaml]\n" + S, "sub/inc.yaml": "include: [../compose.yaml]\nservices: {t: {image: t}}\n"}, [], {}
    yield "include nested", {"compose.yaml": "include: [sub/inc.yaml]\n" + other, "sub/inc.yaml": "include: [deep/inc.yaml]\n" + base, "sub/deep/inc.yaml": "services: {d: {image: d, volumes: ['./q:/q']}}\n"}, [], {}
    yield "include and override", {"compose.yaml": "include: [sub/inc.yaml]\n" + other, "sub/inc.yaml": base, "over.yaml": "services: {s: {ports: !override ['9:9'], environment: {B: 2}}}"}, ["-f", "compose.yaml", "-f", "over.yaml"], {}
    yield "include in the override", {"compose.yaml": other.replace(", depends_on: [s]", ""), "over.yaml": "include: [sub/inc.yaml]\nservices: {t: {depends_on: [s]}}\n", "sub/inc.yaml": base}, ["-f", "compose.yaml", "-f", "over.yaml"], {}
    yield "include of a string", {"compose.yaml": "include: sub/inc.yaml\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include ~", {"compose.yaml": "include:\n" + S}, [], {}
    yield "include bogus", {"compose.yaml": "include: [{path: sub/inc.yaml, bogus: 1}]\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include without path", {"compose.yaml": "include: [{env_file: a.env}]\n" + S}, [], {}
    yield "include with a variable", {"compose.yaml": "include: ['${WHERE:-sub}/inc.yaml']\n" + other, "sub/inc.yaml": base}, [], {}
    yield "include with name and x-", {"compose.yaml": "include: [sub/inc.yaml]\nx-mine: 1\n" + other, "sub/inc.yaml": "name: inner\nx-theirs: 2\n" + base}, [], {}
    yield "include with secrets, configs, models", {"compose.yaml": "include: [sub/inc.yaml]\nservices: {t: {image: t, secrets: [a], configs: [b], models: [m]}}\n", "sub/inc.yaml": "services: {s: {image: i}}\nsecrets: {a: {file: ./f}}\nconfigs: {b: {file: ./f}}\nmodels: {m: {model: x}}\n"}, [], {}
    yield "include and extends", {"compose.yaml": "include: [sub/inc.yaml]\nservices: {t: {extends: s}}\n", "sub/inc.yaml": base}, [], {}
    yield "include of a file with extends", {"compose.yaml": "include: [sub/inc.yaml]\n" + S, "sub/inc.yaml": "services: {u: {extends: {file: base.yaml, service: s}}}\nnetworks: {n: }\nvolumes: {v: }\n", "sub/base.yaml": base}, [], {}
    yield "extends a service of another file", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}, ports: ['2:2'], environment: [B=2]}}\nnetworks: {n: }\nvolumes: {v: }\n", "sub/base.yaml": base}, [], {}
    yield "extends without its network", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}}}\n", "sub/base.yaml": base}, [], {}
    yield "extends chain", {"compose.yaml": "services: {a: {image: i, cap_add: [A], command: x}, b: {extends: a, cap_add: [B]}, c: {extends: {service: b}, cap_add: [C], command: y}}\n"}, [], {}
    yield "extends chain over files", {"compose.yaml": "services: {c: {extends: {file: sub/b.yaml, service: b}, volumes: ['./c:/c']}}\n", "sub/b.yaml": "services: {b: {extends: {file: deep/a.yaml, service: a}, volumes: ['./b:/b']}}\n", "sub/deep/a.yaml": "services: {a: {image: i, volumes: ['./a:/a'], env_file: a.env, build: .}}\n", "sub/deep/a.env": "DEEP=1\n"}, [], {}
    yield "extends cycle", {"compose.yaml": "services: {a: {image: i, extends: b}, b: {extends: a}}\n"}, [], {}
    yield "extends itself", {"compose.yaml": "services: {a: {image: i, extends: a}}\n"}, [], {}
    yield "extends cycle over files", {"compose.yaml": "services: {a: {extends: {file: sub/b.yaml, service: b}}}\n", "sub/b.yaml": "services: {b: {extends: {file: ../compose.yaml, service: a}}}\n"}, [], {}
    yield "extends missing service", {"compose.yaml": "services: {a: {image: i, extends: no}}\n"}, [], {}
    yield "extends missing file", {"compose.yaml": "services: {a: {image: i, extends: {file: no.yaml, service: a}}}\n"}, [], {}
    yield "extends ~", {"compose.yaml": "services: {a: {image: i, extends: }}\n"}, [], {}
    yield "extends a list", {"compose.yaml": "services: {a: {image: i, extends: [b]}}\n"}, [], {}
    yield "extends bogus", {"compose.yaml": "services: {a: {image: i, extends: {service: b, bogus: 1}}, b: {image: i}}\n"}, [], {}
    yield "extends only a file", {"compose.yaml": "services: {s: {extends: {file: sub/base.yaml}}}\n", "sub/base.yaml": S}, [], {}
    yield "extends with variables", {"compose.yaml": "services: {t: {extends: {file: '${WHERE:-sub}/base.yaml', service: '${WHAT:-s}'}}}\n", "sub/base.yaml": named("'x${FULL}'")}, [], {}
    yield "extends in an override", {"compose.yaml": S + "", "over.yaml": "services: {s: {extends: {file: sub/base.yaml, service: s}}}\n", "sub/base.yaml": "services: {s: {image: base, cap_add: [B]}}\n"}, ["-f", "compose.yaml", "-f", "over.yaml"], {}
    yield "extends of another -f", {"compose.yaml": S, "over.yaml": "services: {t: {extends: s}}\n"}, ["-f", "compose.yaml", "-f", "over.yaml"], {}
    yield "extends with depends_on", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}}, u: {image: u}}\n", "sub/base.yaml": "services: {s: {image: i, depends_on: [u], links: ['u:x'], volumes_from: [u], network_mode: 'service:u'}}\n"}, [], {}
    yield "extends with a name", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}}}\n", "sub/base.yaml": "services: {s: {image: i, container_name: c, profiles: [p]}}\n"}, ["--profile", "p"], {}
    yield "extends with a reset", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}, ports: !reset [], environment: !override {B: 2}}}\nnetworks: {n: }\nvolumes: {v: }\n", "sub/base.yaml": base}, [], {}
    yield "extends an invalid base", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}}}\n", "sub/base.yaml": "services: {s: {image: i, bogus: 1}, u: {other: 1}}\nbogus: 1\n"}, [], {}
    yield "extends an invalid neighbour", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}}}\n", "sub/base.yaml": "services: {s: {image: i}, u: {other: 1}}\nbogus: 1\n"}, [], {}
    yield "extends with secrets", {"compose.yaml": "services: {t: {extends: {file: sub/base.yaml, service: s}, secrets: [b]}}\nsecrets: {a: {file: ./f}, b: {file: ./f}}\n", "sub/base.yaml": "services: {s: {image: i, secrets: [a]}}\nsecrets: {a: {file: ./f}}\n"}, [], {}


def profiles():
    text = "services: {a: {image: a}, b: {image: b, profiles: [p]}, c: {image: c, profiles: [q, r]}, d: {image: d, profiles: ['']}}\n"
    for arguments, env in (([], {}), (["--profile", "p"], {}), (["--profile", "p", "--profile", "q"], {}), (["--profile", "*"], {}), (["--profile", "no"], {}), ([], {"COMPOSE_PROFILES": "p"}), ([], {"COMPOSE_PROFILES": "p,r"}), ([], {"COMPOSE_PROFILES": " p , q "}), ([], {"COMPOSE_PROFILES": "*"}), (["--profile", "q"], {"COMPOSE_PROFILES": "p"}), ([], {"COMPOSE_PROFILES": ""}), ([], {"COMPOSE_PROFILES": "p,"}), (["--profile", ""], {}), (["--profile", "p,q"], {})):
        yield f"profiles {arguments} {env}", {"compose.yaml": text}, arguments, {"env": env}
    yield "profiles in .env", {"compose.yaml": text, ".env": "COMPOSE_PROFILES=p\n"}, [], {}
    for extra in ("depends_on: [b]", "depends_on: {b: {condition: service_started, required: false}}", "links: [b]", "volumes_from: [b]", "network_mode: 'service:b'", "pid: 'service:b'", "ipc: 'service:b'", "extends: b"):
        yield f"needs an inactive service: {extra}", {"compose.yaml": f"services: {{a: {{image: a, {extra}}}, b: {{image: b, profiles: [p]}}}}\n"}, [], {}
    yield "inactive and wrong", {"compose.yaml": "services: {a: {image: a}, b: {profiles: [p]}, c: {image: c, networks: [no], profiles: [p]}}\n"}, [], {}
    yield "inactive and misspelt", {"compose.yaml": "services: {a: {image: a}, b: {image: b, profiles: [p], bogus: 1}}\n"}, [], {}
    yield "resources of inactive services", {"compose.yaml": "services: {a: {image: a, volumes: ['v:/v']}, b: {image: b, profiles: [p], volumes: ['w:/w'], networks: [n], secrets: [s]}}\nvolumes: {v: , w: }\nnetworks: {n: }\nsecrets: {s: {file: ./f}}\n"}, [], {}


def consistency():
    bodies = {
        "cycle": "a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [a]}", "cycle of links": "a: {image: i, links: [b]}, b: {image: i, depends_on: [a]}", "cycle of namespaces": "a: {image: i, network_mode: 'service:b'}, b: {image: i, depends_on: [a]}",
        "itself": "a: {image: i, depends_on: [a]}", "long cycle": "a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [c]}, c: {image: i, volumes_from: [a]}", "mode and networks": "a: {image: i, network_mode: host, networks: [n]}", "mode and ports": "a: {image: i, network_mode: host, ports: ['1:1']}",
        "same container name": "a: {image: i, container_name: xx}, b: {image: i, container_name: xx}", "container name and replicas": "a: {image: i, container_name: xx, deploy: {replicas: 2}}", "container name and scale": "a: {image: i, container_name: xx, scale: 2}", "scale and replicas": "a: {image: i, scale: 2, deploy: {replicas: 3}}", "scale is replicas": "a: {image: i, scale: 2, deploy: {replicas: 2}}",
        "limits twice": "a: {image: i, mem_limit: 1g, deploy: {resources: {limits: {memory: 1g}}}}", "limits differ": "a: {image: i, mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}", "limit and other limit": "a: {image: i, mem_limit: 1g, deploy: {resources: {limits: {cpus: '1'}}}}", "cpus twice": "a: {image: i, cpus: 0.5, deploy: {resources: {limits: {cpus: '0.5'}}}}", "cpus differ": "a: {image: i, cpus: 0.5, deploy: {resources: {limits: {cpus: '0.6'}}}}", "pids twice": "a: {image: i, pids_limit: 5, deploy: {resources: {limits: {pids: 5}}}}", "pids differ": "a: {image: i, pids_limit: 5, deploy: {resources: {limits: {pids: 6}}}}", "reservations": "a: {image: i, mem_reservation: 5m, deploy: {resources: {reservations: {memory: 6m}}}}",
        "platform": "a: {build: {context: ., platforms: [linux/arm64]}, platform: linux/amd64}", "platform listed": "a: {build: {context: ., platforms: [linux/arm64, linux/amd64]}, platform: linux/amd64}", "double mount": "a: {image: i, volumes: ['v:/x'], tmpfs: /x}", "tmpfs twice": "a: {image: i, tmpfs: ['/x', '/x:size=1m']}", "secret on a volume": "a: {image: i, volumes: ['v:/run/secrets/s'], secrets: [s]}",
        "undefined secret": "a: {image: i, secrets: [no]}", "undefined config": "a: {image: i, configs: [no]}", "undefined model": "a: {image: i, models: [no]}", "undefined build secret": "a: {build: {context: ., secrets: [no]}}", "provider with image": "a: {image: i, provider: {type: x}}", "provider alone": "a: {provider: {type: x}}", "provider and depends": "a: {provider: {type: x}}, b: {image: b, depends_on: [a]}", "healthy without check": "a: {image: i, depends_on: {b: {condition: service_healthy}}}, b: {image: i}", "pid of a missing one": "a: {image: i, pid: 'service:no'}", "ipc": "a: {image: i, ipc: 'service:b'}, b: {image: i}",
        "image and build": "a: {image: i, build: .}", "default network by hand": "a: {image: i, networks: [default]}", "none": "a: {image: i, network_mode: none}", "service mode": "a: {image: i, network_mode: 'service:b'}, b: {image: i, ports: ['1:1']}", "links imply": "a: {image: i, links: ['b:x', c]}, b: {image: i}, c: {image: i}", "links and depends_on": "a: {image: i, links: [b], depends_on: {b: {condition: service_healthy}}}, b: {image: i}", "volumes_from implies": "a: {image: i, volumes_from: ['b:ro', 'container:z']}, b: {image: i}", "links with an alias on a network": "a: {image: i, links: ['b:x'], networks: [n]}, b: {image: i, networks: [n]}", "external_links": "a: {image: i, external_links: ['x:y', z]}",
        "gpus and deploy": "a: {image: i, gpus: all, deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}}", "mac": "a: {image: i, mac_address: '02:42:ac:11:65:43', networks: {n: {mac_address: '02:42:ac:11:65:44'}}}", "build alone": "a: {build: {dockerfile_inline: FROM x}}", "no image": "a: {command: x}", "container mode": "a: {image: i, network_mode: 'container:x'}", "api socket": "a: {image: i, use_api_socket: true}", "ports of one service twice": "a: {image: i, ports: ['1:1', '1:2']}, b: {image: i, ports: ['1:1']}", "restart and policy": "a: {image: i, restart: always, deploy: {restart_policy: {condition: none}}}", "healthcheck of two": "a: {image: i, healthcheck: {test: NONE}}, b: {image: i, healthcheck: {test: [NONE]}}", "negative scale": "a: {image: i, scale: -1}", "replicas 0 and a name": "a: {image: i, container_name: aa, deploy: {replicas: 0}}",
    }
    for name, body in bodies.items():
        yield f"consistency: {name}", {"compose.yaml": f"services: {{{body}}}\nnetworks: {{n: }}\nvolumes: {{v: }}\nsecrets: {{s: {{file: ./f}}}}\n"}, [], {}


def resources():
    use = "services: {s: {image: i, networks: [a, b], volumes: ['a:/a', 'b:/b'], secrets: [a], configs: [a]}}\n"
    top = "networks: {a: %s, b: %s}\nvolumes: {a: %s, b: %s}\nsecrets: {a: {file: ./f}}\nconfigs: {a: {content: x}}\n"
    for one, two in (("", ""), ("{name: x}", "{name: x}"), ("{external: true}", "{external: true, name: y}"), ("{name: '${COMPOSE_PROJECT_NAME}_z'}", "{labels: [a=b]}"), ("{}", "{external: false}"), ("{external: {name: legacy}}", "")):
        yield f"resources {one} {two}", {"compose.yaml": use + top % (one, two, one, two)}, [], {}
    yield "unused resources", {"compose.yaml": S + top % ("", "", "", "")}, [], {}
    yield "default network", {"compose.yaml": S + "networks: {default: {name: mine, driver: overlay}}\n"}, [], {}
    yield "default network external", {"compose.yaml": S + "networks: {default: {external: true, name: e}}\n"}, [], {}
    yield "default network internal", {"compose.yaml": "services: {s: {image: i}, t: {image: t, networks: [n]}}\nnetworks: {default: {internal: true}, n: }\n"}, [], {}
    yield "default volume unused", {"compose.yaml": S + "volumes: {v: }\nx-a: {b: 1}\n"}, [], {}
    yield "secrets of builds", {"compose.yaml": "services: {s: {build: {context: ., secrets: [a, {source: b, target: t}]}}}\nsecrets: {a: {environment: FULL}, b: {file: ./f}}\n"}, [], {}
    yield "networks merged", {"a.yaml": "services: {s: {image: i, networks: {n: {aliases: [x]}}}}\nnetworks: {n: {driver: bridge, ipam: {config: [{subnet: 10.0.0.0/8}]}}}\n", "b.yaml": "services: {s: {networks: {n: {aliases: [y]}, m: }}}\nnetworks: {m: , n: {internal: true, ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1}]}}}\n"}, ["-f", "a.yaml", "-f", "b.yaml"], {}


def yaml():
    texts = {
        "anchor": "x-a: &a {image: i, cap_add: [A]}\nservices: {s: *a, t: {<<: *a, cap_add: [B]}}\n", "merge list": "x-a: &a {image: i, user: u}\nx-b: &b {image: j, hostname: h}\nservices: {s: {<<: [*a, *b], tty: true}}\n", "merge before and after": "x-a: &a {image: i, user: u}\nservices:\n  s:\n    user: mine\n    <<: *a\n", "merge of merge": "x-a: &a {image: i}\nx-b: &b {<<: *a, user: u}\nservices: {s: {<<: *b}}\n", "merge twice": "x-a: &a {image: i}\nservices:\n  s:\n    <<: *a\n    <<: *a\n",
        "merge a list of texts": "services: {s: {<<: [a], image: i}}\n", "merge a text": "services: {s: {<<: x, image: i}}\n", "merge null": "services: {s: {<<: , image: i}}\n", "alias of a list": "x-l: &l [A, B]\nservices: {s: {image: i, cap_add: *l, cap_drop: *l}}\n", "anchor in environment": "x-e: &e {A: 1, B: 2}\nservices: {s: {image: i, environment: {<<: *e, B: 3}}, t: {image: t, environment: *e}}\n", "unknown alias": "services: {s: *no}\n", "alias cycle": "services: {s: &a {image: i, labels: *a}}\n", "anchor on a scalar": "services: {s: {image: &i nginx, labels: {a: *i}}}\n", "redefined anchor": "x-a: &a 1\nx-b: &a 2\nservices: {s: {image: i, labels: {l: *a}}}\n",
        "block scalars": "services:\n  s:\n    image: i\n    command: |\n      a b\n      c\n    entrypoint: >-\n      x\n      y\n    environment:\n      A: |\n        line\n        more\n      B: >\n        folded\n        text\n", "quotes": "services: {s: {image: 'it''s', labels: {a: \"tab\\there\", b: \"\\u00e9\", c: 'x: y'}}}\n", "comments": "services: # c\n  s: # d\n    image: i # e\n    # f\n    ports: # g\n      - 80 # h\n", "indentless list": "services:\n  s:\n    image: i\n    ports:\n    - 80\n    cap_add:\n    - A\n", "flow over lines": "services: {s: {image: i,\n ports: [80,\n 81]}}\n", "documents": S + "---\nservices: {s: {image: j}, t: {image: t}}\n", "three documents": S + "---\nservices: {s: {cap_add: [A]}}\n---\nservices: {s: {cap_add: [B]}}\n", "document empty": S + "---\n", "document null first": "---\n---\n" + S,
        "tags": "services: {s: {image: !!str 12, labels: {a: !!str 1, b: !!int '2', c: !custom x}}}\n", "binary": "services: {s: {image: !!binary aGVsbG8=}}\n", "float tag": "services: {s: {image: i, cpus: !!float 1}}\n", "json": '{"services": {"s": {"image": "i", "ports": ["80"], "environment": {"A": 1.0, "B": null, "C": true}}}}\n', "x keys": "x-a: {b: [1, two, 3.50, true, ~, 2024-01-02, 0x10, 1e3, {c: d}]}\nservices: {s: {image: i, x-b: {c: 1}, build: {context: ., x-c: 2}}}\nnetworks: {default: {x-d: 3}}\n", "x text with variable": "x-a: ['$FULL', {b: '${FULL}'}]\n" + S, "key with variable": "services: {s: {image: i, labels: {'${FULL}': x}}}\n", "long key": "services: {" + "k" * 200 + ": {image: i}}\n", "unicode": "services: {s: {image: i, labels: {é: ü, 日本: 語, '\\u0041': x}, environment: {Ä: ö}}}\n", "nulls": "services: {s: {image: i, command: , entrypoint: , environment: {A: , B: ~, C: null, D: 'null'}, deploy: }}\n", "numbers": "services: {s: {image: i, environment: {A: 0755, B: 0o755, C: 0x1f, D: 1_000, E: 1e3, F: 1.50, G: .5, H: -0, I: +5, J: 012e1, K: 0b101, L: 1:30, M: 9223372036854775808, N: -9223372036854775809, O: 1e400, P: .nan}}}\n",
        "booleans": "services: {s: {image: i, tty: yes, privileged: on, read_only: 'true', init: Off, stdin_open: TRUE}}\n", "reset of a whole service": "services: {s: {image: i}, t: !reset {image: t}}\n", "reset inside": "services: {s: {image: i, environment: {A: 1, B: !reset 2}}}\n", "override alone": "services: {s: {image: i, ports: !override [80]}}\n", "reset of a list item": "services: {s: {image: i, ports: [80, !reset 81]}}\n", "override of a text": "services: {s: {image: !override i}}\n", "reset of top": "services: {s: {image: i}}\nvolumes: !reset {v: }\n", "deep": "x-a: " + "[" * 60 + "]" * 60 + "\n" + S,
    }
    for name, text in texts.items():
        yield f"yaml: {name}", {"compose.yaml": text}, [], {}
    base = "services: {s: {image: i, ports: ['80:80', '81:81'], environment: {A: 1, B: 2}, labels: [a=1, b=2], volumes: ['v:/v'], command: x, networks: {n: {aliases: [q]}}, depends_on: [t], healthcheck: {test: a}, deploy: {replicas: 2}, logging: {driver: syslog, options: {a: b}}}, t: {image: t}}\nnetworks: {n: }\nvolumes: {v: }\n"
    for over in ("ports: !reset null", "ports: !override ['82:82']", "environment: !reset {}", "environment: {A: !reset null}", "environment: {A: !override 9}", "environment: !override {C: 3}", "labels: !reset []", "labels: {a: !reset ~}", "labels: !override {z: 9}", "command: !reset ~", "command: !override y", "networks: !reset ~", "networks: !override [default]", "networks: {n: !reset ~}", "networks: {n: {aliases: !reset ~}}", "networks: {n: {aliases: !override [z]}}", "depends_on: !reset []", "depends_on: !override {}", "depends_on: {t: !reset ~}", "healthcheck: !reset ~", "healthcheck: {test: !override [CMD, b]}", "deploy: {replicas: !reset 1}", "deploy: !override {mode: global}", "logging: !reset ~", "logging: {options: !override {c: d}}", "volumes: !override ['v:/w:ro']", "image: !reset ~", "image: !override j", "bogus: !reset ~", "tty: !reset ~", "environment: !override [A=5]", "ports: !reset ['80:80']", "ports: [!reset '80:80']", "ports: !override ~"):
        yield f"over: {over}", {"a.yaml": base, "b.yaml": f"services: {{s: {{{over}}}}}\n"}, ["-f", "a.yaml", "-f", "b.yaml"], {}
    for over in ("services: {t: !reset ~, s: {depends_on: !reset ~}}", "services: {t: !override {image: new}}", "services: !override {u: {image: u}}", "services: !reset ~", "networks: !reset ~\nservices: {s: {networks: !reset ~}}", "networks: {n: !override {driver: overlay}}", "volumes: {v: !reset ~}", "volumes: {v: !override {external: true}}"):
        yield f"over: {over}", {"a.yaml": base, "b.yaml": over + "\n"}, ["-f", "a.yaml", "-f", "b.yaml"], {}


def projects():
    for part in (discovery, names, variables, composition, profiles, consistency, resources, yaml):
        yield from part()
