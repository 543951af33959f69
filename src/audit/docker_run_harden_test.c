/* SPDX-License-Identifier: Apache-2.0 */
/* Each measure that makes a `docker run` command harder: what is typed, what stands there afterwards, what stands no
 * longer. */
#include "audit/docker_run.h"
#include "test.h"
#include "text/yaml.h"

static struct stk_docker_run parse(struct stk_arena *arena, const char *line)
{
	char **words = STK_NEW(arena, char *, 64);
	size_t n = 0;
	struct stk_err err;
	struct stk_docker_run run;
	for (struct stk_str rest = stk_str_from(line); rest.n;)
		words[n++] = (char *)stk_arena_str(arena, stk_str_cut(&rest, ' ')).p;
	if (stk_docker_run_parse(arena, words, n, &run, &err) < 0)
		fail_msg("%s: %s", line, err.msg);
	return run;
}

static struct stk_str hardened(struct stk_arena *arena, const char *line, bool unsafe, struct stk_run_notes *notes)
{
	STK_BUF out = stk_buf_new(65536);
	struct stk_docker_run run = parse(arena, line);
	stk_docker_run_harden(arena, &run, unsafe, notes);
	stk_docker_run_write(&out, &run);
	return stk_arena_str(arena, stk_buf_str(&out));
}

static bool left(const struct stk_run_notes *notes, const char *what)
{
	for (size_t i = 0; i < notes->n; i++)
		if (notes->v[i].kind == STK_RUN_LEFT && stk_str_contains(notes->v[i].what, stk_str_from(what)))
			return true;
	return false;
}

CASE(measures)
{
	static const struct {
		const char *options;
		bool unsafe;
		const char *there, *gone, *left;
	} t[] = {
		/* Doors: taken out when asked for, else named. */
		{ "--privileged", false, "--privileged", "--cap-drop", "--privileged" },
		{ "--privileged", true, "--cap-drop=ALL", "--privileged", NULL },
		{ "--pid=host", true, "", "--pid=", NULL },
		{ "--network host", false, "--network=host", NULL, "--network=host" },
		{ "--network mine", true, "--network=mine", NULL, NULL },
		{ "--security-opt seccomp:unconfined", true, "", "seccomp", NULL },
		{ "--security-opt seccomp=profile.json", true, "seccomp=profile.json", NULL, NULL },
		/* Capabilities */
		{ "", false, "--cap-drop=ALL", NULL, NULL },
		{ "--cap-drop all", false, "--cap-drop=all", "--cap-drop=ALL", NULL },
		{ "--cap-add SYS_ADMIN", false, "--cap-add=SYS_ADMIN", NULL, "--cap-add=SYS_ADMIN" },
		{ "--security-opt no-new-privileges", false, "--security-opt=no-new-privileges",
		  "no-new-privileges:true", NULL },
		{ "--security-opt no-new-privileges=false", false, "no-new-privileges:true", NULL, NULL },
		/* Limits */
		{ "", false, "--memory=512m", NULL, NULL },
		{ "-m 2g", false, "--memory=2g", "512m", NULL },
		{ "--pids-limit -1", false, "--pids-limit=512", "-1", NULL },
		{ "--cpu-quota 5000", false, "--cpu-quota=5000", "--cpus", NULL },
		/* Ports */
		{ "-p 8080:80", false, "--publish=127.0.0.1:8080:80", NULL, NULL },
		{ "-p 0.0.0.0:8080:80/udp", false, "--publish=127.0.0.1:8080:80/udp", "0.0.0.0", NULL },
		{ "-p [::]:8080:80", false, "--publish='[::1]:8080:80'", "[::]:", NULL },
		{ "-p 80", false, "--publish=127.0.0.1::80", NULL, NULL },
		{ "-p 192.168.1.5:8080:80", false, "--publish=192.168.1.5:8080:80", "127.0.0.1", NULL },
		{ "-P", false, "--publish-all", NULL, "--publish-all" },
		/* Restarts, logs */
		{ "--restart always", false, "--restart=on-failure:5", "always", NULL },
		{ "--restart unless-stopped", false, "--restart=unless-stopped", "on-failure", NULL },
		{ "", false, "--log-opt=max-size=10m", NULL, NULL },
		{ "--log-opt max-size=1m", false, "--log-opt=max-size=1m", "max-size=10m", NULL },
		{ "--log-driver none", false, "--log-driver=none", "max-size", "--log-driver=none" },
		{ "--log-driver syslog", false, "--log-driver=syslog", "max-size", NULL },
		/* User and root file system */
		{ "", false, "", "--user", "no --user" },
		{ "", true, "--user=10001:10001", NULL, NULL },
		{ "-u 0:5", true, "--user=10001:10001", "0:5", NULL },
		{ "-u 1000", true, "--user=1000", "10001", NULL },
		{ "", true, "--read-only", NULL, NULL },
		{ "", false, "", "--read-only", "writable root" },
		/* What a person has to decide */
		{ "-v /var/run/docker.sock:/s:ro", true, "--volume=/var/run/docker.sock:/s:ro", NULL, "docker.sock" },
		{ "--mount type=bind,src=/run,dst=/x", true, "", NULL, "src=/run" },
		{ "-v data:/var/run/docker.sock.d", true, "", NULL, NULL },
		{ "-e DB_PASSWORD=x", false, "--env=DB_PASSWORD=x", NULL, "--env=DB_PASSWORD=\xe2\x80\xa6" },
		{ "-e DB_PASSWORD_FILE=/x", false, "--env=DB_PASSWORD_FILE=/x", NULL, NULL },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_run_notes notes = { 0 };
		struct stk_str line =
			stk_arena_printf(&arena, "docker run%s%s img:1", *t[i].options ? " " : "", t[i].options);
		struct stk_str text = hardened(&arena, line.p, t[i].unsafe, &notes);
		if (!stk_str_contains(text, stk_str_from(t[i].there)))
			fail_msg("%s lacks %s:\n" STK_FMT, line.p, t[i].there, STK_ARG(text));
		if (t[i].gone && stk_str_contains(text, stk_str_from(t[i].gone)))
			fail_msg("%s still has %s:\n" STK_FMT, line.p, t[i].gone, STK_ARG(text));
		if (t[i].left && !left(&notes, t[i].left))
			fail_msg("%s: nothing is said of %s", line.p, t[i].left);
	}
}

CASE(images_that_change)
{
	static const struct {
		const char *image;
		bool told;
	} t[] = {
		{ "nginx", true },
		{ "nginx:latest", true },
		{ "reg:5000/nginx", true },
		{ "nginx:1.27", false },
		{ "reg:5000/nginx:1", false },
		{ "nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_run_notes notes = { 0 };
		hardened(&arena, stk_arena_printf(&arena, "docker run %s", t[i].image).p, false, &notes);
		if (left(&notes, t[i].image) != t[i].told)
			fail_msg("%s", t[i].image);
	}
}

/* Whatever stands in a value, the Compose file has it as a value and as nothing else. */
CASE(hostile_values_stay_values)
{
	static const char *const values[] = { "a: b", "x\ny: z", "# no", "'\"", "{}", "a\\", "\x1b[31m", "true" };
	for (size_t i = 0; i < STK_LEN(values); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF out = stk_buf_new(65536);
		struct stk_err err;
		struct stk_yaml_documents documents = { 0 };
		struct stk_str v = stk_str_from(values[i]);
		const struct {
			const char *option;
			const char *format;
		} options[] = {
			{ "--user", "%s" },	    { "--env", "A=%s" },
			{ "--log-opt", "%s=1" },    { "--network", "container:%s" },
			{ "--blkio-weight", "%s" },
		};
		char *words[2 + 2 * STK_LEN(options) + 2] = { "docker", "run" };
		size_t n = 2;
		for (size_t k = 0; k < STK_LEN(options); k++) {
			struct stk_str before = stk_str_from(options[k].format), rest = before,
				       head = stk_str_cut(&rest, '%');
			words[n++] = (char *)options[k].option;
			words[n++] = (char *)stk_arena_printf(&arena, STK_FMT "%s" STK_FMT, STK_ARG(head), values[i],
							      STK_ARG(stk_str_slice(rest, 1, rest.n)))
					     .p;
		}
		words[n++] = "img:1";
		struct stk_docker_run run;
		assert_int_equal(stk_docker_run_parse(&arena, words, n, &run, &err), 0);
		stk_docker_run_compose(&out, &run);
		if (stk_yaml_parse(&arena, stk_buf_str(&out), &documents, &err) < 0)
			fail_msg("%s: %s\n" STK_FMT, values[i], err.msg, STK_ARG(stk_buf_str(&out)));
		const struct stk_yaml *service = stk_yaml_get(stk_yaml_get(documents.v[0], "services"), "img");
		assert_non_null(service);
		if (service->n != 5) /* image, user, environment, network_mode, logging */
			fail_msg("%s makes %zu keys:\n" STK_FMT, values[i], service->n, STK_ARG(stk_buf_str(&out)));
		assert_true(stk_str_eq(stk_yaml_str(service, "user"), v));
		assert_true(stk_str_eq(stk_yaml_get(stk_yaml_get(service, "logging"), "options")->keys[0].text, v));
		assert_true(stk_str_ends(stk_yaml_str(service, "network_mode"), v));
	}
}
