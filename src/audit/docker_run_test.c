/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>

#include "audit/docker_run.h"
#include "text/yaml.h"

static struct stk_docker_run parse(struct stk_arena *arena, const char *line)
{
	static char text[1024];
	static char *words[64];
	size_t n = 0;
	struct stk_err err;
	struct stk_docker_run run;
	snprintf(text, sizeof(text), "%s", line);
	for (char *rest = text, *word; (word = strsep(&rest, " "));)
		words[n++] = word;
	if (stk_docker_run_parse(arena, words, n, &run, &err) < 0)
		fail_msg("%s", err.msg);
	return run;
}

static struct stk_str written(struct stk_arena *arena, const struct stk_docker_run *run)
{
	STK_BUF out = stk_buf_new(65536);
	stk_docker_run_write(&out, run);
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(every_form_of_options_is_read)
{
	STK_ARENA arena = { 0 };
	struct stk_docker_run run = parse(
		&arena,
		"sudo docker container run -itd -p8080:80 --name=web -e A=b --net host --read-only=false nginx -g x");
	assert_str(
		written(&arena, &run),
		"sudo docker container run \\\n  --interactive \\\n  --tty \\\n  --detach \\\n  --publish=8080:80 \\\n"
		"  --name=web \\\n  --env=A=b \\\n  --network=host \\\n  nginx -g x\n");
}

CASE(hardening_twice_changes_nothing)
{
	static const char *const lines[] = {
		"docker run nginx",
		"docker run -d --privileged --pid=host -v /var/run/docker.sock:/s -p 80:80 -p 0.0.0.0:1:1 -p 5000 --restart always --pids-limit -1 -u 0 x:latest",
		"docker run --cap-drop all --security-opt no-new-privileges --read-only --tmpfs /tmp -u 1 -m 1g --cpus 2 --pids-limit 9 --log-opt max-size=1m x:1",
	};
	for (size_t i = 0; i < STK_LEN(lines); i++)
		for (int unsafe = 0; unsafe < 2; unsafe++) {
			STK_ARENA arena = { 0 };
			struct stk_run_notes first = { 0 }, second = { 0 };
			struct stk_docker_run run = parse(&arena, lines[i]);
			stk_docker_run_harden(&arena, &run, unsafe, &first);
			struct stk_str once = written(&arena, &run);
			stk_docker_run_harden(&arena, &run, unsafe, &second);
			assert_str(written(&arena, &run), once.p);
			for (size_t k = 0; k < second.n; k++)
				assert_int_equal(second.v[k].kind, STK_RUN_LEFT);
		}
}

CASE(what_is_added_and_changed)
{
	STK_ARENA arena = { 0 };
	struct stk_run_notes notes = { 0 };
	struct stk_docker_run run = parse(&arena, "docker run --privileged -p 8080:80 -p 5000 x:1");
	stk_docker_run_harden(&arena, &run, true, &notes);
	struct stk_str text = written(&arena, &run);
	assert_true(stk_str_contains(text, S("--publish=127.0.0.1:8080:80")));
	assert_true(stk_str_contains(text, S("--publish=127.0.0.1::5000")));
	assert_true(stk_str_contains(text, S("--cap-drop=ALL")));
	assert_false(stk_str_contains(text, S("--privileged")));
}

CASE(a_compose_service_that_parses)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(65536);
	struct stk_err err;
	struct stk_yaml_documents documents = { 0 };
	struct stk_docker_run run = parse(
		&arena,
		"docker run -d --name web -p 80:80 --network front --log-opt max-size=1m --blkio-weight 3 -e A=1 r/x:1 run it");
	stk_docker_run_compose(&out, &run);
	assert_int_equal(stk_yaml_parse(&arena, stk_buf_str(&out), &documents, &err), 0);
	const struct stk_yaml *web = stk_yaml_get(stk_yaml_get(documents.v[0], "services"), "web");
	assert_str(stk_yaml_str(web, "image"), "r/x:1");
	assert_str(stk_yaml_get(web, "ports")->items[0].text, "80:80");
	assert_str(stk_yaml_str(stk_yaml_get(stk_yaml_get(web, "logging"), "options"), "max-size"), "1m");
	assert_str(stk_yaml_get(web, "networks")->keys[0].text, "front");
	assert_true(stk_str_contains(stk_buf_str(&out), S("# no key of Compose for --blkio-weight=3")));
}

CASE(mistakes_are_named)
{
	static const struct {
		char *words[4];
		size_t n;
		const char *message;
	} t[] = {
		{ { "docker", "run" }, 2, "the command names no image" },
		{ { "docker", "run", "-Z", "x" }, 4, "docker run has no option -Z" },
		{ { "docker", "run", "--name" }, 3, "option --name needs a value" },
		{ { "ls", "-l" }, 2, "not a \"docker run\" command" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err;
		struct stk_docker_run run;
		assert_int_equal(stk_docker_run_parse(&arena, t[i].words, t[i].n, &run, &err), -1);
		assert_string_equal(err.msg, t[i].message);
	}
}
