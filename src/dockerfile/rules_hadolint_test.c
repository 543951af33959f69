/* SPDX-License-Identifier: Apache-2.0 */
/* Rules with Hadolint's names, by default verdicts: the lines on which each fires. */
#include "dockerfile/rules_test.h"
#include "test.h"

CASE(package_managers)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3008", "2", "FROM a\nRUN apt-get install -y curl" },
		{ "DL3008", "", "FROM a\nRUN apt-get install -y curl=7.88" },
		{ "DL3008", "", "FROM a\nRUN apt-get install -y curl/stable ./x.deb" },
		{ "DL3008", "2", "FROM a\nRUN apt-get install -y a=1 b" },
		{ "DL3008", "", "FROM a\nRUN apt-get -t stable install -y a=1" },
		{ "DL3008", "", "FROM a\nRUN apt-get update" },
		{ "DL3008", "", "FROM a\nRUN echo 'apt-get install x'" },
		{ "DL3008", "2", "FROM a\nRUN if true; then apt-get install -y x; fi" },
		{ "DL3008", "2", "FROM a\nRUN [\"apt-get\", \"install\", \"-y\", \"x\"]" },
		{ "DL3008", "3", "FROM a\nRUN <<EOF\napt-get install -y x\nEOF" },
		{ "DL3008", "", "FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN apt-get install -y x" },
		{ "DL3009", "2", "FROM a\nRUN apt-get update && apt-get install -y x=1" },
		{ "DL3009", "", "FROM a\nRUN apt-get update && apt-get install -y x=1 && rm -rf /var/lib/apt/lists/*" },
		{ "DL3009", "",
		  "FROM a\nRUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update" },
		{ "DL3009", "", "FROM a AS b\nRUN apt-get update\nFROM c\nCOPY --from=b /x /x" },
		{ "DL3009", "2", "FROM a AS b\nRUN apt-get update\nFROM b" },
		{ "DL3014", "2", "FROM a\nRUN apt-get install x" },
		{ "DL3014", "", "FROM a\nRUN apt-get install -qq x" },
		{ "DL3014", "", "FROM a\nRUN apt-get install -q -q x" },
		{ "DL3014", "2", "FROM a\nRUN apt-get install -q x" },
		{ "DL3014", "", "FROM a\nRUN apt-get --assume-yes install x" },
		{ "DL3014", "", "FROM a\nRUN apt-get install -fy x" },
		{ "DL3015", "2", "FROM a\nRUN apt-get install -y x" },
		{ "DL3015", "", "FROM a\nRUN apt-get install -y --no-install-recommends x" },
		{ "DL3015", "", "FROM a\nRUN apt-get install -y -o APT::Install-Recommends=false x" },
		{ "DL3018", "2", "FROM a\nRUN apk add --no-cache curl" },
		{ "DL3018", "", "FROM a\nRUN apk add --no-cache curl=8 b~=1 'c>2'" },
		{ "DL3018", "", "FROM a\nRUN apk add --no-cache -t .deps ./x.apk" },
		{ "DL3019", "2", "FROM a\nRUN apk add x=1" },
		{ "DL3019", "", "FROM a\nRUN --mount=type=cache,target=/var/cache/apk apk add x=1" },
		{ "DL3019", "", "FROM a\nRUN apk --no-cache add x=1" },
		{ "DL3027", "2", "FROM a\nRUN apt install x" },
		{ "DL3027", "", "FROM a\nRUN apt-get install x" },
		{ "DL3030", "2", "FROM a\nRUN yum install x" },
		{ "DL3030", "", "FROM a\nRUN yum -y install x" },
		{ "DL3032", "2", "FROM a\nRUN yum -y install x-1.0" },
		{ "DL3032", "", "FROM a\nRUN yum -y install x-1.0 && yum clean all" },
		{ "DL3033", "2", "FROM a\nRUN yum -y install x && yum clean all" },
		{ "DL3033", "", "FROM a\nRUN yum -y install x-1.0 && yum clean all" },
		{ "DL3034", "2", "FROM a\nRUN zypper install x=1" },
		{ "DL3034", "", "FROM a\nRUN zypper -n install x=1" },
		{ "DL3035", "2", "FROM a\nRUN zypper dup" },
		{ "DL3036", "2", "FROM a\nRUN zypper -n in x=1" },
		{ "DL3036", "", "FROM a\nRUN zypper -n in x=1 && zypper cc" },
		{ "DL3037", "2", "FROM a\nRUN zypper -n in x && zypper cc" },
		{ "DL3037", "", "FROM a\nRUN zypper -n in 'x>=1' && zypper cc" },
		{ "DL3038", "2", "FROM a\nRUN microdnf install x-1" },
		{ "DL3038", "", "FROM a\nRUN dnf install --assumeyes x-1" },
		{ "DL3040", "2", "FROM a\nRUN dnf -y install x-1.0" },
		{ "DL3040", "", "FROM a\nRUN dnf -y install x-1.0 && dnf clean all" },
		{ "DL3041", "2", "FROM a\nRUN dnf -y install x && dnf clean all" },
		{ "DL3041", "", "FROM a\nRUN dnf -y module install x:1 && dnf clean all" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(languages)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3013", "2", "FROM a\nRUN pip install flask" },
		{ "DL3013", "", "FROM a\nRUN pip install flask==3.0 'x>=1' ./y/z w.whl" },
		{ "DL3013", "", "FROM a\nRUN pip install -r requirements.txt" },
		{ "DL3013", "", "FROM a\nRUN pip install ." },
		{ "DL3013", "", "FROM a\nRUN pip install -c constraints.txt flask" },
		{ "DL3013", "2", "FROM a\nRUN python3 -m pip install flask" },
		{ "DL3013", "2", "FROM a\nRUN pip install --index-url https://x.example/simple flask" },
		{ "DL3013", "", "FROM a\nRUN pip install git+https://x.example/y@v1" },
		{ "DL3013", "", "FROM a\nRUN pipenv install flask" },
		{ "DL3016", "2", "FROM a\nRUN npm install express" },
		{ "DL3016", "", "FROM a\nRUN npm install" },
		{ "DL3016", "", "FROM a\nRUN npm install express@4 @scope/x@1 ./y" },
		{ "DL3016", "2", "FROM a\nRUN npm install @scope/x" },
		{ "DL3016", "", "FROM a\nRUN npm ci" },
		{ "DL3028", "2", "FROM a\nRUN gem install bundler" },
		{ "DL3028", "", "FROM a\nRUN gem install bundler:2.5" },
		{ "DL3028", "", "FROM a\nRUN gem install bundler -v 2.5" },
		{ "DL3042", "2", "FROM a\nRUN pip install x==1" },
		{ "DL3042", "", "FROM a\nRUN pip install --no-cache-dir x==1" },
		{ "DL3042", "", "FROM a\nENV PIP_NO_CACHE_DIR=1\nRUN pip install x==1" },
		{ "DL3042", "3", "FROM a\nENV PIP_NO_CACHE_DIR=0\nRUN pip install x==1" },
		{ "DL3042", "", "FROM a\nRUN --mount=type=cache,target=/root/.cache/pip pip install x==1" },
		{ "DL3060", "2", "FROM a\nRUN yarn install" },
		{ "DL3060", "", "FROM a\nRUN yarn install && yarn cache clean" },
		{ "DL3062", "2", "FROM a\nRUN go install x.example/y@latest" },
		{ "DL3062", "", "FROM a\nRUN go install x.example/y@v1.2.3" },
		{ "DL3062", "", "FROM a\nRUN go install ./cmd/y" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(stages_and_images)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3006", "1", "FROM debian" },
		{ "DL3006", "", "FROM debian:12" },
		{ "DL3006", "", "FROM debian@sha256:0123456789012345678901234567890123456789012345678901234567890123" },
		{ "DL3006", "", "FROM scratch" },
		{ "DL3006", "", "FROM a:1 AS b\nFROM b" },
		{ "DL3006", "1", "FROM registry.example.com:5000/debian" },
		{ "DL3007", "1", "FROM debian:latest" },
		{ "DL3007", "2", "ARG V=latest\nFROM debian:$V" },
		{ "DL3024", "2", "FROM a:1 AS x\nFROM b:1 AS X" },
		{ "DL3026", "1", "FROM evil.example.org/x:1" },
		{ "DL3026", "", "FROM debian:12" },
		{ "DL3026", "", "FROM registry.example.com/x:1" },
		{ "DL3026", "2", "FROM debian:12\nCOPY --from=evil.example.org/x:1 /a /a" },
		{ "DL3026", "", "FROM debian:12 AS b\nFROM b" },
		{ "DL3029", "1", "FROM --platform=linux/amd64 a:1" },
		{ "DL3029", "", "FROM --platform=$BUILDPLATFORM a:1" },
		{ "DL3061", "1", "RUN x\nFROM a:1" },
		{ "DL3061", "", "ARG A=1\n# talk\nFROM a:1" },
		{ "DL3063", "1", "FROM a:1 AS scratch" },
		{ "DL3065", "1", "FROM --platform=${TARGETPLATFORM} a:1" },
		{ "DL3010", "2", "FROM a\nCOPY x.tar.gz /tmp/\nRUN tar -xzf /tmp/x.tar.gz" },
		{ "DL3010", "", "FROM a\nCOPY x.tar.gz /tmp/\nRUN ls" },
		{ "DL3020", "2", "FROM a\nADD . /x" },
		{ "DL3020", "", "FROM a\nADD x.tar.gz /x" },
		{ "DL3020", "", "FROM a\nADD https://x.example/y /x" },
		{ "DL3021", "2", "FROM a\nCOPY a b c" },
		{ "DL3021", "", "FROM a\nCOPY a b c/" },
		{ "DL3022", "2", "FROM a\nCOPY --from=b /x /y" },
		{ "DL3022", "", "FROM a\nCOPY --from=img:1 /x /y" },
		{ "DL3022", "", "FROM a\nFROM b\nCOPY --from=0 /x /y" },
		{ "DL3023", "2", "FROM a AS b\nCOPY --from=b /x /y" },
		{ "DL3045", "2", "FROM a\nCOPY x y" },
		{ "DL3045", "", "FROM a\nWORKDIR /w\nCOPY x y" },
		{ "DL3067", "2", "FROM a\nCOPY --from=x:1 / /" },
		{ "DL3000", "2", "FROM a\nWORKDIR app" },
		{ "DL3000", "3", "FROM a\nWORKDIR /app\nWORKDIR sub" },
		{ "DL3000", "", "FROM a\nWORKDIR $x\nWORKDIR \"/a b\"\nWORKDIR C:\\x" },
		{ "DL3002", "2", "FROM a\nUSER root" },
		{ "DL3002", "", "FROM a\nUSER root\nUSER app" },
		{ "DL3002", "2", "FROM a\nUSER 0:0" },
		{ "DL3011", "2", "FROM a\nEXPOSE 70000" },
		{ "DL3011", "", "FROM a\nEXPOSE 65535" },
		{ "DL3012", "2", "FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK CMD y" },
		{ "DL3025", "2", "FROM a\nCMD x" },
		{ "DL3025", "", "FROM a\nCMD [\"x\"]" },
		{ "DL3043", "2", "FROM a\nONBUILD FROM b" },
		{ "DL3044", "2", "FROM a\nENV A=1 B=$A" },
		{ "DL3044", "", "FROM a\nENV A=1\nENV A=2 B=$A" },
		{ "DL3057", "1", "FROM a" },
		{ "DL3057", "", "FROM a\nHEALTHCHECK NONE" },
		{ "DL3064", "2", "FROM a\nENV API_KEY=x" },
		{ "DL3064", "2", "FROM a\nARG NPM_TOKEN" },
		{ "DL3064", "", "FROM a\nENV PUBLIC_KEY_FILE=x" },
		{ "DL3066", "2", "FROM a\nUSER app" },
		{ "DL3066", "", "FROM a\nUSER 1000:1000" },
		{ "DL4000", "2", "FROM a\nMAINTAINER x" },
		{ "DL4003", "2", "FROM a\nCMD [\"x\"]\nCMD [\"y\"]" },
		{ "DL4003", "", "FROM a\nCMD [\"x\"]\nFROM b\nCMD [\"y\"]" },
		{ "DL4004", "2", "FROM a\nENTRYPOINT [\"x\"]\nENTRYPOINT [\"y\"]" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

/* Hadolint points at the later one, which counts; by default the finding is at the one that has no effect. */
CASE(repeats_with_hadolints_verdicts)
{
	static const struct stk_dockerfile_options hadolint = { .compat = STK_COMPAT_HADOLINT };
	static const struct test_dockerfile_row t[] = {
		{ "DL3012", "3", "FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK NONE" },
		{ "DL4003", "3 4", "FROM a\nCMD [\"x\"]\nCMD [\"y\"]\nCMD [\"z\"]" },
		{ "DL4004", "3", "FROM a\nENTRYPOINT [\"x\"]\nENTRYPOINT [\"y\"]" },
	};
	test_dockerfile_rows(t, STK_LEN(t), &hadolint);
}

CASE(shell_commands)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3001", "2", "FROM a\nRUN ssh host" },
		{ "DL3001", "", "FROM a\nRUN echo ssh" },
		{ "DL3003", "2", "FROM a\nRUN cd /x && make" },
		{ "DL3004", "2", "FROM a\nRUN sudo x" },
		{ "DL3046", "2", "FROM a\nRUN useradd -u 123456 x" },
		{ "DL3046", "", "FROM a\nRUN useradd -l -u 123456 x" },
		{ "DL3046", "", "FROM a\nRUN useradd -u 12345 x" },
		{ "DL3047", "2", "FROM a\nRUN wget http://x.example" },
		{ "DL3047", "", "FROM a\nRUN wget -q http://x.example" },
		{ "DL3047", "", "FROM a\nRUN wget -nv http://x.example" },
		{ "DL3059", "3", "FROM a\nRUN x\nRUN y" },
		{ "DL3059", "", "FROM a\nRUN x\nUSER z\nRUN y" },
		{ "DL3059", "", "FROM a\nRUN x\nRUN --network=none y" },
		{ "DL4001", "3", "FROM a\nRUN curl x\nRUN wget y" },
		{ "DL4001", "", "FROM a\nRUN curl x\nFROM b\nRUN wget y" },
		{ "DL4005", "2", "FROM a\nRUN ln -sf /bin/bash /bin/sh" },
		{ "DL4006", "2", "FROM a\nRUN x | y" },
		{ "DL4006", "", "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN x | y" },
		{ "DL4006", "", "FROM a\nRUN x || y" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(labels)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL3048", "2", "FROM a\nLABEL Bad=1" },
		{ "DL3048", "2", "FROM a\nLABEL a--b=1" },
		{ "DL3048", "2", "FROM a\nLABEL com.docker.x=1" },
		{ "DL3048", "", "FROM a\nLABEL org.example.a-b_c/d=1" },
		{ "DL3050", "2", "FROM a\nLABEL other=1" },
		{ "DL3051", "2", "FROM a\nLABEL note=\"\"" },
		{ "DL3052", "2", "FROM a\nLABEL url=nowhere" },
		{ "DL3053", "2", "FROM a\nLABEL created=2024-13-01T00:00:00Z" },
		{ "DL3053", "", "FROM a\nLABEL created=2024-02-29T00:00:00.5+02:00" },
		{ "DL3054", "2", "FROM a\nLABEL licenses=apache" },
		{ "DL3055", "2", "FROM a\nLABEL revision=abcdefg" },
		{ "DL3055", "", "FROM a\nLABEL revision=0123456789abcdef0123456789abcdef01234567" },
		{ "DL3056", "2", "FROM a\nLABEL version=v1.0.0" },
		{ "DL3056", "", "FROM a\nLABEL version=1.0.0-rc.1+x" },
		{ "DL3058", "2", "FROM a\nLABEL contact=me" },
		{ "DL3058", "", "FROM a\nLABEL contact=me@example.com" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}
