# SPDX-License-Identifier: Apache-2.0
"""Small image archives, as `docker save` writes them: a Debian with an OpenSSL that has known holes, among those that are part of the program."""
import hashlib, io, json, tarfile

OS = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
# xz-utils' backdoor is among the advisories that are part of the program for other releases; OpenSSL of early bookworm has known holes.
STATUS = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n\nPackage: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.9-1\n"


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def image(path, tag, user="", files={}):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for name, data in files.items():
            add(tar, name, data)
        add(tar, "etc/os-release", OS.encode())
        add(tar, "var/lib/dpkg/status", STATUS.encode())
    layer = layer.getvalue()
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"User": user, "ExposedPorts": {"8080/tcp": {}}},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
                         "history": [{"created_by": "COPY shop /"}]}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    with tarfile.open(path, "w") as tar:
        add(tar, "layer/layer.tar", layer)
        add(tar, name, config)
        add(tar, "manifest.json", json.dumps([{"Config": name, "RepoTags": [tag], "Layers": ["layer/layer.tar"]}]).encode())
