/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule fires for its bad example and not for its good one, on top of a service that no rule complains about; and
 * rows by hand for what depends on context.
 */
#include "project.h"
#include "test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "compose/check.h"

static const struct {
	const char *key, *line;
} hardened[] = {
	{ "image", "image: example.com/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "user", "user: \"10001:10001\"" },
	{ "read_only", "read_only: true" },
	{ "cap_drop", "cap_drop: [ALL]" },
	{ "security_opt", "security_opt: [\"no-new-privileges:true\"]" },
	{ "mem_limit", "mem_limit: 512m" },
	{ "cpus", "cpus: 1.0" },
	{ "pids_limit", "pids_limit: 512" },
	{ "restart", "restart: on-failure:5" },
	{ "healthcheck", "healthcheck: {test: [CMD, /check]}" },
	{ "logging", "logging: {driver: json-file, options: {max-size: 10m, max-file: \"3\"}}" },
	{ "ulimits", "ulimits: {nofile: 1024}" },
};

/* Where an example stands, when not among the keys of the one service. */
struct frame {
	const char *id;
	const char *without; /* keys that the service then lacks: "mem_limit cpus" */
	const char *before;  /* lines in front of "services:" */
	const char *inside;  /* lines of the service in front of the example */
	const char *after;   /* lines behind the services; the example follows when indent is not 4 */
	unsigned indent;     /* of the example, 0: 4 */
	bool top;	     /* the example stands behind `after` */
	bool twice;	     /* a second service says the same */
};

static bool has_key(const char *snippet, const char *key)
{
	for (struct stk_str rest = stk_str_from(snippet); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest);
		if (stk_str_starts(line, stk_str_from(key)) && line.n > strlen(key) && line.p[strlen(key)] == ':')
			return true;
	}
	return false;
}

static void put_indented(struct stk_buf *out, const char *text, unsigned spaces)
{
	for (struct stk_str rest = stk_str_from(text); rest.n;) {
		stk_buf_repeat(out, ' ', spaces);
		stk_buf_add(out, stk_str_cut_line(&rest));
		stk_buf_byte(out, '\n');
	}
}

static void put_service(struct stk_buf *out, const char *name, const char *snippet, const struct frame *frame)
{
	stk_buf_printf(out, "  %s:\n", name);
	for (size_t i = 0; i < STK_LEN(hardened); i++)
		if (!stk_is_one_of(stk_str_from(hardened[i].key), frame->without) &&
		    (frame->top || frame->indent || !has_key(snippet, hardened[i].key)))
			put_indented(out, hardened[i].line, 4);
	put_indented(out, frame->inside, 4);
	if (!frame->top)
		put_indented(out, snippet, frame->indent ? frame->indent : 4);
}

static const char *project_of(struct stk_arena *arena, const char *snippet, const struct frame *frame)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	put_indented(&out, frame->before, 0);
	stk_buf_add(&out, S("services:\n"));
	put_service(&out, "web", snippet, frame);
	if (frame->twice)
		put_service(&out, "web2", snippet, frame);
	put_indented(&out, frame->after, 0);
	if (frame->top)
		put_indented(&out, snippet, frame->indent);
	return stk_arena_str(arena, stk_buf_str(&out)).p;
}

static bool file_facts(void *context, struct stk_str path, struct stk_compose_file *out)
{
	(void)context;
	*out = (struct stk_compose_file){ .exists = !stk_str_ends(path, S("/confg")), .mode = 0600 };
	out->tracked = stk_str_ends(path, S(".env"));
	if (stk_str_ends(path, S("open.key")))
		out->mode = 0644;
	return true;
}

static bool image_facts(void *context, struct stk_str image, struct stk_compose_image *out)
{
	(void)context;
	*out = (struct stk_compose_image){ .user = stk_str_starts(image, S("rootless")) ? S("1000") : S("") };
	out->has_healthcheck = stk_str_starts(image, S("healthy"));
	return !stk_str_starts(image, S("absent"));
}

static struct stk_report *check(struct stk_arena *arena, const char *files, const char *trusted)
{
	static const char *const environment[] = { "HOME=/root", "DB_PASSWORD=q8-Zm2", NULL };
	struct stk_compose_options options = { .environment = environment };
	struct stk_compose_check check = { .file = file_facts, .image = image_facts };
	if (trusted)
		*STK_PUSH(arena, &check.trusted_registries) = stk_str_from(trusted);
	return test_report(arena, files, &options, check);
}

/* The ids that fired, in their order, each once: "CMP-101 CMP-118". */
static struct stk_str fired(struct stk_arena *arena, const struct stk_report *report)
{
	struct stk_strs ids = { 0 };
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < report->findings.n; i++)
		if (!stk_strs_has(&ids, report->findings.v[i].id))
			*STK_PUSH(arena, &ids) = report->findings.v[i].id;
	stk_strs_sort(&ids);
	for (size_t i = 0; i < ids.n; i++)
		stk_buf_printf(&out, "%s" STK_FMT, i ? " " : "", STK_ARG(ids.v[i]));
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(a_hardened_service_is_left_alone)
{
	STK_ARENA arena = { 0 };
	static const struct frame none = { 0 };
	assert_str(fired(&arena, check(&arena, project_of(&arena, "", &none), NULL)), "");
}

static const struct frame frames[] = {
	{ "CMP-104", .without = "cap_drop" },
	{ "CMP-105", .without = "security_opt" },
	{ "CMP-120", .without = "read_only" },
	{ "CMP-207", .after = "volumes: {data: }", .twice = true },
	{ "CMP-211", .after = "  app: {image: i}" },
	{ "CMP-302", .without = "" },
	{ "CMP-305", .twice = true },
	{ "CMP-308", .inside = "networks: [back]", .top = true },
	{ "CMP-309", .inside = "ports: [\"8080:80\"]", .after = "  db: {image: \"postgres:16\"}" },
	{ "CMP-310", .inside = "networks: [back]", .after = "networks:\n  back:", .top = true, .indent = 4 },
	{ "CMP-401", .without = "mem_limit" },
	{ "CMP-402", .without = "cpus" },
	{ "CMP-403", .without = "pids_limit" },
	{ "CMP-406", .without = "healthcheck" },
	{ "CMP-601", .after = "secrets: {db_password: {file: db_password}}" },
	{ "CMP-602", .inside = "environment:", .indent = 6 },
	{ "CMP-603", .after = "%% .env\nDB_PASSWORD=q8-Zm2" },
	{ "CMP-604", .inside = "configs: [app]", .top = true },
	{ "CMP-606", .after = "secrets: {key: {file: key}}" },
	{ "CMP-701", .twice = true },
	{ "CMP-702", .top = true },
	{ "CMP-704", .without = "mem_limit cpus pids_limit", .after = "version: \"3.8\"" },
	{ "CMP-706", .without = "security_opt",
	  .before = "x-hard: &hardening {security_opt: [\"no-new-privileges:true\"]}" },
};

static const struct frame *frame_of(const char *id)
{
	static const struct frame usual = { 0 };
	for (size_t i = 0; i < STK_LEN(frames); i++)
		if (strcmp(frames[i].id, id) == 0)
			return &frames[i];
	return &usual;
}

static bool fires(struct stk_arena *arena, const struct stk_rule *rule, const char *example, bool with_keys)
{
	struct frame frame = *frame_of(rule->id);
	if (!with_keys)
		frame.without = "";
	const char *files = project_of(arena, example, &frame);
	const struct stk_report *report = check(arena, files, "docker.io");
	for (size_t i = 0; i < report->findings.n; i++)
		if (report->findings.v[i].rule == rule)
			return true;
	return false;
}

CASE(every_rule_fires_for_its_bad_example_and_not_for_its_good_one)
{
	size_t failed = 0, rules = 0;
	for (size_t t = 0; t < stk_n_compose_tables; t++)
		for (size_t i = 0; i < stk_compose_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_compose_tables[t]->rows[i];
			STK_ARENA arena = { 0 };
			rules++;
			if (!rule->bad || !fires(&arena, rule, rule->bad, true)) {
				failed++;
				print_error("%s does not fire for its bad example\n", rule->id);
			}
			if (rule->good && fires(&arena, rule, rule->good, false)) {
				failed++;
				print_error("%s fires for its good example\n", rule->id);
			}
		}
	assert_true(rules > 80);
	assert_int_equal(failed, 0);
}

/* What a service says on top of the hardened one, and the one finding of the rule: its severity, or NULL for none. */
static const struct {
	const char *id, *snippet, *severity;
} by_context[] = {
	{ "CMP-101", "privileged: false", NULL },
	{ "CMP-101", "privileged: ${P:-true}", "critical" },
	{ "CMP-102", "cap_add: [cap_sys_admin]", "high" },
	{ "CMP-102", "cap_add: [all]", "high" },
	{ "CMP-102", "cap_add: [CHOWN]", NULL },
	{ "CMP-103", "cap_add: [CHOWN]", NULL }, /* one of Docker's defaults */
	{ "CMP-103", "cap_add: [SYS_ADMIN]", NULL },
	{ "CMP-103", "cap_add: [WAKE_ALARM]", "low" },
	{ "CMP-105", "security_opt: [no-new-privileges]", NULL },
	{ "CMP-105", "security_opt: [\"no-new-privileges=true\"]", NULL },
	{ "CMP-105", "security_opt: [\"no-new-privileges:false\"]", "medium" },
	{ "CMP-106", "security_opt: [\"no-new-privileges:true\", \"seccomp=unconfined\"]", "high" },
	{ "CMP-106", "security_opt: [\"no-new-privileges:true\", \"seccomp:./profile.json\"]", NULL },
	{ "CMP-108", "security_opt: [\"no-new-privileges:true\", \"label=type:spc_t\"]", "medium" },
	{ "CMP-111", "ipc: shareable", "info" },
	{ "CMP-111", "ipc: private", NULL },
	{ "CMP-118", "user: \"0:1000\"", "high" },
	{ "CMP-118", "user: \"1000:0\"", NULL },
	{ "CMP-121", "devices: [/dev/ttyUSB0]", "low" },
	{ "CMP-121", "devices: [/dev/mem]", "high" },
	{ "CMP-123", "oom_score_adj: -500", "medium" },
	{ "CMP-123", "oom_score_adj: 500", NULL },
	{ "CMP-124", "sysctls: {net.ipv4.ip_unprivileged_port_start: 0}", NULL },
	{ "CMP-124", "sysctls: {kernel.msgmax: 1}", "low" },
	{ "CMP-126", "runtime: runsc", NULL },
	/* Read-only does not help; worst where somebody reaches the program. */
	{ "CMP-201", "volumes: [\"/var/run/docker.sock:/s:ro\"]", "high" },
	{ "CMP-201", "ports: [\"80:80\"]\nvolumes: [\"/var/run/docker.sock:/s:ro\"]", "critical" },
	{ "CMP-201", "ports: [\"127.0.0.1:80:80\"]\nvolumes: [\"/var/run/docker.sock:/s\"]", "high" },
	{ "CMP-201", "volumes: [{type: bind, source: /run/containerd/containerd.sock, target: /s}]", "high" },
	{ "CMP-201", "volumes: [\"/run:/host\"]", "high" },
	{ "CMP-201", "volumes: [/var/run/docker.sock]", NULL }, /* an anonymous volume */
	{ "CMP-203", "volumes: [\"/etc:/h:ro\"]", "medium" },
	{ "CMP-203", "volumes: [\"/etc:/h\"]", "high" },
	{ "CMP-203", "volumes: [\"/etc/localtime:/etc/localtime:ro\"]", NULL },
	{ "CMP-203", "volumes: [\"/etcetera:/h\"]", NULL },
	{ "CMP-203", "volumes: [\"/varnish:/h\"]", NULL },
	/* Paths are judged as the engine resolves them. */
	{ "CMP-203", "volumes: [\"/srv/../etc:/h\"]", "high" },
	{ "CMP-203", "volumes: [\"/etc/:/h\"]", "high" },
	{ "CMP-203", "volumes: [\"//etc/./ssl/:/h\"]", "high" },
	{ "CMP-203", "volumes: [\"/etc/../srv/x:/h\"]", NULL },
	{ "CMP-203", "volumes: [\"../etc:/h\"]", "high" }, /* from /p */
	{ "CMP-203", "volumes: [{type: bind, source: /usr/../var/lib/, target: /h}]", "high" },
	{ "CMP-203", "volumes: [\"~/../etc/passwd:/h:ro\"]", "medium" },
	{ "CMP-201", "volumes: [\"/etc/../run/:/h\"]", "high" },
	{ "CMP-201", "volumes: [\"/run/user/1000:/h\"]", "high" },
	{ "CMP-201", "volumes: [\"/run/user/1000/app:/h\"]", NULL },
	{ "CMP-201", "volumes: [\"/var/run/containerd/:/h\"]", "high" },
	{ "CMP-201", "volumes: [\"/run/app:/h\"]", NULL },
	{ "CMP-204", "volumes: [\"~/x/../.ssh/:/h\"]", "high" },
	{ "CMP-204", "volumes: [\"${HOME}/.aws:/h:ro\"]", "high" },
	{ "CMP-204", "volumes: [\"/srv/.sshd:/h\"]", NULL },
	{ "CMP-204", "volumes: [\"./sub/..:/h\"]", "medium" },
	{ "CMP-204", "volumes: [\"./sub/..:/h:ro\"]", NULL },
	{ "CMP-204", "volumes: [\"/home/u/:/h\"]", "high" },
	{ "CMP-205", "volumes: [\"/data:/d:rshared\"]", "high" },
	{ "CMP-205", "volumes: [\"/data:/d:rslave\"]", "low" },
	{ "CMP-205", "volumes: [\"/data:/d:rprivate\"]", NULL },
	{ "CMP-206", "volumes: [\"/data:/d:z\"]", NULL },
	{ "CMP-301", "ports: [\"[::1]:80:80\"]", NULL },
	{ "CMP-301", "ports: [\"0.0.0.0:80:80\"]", "low" }, /* what is served to everybody */
	{ "CMP-301", "ports: [\"0.0.0.0:8080:3000\"]", "medium" },
	{ "CMP-301", "ports: [{target: 80, published: 8080, host_ip: 127.0.0.1}]", NULL },
	{ "CMP-302", "ports: [\"8080:5432\"]", "high" },
	{ "CMP-302", "ports: [\"8080:80\"]", NULL },
	{ "CMP-303", "ports: [\"80:80\", \"443:443\"]", NULL },
	{ "CMP-303", "ports: [\"8080:80\"]", NULL },
	{ "CMP-304", "ports: [\"8000-8010:8000-8010\"]", NULL },
	{ "CMP-306", "ports: [8080:80]", NULL },
	{ "CMP-401", "deploy: {resources: {limits: {memory: 512m}}}", NULL },
	{ "CMP-403", "pids_limit: -1", "medium" },
	{ "CMP-405", "restart: on-failure:6", "low" },
	{ "CMP-405", "restart: always", "info" },
	{ "CMP-406", "healthcheck: {disable: true}", "medium" },
	{ "CMP-406", "healthcheck: {test: [NONE]}", "medium" },
	{ "CMP-407", "logging: {driver: json-file}", "low" },
	{ "CMP-407", "logging: {driver: none}", "medium" },
	{ "CMP-501", "image: nginx:stable", "medium" },
	{ "CMP-501", "image: nginx:1.27", NULL },
	{ "CMP-601", "environment: [DB_PASSWORD]", NULL },
	{ "CMP-601", "environment: {DB_PASSWORD: \"${DB_PASSWORD}\"}", NULL },
	{ "CMP-601", "environment: {DB_PASSWORD_FILE: /run/secrets/p}", NULL },
	{ "CMP-601", "environment: {DB_PASSWORD: q8-Zm2-77aK}", "high" },
	{ "CMP-601", "environment: {DATABASE_URL: \"postgres://app:q8-Zm2@db/app\"}", "critical" },
	{ "CMP-602", "environment: {DB_PASSWORD: \"${DB_PASSWORD-}\"}", NULL },
	{ "CMP-605", "command: [\"psql\", \"postgres://u:s3cr3t@db/x\"]", "high" },
	{ "CMP-609", "environment: {DOCKER_HOST: \"tcp://dind:2375\"}", "medium" },
	{ "CMP-609", "environment: {DOCKER_HOST: \"unix:///run/docker.sock\"}", NULL },
};

CASE(severity_depends_on_context)
{
	static const struct frame none = { 0 };
	size_t failed = 0;
	for (size_t i = 0; i < STK_LEN(by_context); i++) {
		STK_ARENA arena = { 0 };
		const char *got = NULL;
		struct frame frame = none;
		if (strcmp(by_context[i].id, "CMP-401") == 0)
			frame.without = "mem_limit cpus pids_limit";
		const struct stk_report *report =
			check(&arena, project_of(&arena, by_context[i].snippet, &frame), NULL);
		for (size_t k = 0; k < report->findings.n; k++)
			if (stk_str_is(report->findings.v[k].id, by_context[i].id))
				got = stk_severity_name(report->findings.v[k].severity);
		const char *want = by_context[i].severity;
		if ((got != NULL) == (want != NULL) && (!got || strcmp(got, want) == 0))
			continue;
		failed++;
		print_error("%s, %s: got %s, want %s\n", by_context[i].id, by_context[i].snippet, got ? got : "nothing",
			    want ? want : "nothing");
	}
	assert_int_equal(failed, 0);
}

CASE(a_command_to_paste_survives_a_hostile_path)
{
	STK_ARENA arena = { 0 };
	static const struct frame none = { .after = "secrets: {key: {file: \"/a'; reboot; 'open.key\"}}" };
	const struct stk_report *report = check(&arena, project_of(&arena, "secrets: [key]", &none), NULL);
	struct stk_str got = S("");
	for (size_t i = 0; i < report->findings.n; i++)
		if (stk_str_is(report->findings.v[i].id, "CMP-606") && report->findings.v[i].fix)
			got = report->findings.v[i].fix->command;
	assert_str(got, "chmod 600 '/a'\\''; reboot; '\\''open.key'");
}
