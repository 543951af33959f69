/* SPDX-License-Identifier: Apache-2.0 */
/* What the risky and the composed repairs make of a file, in every dress: continuations, comments, heredocs, JSON form.
 */
#include "dockerfile/rules_test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

static const struct stk_dockerfile_options usual = { .now = 1764000000 };

CASE(a_user_without_rights_at_the_end)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN x\nCMD [\"y\"]\n", "FROM a:1\nRUN x\nUSER 10001:10001\nCMD [\"y\"]\n" },
		{ "FROM a:1\nRUN x\n# starts it\nENTRYPOINT [\"y\"]\nCMD [\"z\"]\n",
		  "FROM a:1\nRUN x\nUSER 10001:10001\n# starts it\nENTRYPOINT [\"y\"]\nCMD [\"z\"]\n" },
		{ "FROM a:1\nCMD [\"y\"]\nRUN x\n", "FROM a:1\nCMD [\"y\"]\nRUN x\nUSER 10001:10001\n" },
		{ "FROM a:1\nRUN x", "FROM a:1\nRUN x\nUSER 10001:10001" },
		{ "FROM a:1\r\nRUN x\r\n", "FROM a:1\r\nRUN x\r\nUSER 10001:10001\r\n" },
		{ "from a:1\nrun x\n", "from a:1\nrun x\nuser 10001:10001\n" },
		{ "FROM node:22-alpine\nRUN x\n", "FROM node:22-alpine\nRUN x\nUSER 1000:1000\n" },
		{ "FROM a:1\nUSER app\nRUN x\nUSER root\nCMD [\"y\"]\n",
		  "FROM a:1\nUSER app\nRUN x\nUSER 10001:10001\nCMD [\"y\"]\n" },
		{ "FROM a:1\nUSER root\nRUN x\n", "FROM a:1\nUSER root\nRUN x\nUSER 10001:10001\n" },
		{ "FROM a:1 AS b\nUSER root\nFROM b\nCMD [\"y\"]\n",
		  "FROM a:1 AS b\nUSER root\nFROM b\nUSER 10001:10001\nCMD [\"y\"]\n" },
		{ "FROM a:1\nRUN <<EOF\nx\nEOF", "FROM a:1\nRUN <<EOF\nx\nEOF\nUSER 10001:10001" },
		/* the line that is added waits for what is added to the last line, which has no end */
		{ "FROM a:1\nRUN apt-get update && apt-get install -y --no-install-recommends x=1",
		  "FROM a:1\nRUN apt-get update && apt-get install -y --no-install-recommends x=1 && rm -rf "
		  "/var/lib/apt/lists/*\nUSER 10001:10001" },
		{ "FROM a:1\nRUN true\nRUN <<EOF\nnever closed", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(credentials_become_secret_mounts)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nARG NPM_TOKEN\nRUN npm_login $NPM_TOKEN\nRUN other && x\nUSER 1\n",
		  "FROM a:1\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm_login $NPM_TOKEN\n"
		  "RUN other && x\nUSER 1\n" },
		/* nobody names it: any of them may read it */
		{ "FROM a:1\nRUN a && b\nARG NPM_TOKEN=x\nRUN c && d\nUSER 1\n",
		  "FROM a:1\nRUN a && b\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN c && d\nUSER 1\n" },
		/* but not what only moves files about */
		{ "FROM a:1\nARG NPM_TOKEN=x\nRUN mkdir /b && chmod 755 /b\nRUN c\nUSER 1\n",
		  "FROM a:1\nRUN mkdir /b && chmod 755 /b\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN c\nUSER 1\n" },
		{ "FROM a:1\nENV A=b DB_PASSWORD=hunter22x C=d\nUSER 1\n", "FROM a:1\nENV A=b C=d\nUSER 1\n" },
		{ "FROM a:1\nENV A=b \\\n    DB_PASSWORD=hunter22x\nUSER 1\n", "FROM a:1\nENV A=b\nUSER 1\n" },
		{ "FROM a:1\nENV A=b \\\n    DB_PASSWORD=hunter22x \\\n    # c\n    C=d\nUSER 1\n",
		  "FROM a:1\nENV A=b \\\n    # c\n    C=d\nUSER 1\n" },
		/* both go, one after the other: an ENV without arguments would not parse */
		{ "FROM a:1\nENV API_TOKEN=hunter22x DB_PASSWORD=hunter22x\nUSER 1\n", "FROM a:1\nUSER 1\n" },
		{ "FROM a:1\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\nRUN a \\\n  $NPM_TOKEN\nUSER 1\n",
		  "FROM a:1\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN a \\\n  $NPM_TOKEN\nUSER 1\n" },
		{ "FROM a:1 AS b\nARG NPM_TOKEN\nFROM b\nRUN x $NPM_TOKEN\nUSER 1\n",
		  "FROM a:1 AS b\nFROM b\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN x $NPM_TOKEN\nUSER 1\n" },
		{ "FROM a:1\nARG NPM_TOKEN\nLABEL x=$NPM_TOKEN\nUSER 1\n", NULL }, /* needed where no mount helps */
		{ "FROM a:1\nRUN mysql --password=hunter22x -e y\nUSER 1\n",
		  "FROM a:1\nRUN --mount=type=secret,id=password,env=PASSWORD mysql --password=\"$PASSWORD\" -e y\nUSER 1\n" },
		{ "FROM a:1\nRUN tool --api-key hunter22x1 y\nUSER 1\n",
		  "FROM a:1\nRUN --mount=type=secret,id=api_key,env=API_KEY tool --api-key \"$API_KEY\" y\nUSER 1\n" },
		{ "FROM a:1\nRUN [\"mysql\", \"--password=hunter22x\"]\nUSER 1\n", NULL },
		{ "FROM a:1\nCOPY .npmrc /root/\nRUN npm_x ci\nRUN rm /root/.npmrc\nUSER 1\n",
		  "FROM a:1\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm_x ci\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

#define RUN_ARG	  "\nFROM a:1\nARG NPM_TOKEN\nRUN npm_login $NPM_TOKEN\nUSER 1\n"
#define RUN_MOUNT "\nFROM a:1\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm_login $NPM_TOKEN\nUSER 1\n"

CASE(the_syntax_that_knows_env_is_asked_for)
{
	static const struct test_fix_row t[] = {
		{ "# syntax=docker/dockerfile:1" RUN_ARG, "# syntax=docker/dockerfile:1" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:1.4" RUN_ARG, "# syntax=docker/dockerfile:1.10" RUN_MOUNT },
		{ "# syntax = docker.io/docker/dockerfile:1.9.2" RUN_ARG,
		  "# syntax = docker.io/docker/dockerfile:1.10" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:1.3-labs" RUN_ARG, "# syntax=docker/dockerfile:1.10-labs" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:1.10.0" RUN_ARG, "# syntax=docker/dockerfile:1.10.0" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:1.12" RUN_ARG, "# syntax=docker/dockerfile:1.12" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:labs" RUN_ARG, "# syntax=docker/dockerfile:labs" RUN_MOUNT },
		{ "# syntax=example.com/dockerfile:1.4" RUN_ARG, "# syntax=example.com/dockerfile:1.4" RUN_MOUNT },
		{ "# syntax=docker/dockerfile:1.1-experimental" RUN_ARG, NULL },
		{ "# syntax=docker/dockerfile:1.4@sha256:"
		  "0000000000000000000000000000000000000000000000000000000000000000" RUN_ARG,
		  NULL },
		/* two variables, one line to raise */
		{ "# syntax=docker/dockerfile:1.4\nFROM a:1\nARG NPM_TOKEN\nARG GH_TOKEN\nRUN x $NPM_TOKEN $GH_TOKEN\nUSER 1\n",
		  "# syntax=docker/dockerfile:1.10\nFROM a:1\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN "
		  "--mount=type=secret,id=gh_token,env=GH_TOKEN x $NPM_TOKEN $GH_TOKEN\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(names_that_are_taken)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1 AS context\nFROM b:1\nCOPY --from=context /a /b\nUSER 1\n",
		  "FROM a:1 AS context-1\nFROM b:1\nCOPY --from=context-1 /a /b\nUSER 1\n" },
		{ "FROM a:1 AS scratch\nFROM b:1\nRUN --mount=from=scratch,target=/a x\nUSER 1\n",
		  "FROM a:1 AS scratch-1\nFROM b:1\nRUN --mount=from=scratch-1,target=/a x\nUSER 1\n" },
		{ "FROM a:1 AS scratch\nFROM scratch\nUSER 1\n", NULL },
		{ "FROM a:1 AS context\nFROM scratch\nCOPY --from=context /a /b\nUSER 1\n",
		  "FROM a:1 AS context-1\nFROM scratch\nCOPY --from=context-1 /a /b\nUSER 1\n" },
		{ "FROM a:1\nLABEL com.Example.Name=x\nUSER 1\n", "FROM a:1\nLABEL com.example.name=x\nUSER 1\n" },
		{ "FROM a:1\nLABEL Build..Version--=x a=b\nUSER 1\n", "FROM a:1\nLABEL build.version=x a=b\nUSER 1\n" },
		{ "FROM a:1\nLABEL Name=x name=y\nUSER 1\n", NULL },
		{ "FROM a:1\nLABEL com.docker.x=y\nUSER 1\n", NULL },
		{ "FROM a:1\nLABEL \"My Key\"=y\nUSER 1\n", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(verification_is_left_on)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN curl -k https://x.example/y\nUSER 1\n",
		  "FROM a:1\nRUN curl https://x.example/y\nUSER 1\n" },
		{ "FROM a:1\nRUN curl -fsSkL https://x.example/y\nUSER 1\n",
		  "FROM a:1\nRUN curl -fsSL https://x.example/y\nUSER 1\n" },
		{ "FROM a:1\nRUN curl \\\n    --insecure \\\n    -s https://x.example/y\nUSER 1\n",
		  "FROM a:1\nRUN curl \\\n    -s https://x.example/y\nUSER 1\n" },
		{ "FROM a:1\nRUN curl -s https://x.example/y \\\n    -k\nUSER 1\n",
		  "FROM a:1\nRUN curl -s https://x.example/y\nUSER 1\n" },
		{ "FROM a:1\nRUN pip install --no-cache-dir --trusted-host x.example y==1\nUSER 1\n",
		  "FROM a:1\nRUN pip install --no-cache-dir y==1\nUSER 1\n" },
		{ "FROM a:1\nRUN npm_x && npm config set strict-ssl false\nUSER 1\n",
		  "FROM a:1\nRUN npm_x && npm config set strict-ssl true\nUSER 1\n" },
		{ "FROM a:1\nRUN git -c http.sslVerify=false clone x\nUSER 1\n",
		  "FROM a:1\nRUN git -c http.sslVerify=true clone x\nUSER 1\n" },
		{ "FROM a:1\nRUN GIT_SSL_NO_VERIFY=1 git clone x\nUSER 1\n", "FROM a:1\nRUN git clone x\nUSER 1\n" },
		{ "FROM a:1\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nUSER 1\n", "FROM a:1\nUSER 1\n" },
		{ "FROM a:1\nENV A=1 NODE_TLS_REJECT_UNAUTHORIZED=0\nUSER 1\n", "FROM a:1\nENV A=1\nUSER 1\n" },
		{ "FROM a:1\nRUN [\"curl\", \"-k\", \"https://x.example/y\"]\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN <<EOF\ncurl -k https://x.example/y\nEOF\nUSER 1\n",
		  "FROM a:1\nRUN <<EOF\ncurl https://x.example/y\nEOF\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(narrower_modes)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN chmod -R 777 /x\nUSER 1\n", "FROM a:1\nRUN chmod -R 755 /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod 0666 /x\nUSER 1\n", "FROM a:1\nRUN chmod 0644 /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod a+rwx /x\nUSER 1\n", "FROM a:1\nRUN chmod u+rwx,go+rx /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod a+w /x\nUSER 1\n", "FROM a:1\nRUN chmod u+w /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod o+w /x\nUSER 1\n", "FROM a:1\nRUN chmod o-w /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod ugo=rwx /x\nUSER 1\n", "FROM a:1\nRUN chmod u=rwx,go=rx /x\nUSER 1\n" },
		{ "FROM a:1\nCOPY --chmod=777 a /b\nUSER 1\n", "FROM a:1\nCOPY --chmod=755 a /b\nUSER 1\n" },
		{ "FROM a:1\nRUN install -m 4755 a /b\nUSER 1\n", "FROM a:1\nRUN install -m 0755 a /b\nUSER 1\n" },
		{ "FROM a:1\nRUN mkdir --mode=777 /b\nUSER 1\n", "FROM a:1\nRUN mkdir --mode=755 /b\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod u+s /x\nUSER 1\n", "FROM a:1\nRUN chmod u-s /x\nUSER 1\n" },
		{ "FROM a:1\nRUN chmod ug+xs,o=r /x\nUSER 1\n", "FROM a:1\nRUN chmod ug+x,o=r /x\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(runs_are_joined)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN a\n\n# why\nRUN b\nUSER 1\n", "FROM a:1\nRUN a \\\n# why\n    && b\nUSER 1\n" },
		{ "FROM a:1\nRUN a\nRUN b\nRUN c\nUSER 1\n", "FROM a:1\nRUN a \\\n    && b \\\n    && c\nUSER 1\n" },
		{ "# escape=`\nFROM a:1\nRUN a\nRUN b\nUSER 1\n", "# escape=`\nFROM a:1\nRUN a `\n    && b\nUSER 1\n" },
		{ "FROM a:1\nRUN cd /x\nRUN b\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN a &\nRUN b\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN a # why\nRUN b\nUSER 1\n", "FROM a:1\nRUN a # why\nRUN b\nUSER 1\n" },
		{ "FROM a:1\nRUN a\n# hadolint ignore=DL3001\nRUN b\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN [\"a\"]\nRUN b\nUSER 1\n", NULL },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct test_fix_row row = t[i];
		if (row.after && strcmp(row.after, row.before) == 0)
			row.after = NULL;
		test_dockerfile_fixes(&row, 1, &usual, true);
	}
}

CASE(lists_are_refreshed_where_they_are_used)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nRUN apt-get update\nRUN apt-get install -y x=1\nUSER 1\n",
		  "FROM a:1\nRUN apt-get update \\\n    && apt-get install -y x=1 \\\n    && rm -rf /var/lib/apt/lists/*\nUSER 1\n" },
		{ "FROM a:1\nRUN apt-get update\nCOPY x /y\nRUN apt-get install -y x=1\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN npm ci\nUSER 1\n", "FROM a:1\nRUN npm ci && npm cache clean --force\nUSER 1\n" },
		{ "FROM a:1\nRUN mvn package\nUSER 1\n", NULL },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, false);
}

CASE(pipes_fail_with_their_parts)
{
	static const struct test_fix_row t[] = {
		{ "FROM alpine:3.20\nRUN a | b\nRUN c | d\nUSER 1\n",
		  "FROM alpine:3.20\nSHELL [\"/bin/ash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nRUN c | d\nUSER 1\n" },
		{ "FROM debian:12-slim\nRUN x && y\nRUN a | b\nUSER 1\n",
		  "FROM debian:12-slim\nRUN x && y\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\nUSER 1\n" },
		{ "FROM debian:12-slim\nSHELL [\"/bin/bash\", \"-c\"]\nRUN a | b\nUSER 1\n",
		  "FROM debian:12-slim\nSHELL [\"/bin/bash\", \"-c\"]\nRUN set -o pipefail && a | b\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(folders)
{
	static const struct test_fix_row t[] = {
		{ "FROM a:1\nWORKDIR app\nUSER 1\n", "FROM a:1\nWORKDIR /app\nUSER 1\n" },
		{ "FROM a:1\nWORKDIR /w\nRUN cd /x && make\nRUN y && z\nUSER 1\n",
		  "FROM a:1\nWORKDIR /w\nWORKDIR /x\nRUN make\nWORKDIR /w\nRUN y && z\nUSER 1\n" },
		{ "FROM a:1\nWORKDIR $W\nRUN cd /x && make\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN x && cd /y && make\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN cd /x && \\\n  # why\n  make\nUSER 1\n", NULL },
		{ "FROM a:1\nCOPY x .\nUSER 1\n", "FROM a:1\nWORKDIR /\nCOPY x .\nUSER 1\n" },
		{ "FROM a:1\nRUN ln -sf /bin/bash /bin/sh\nUSER 1\n",
		  "FROM a:1\nSHELL [\"/bin/bash\", \"-c\"]\nUSER 1\n" },
	};
	test_dockerfile_fixes(t, STK_LEN(t), &usual, true);
}

CASE(stages_and_names)
{
	static const struct test_fix_row unsafe[] = {
		{ "FROM a:1 AS x\nFROM b:1\nCOPY --from=x a /b\nFROM c:1 AS x\nUSER 1\n",
		  "FROM a:1 AS x-1\nFROM b:1\nCOPY --from=x-1 a /b\nFROM c:1 AS x\nUSER 1\n" },
		{ "FROM a:1 AS x\nFROM b:1\nRUN --mount=type=bind,from=x,target=/y z && w\nFROM c:1 AS x\nUSER 1\n",
		  "FROM a:1 AS x-1\nFROM b:1\nRUN --mount=type=bind,from=x-1,target=/y z && w\nFROM c:1 AS x\nUSER 1\n" },
		{ "FROM a:1 AS build\nFROM b:1\nCOPY --from=biuld a /b\nUSER 1\n",
		  "FROM a:1 AS build\nFROM b:1\nCOPY --from=build a /b\nUSER 1\n" },
		{ "FROM --platform=linux/amd64 a:1\nUSER 1\n", "FROM a:1\nUSER 1\n" },
		{ "ARG V=1\nFROM a:1\nLABEL x=$V\nUSER 1\n", "ARG V=1\nFROM a:1\nARG V\nLABEL x=$V\nUSER 1\n" },
		{ "FROM a:1\nONBUILD FROM b:1\nUSER 1\n", "FROM a:1\nUSER 1\n" },
		{ "FROM a:1\nENV A=/x B=$A/y\nUSER 1\n", "FROM a:1\nENV A=/x\nENV B=$A/y\nUSER 1\n" },
		{ "FROM a:1\nCPOY x /y\nUSER 1\n", "FROM a:1\nCOPY x /y\nUSER 1\n" },
		{ "FROM a:1\nCOPY --form=b x /y\nUSER 1\n", "FROM a:1\nCOPY --from=b x /y\nUSER 1\n" },
		{ "FROM a:1\nEXPOSE 80 22\nUSER 1\n", "FROM a:1\nEXPOSE 80\nUSER 1\n" },
		{ "FROM python:3.12-bookworm\nUSER 1\n", "FROM python:3.12-slim-bookworm\nUSER 1\n" },
		{ "FROM debian:bookworm\nUSER 1\n", "FROM debian:bookworm-slim\nUSER 1\n" },
		{ "FROM node:latest\nUSER 1\n", NULL },
	};
	static const struct test_fix_row safe[] = {
		{ "FROM a:1 AS x\nFROM x AS y\nFROM c:1 AS X\nUSER 1\n",
		  "FROM a:1 AS x-1\nFROM x-1 AS y\nFROM c:1 AS x\nUSER 1\n" },
		{ "FROM a:1 AS x\nFROM b:1\nCOPY --from=x a /b\nFROM c:1 AS x\nUSER 1\n", NULL },
		{ "FROM a:1\nRUN useradd -u 1234 app\nUSER app:staff\n",
		  "FROM a:1\nRUN useradd -u 1234 app\nUSER 1234:staff\n" },
		{ "FROM a:1\nUSER app\n", NULL },
	};
	test_dockerfile_fixes(unsafe, STK_LEN(unsafe), &usual, true);
	test_dockerfile_fixes(safe, STK_LEN(safe), &usual, false);
}

/* Every finding looks at every instruction: what that may cost is bounded, for memory too. */
CASE(a_hostile_file_stays_cheap)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(4));
	stk_buf_add(&text, S("FROM a:1\nARG T_TOKEN\n"));
	for (int i = 0; i < 2000; i++)
		stk_buf_printf(&text, "ENV A%d_TOKEN=x\nRUN npm login --token $T_TOKEN\n", i);
	struct stk_report *report = test_dockerfile_check(&arena, stk_arena_str(&arena, stk_buf_str(&text)).p, &usual);
	size_t edits = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		edits += report->findings.v[i].fix ? report->findings.v[i].fix->edits.n : 0;
	assert_true(report->findings.n > 2000 && edits > 0 && edits < 1000000);
}
