/* SPDX-License-Identifier: Apache-2.0 */
/* Short forms (compose-spec 05-services.md) and what they stand for. */
#include "project.h"
#include "test.h"

#include "base/limits.h"
#include "compose/loader.h"

#define HEAD	    "services:\n  w:\n    image: i\n"
#define PORT(text)  HEAD "    ports:\n      - " text "\n"
#define AT	    "services.w.ports"
#define ONE(fields) "[{\"mode\":\"ingress\"," fields "}]"

CASE(ports)
{
	static const struct test_compose rows[] = {
		{ PORT("80"), AT, ONE("\"target\":80,\"protocol\":\"tcp\"") },
		{ PORT("'80'"), AT, ONE("\"target\":80,\"protocol\":\"tcp\"") },
		{ PORT("8080:80"), AT, ONE("\"target\":80,\"published\":\"8080\",\"protocol\":\"tcp\"") },
		{ PORT("22:22"), AT, ONE("\"target\":22,\"published\":\"22\",\"protocol\":\"tcp\"") },
		{ PORT("'53:53/UDP'"), AT, ONE("\"target\":53,\"published\":\"53\",\"protocol\":\"udp\"") },
		{ PORT("9:9/sctp"), AT, ONE("\"target\":9,\"published\":\"9\",\"protocol\":\"sctp\"") },
		{ PORT("80/tcp/udp"), AT, ONE("\"target\":80,\"protocol\":\"tcp\"") },
		{ PORT("127.0.0.1:8080:80"), AT,
		  ONE("\"host_ip\":\"127.0.0.1\",\"target\":80,\"published\":\"8080\",\"protocol\":\"tcp\"") },
		{ PORT("127.0.0.1::80"), AT, ONE("\"host_ip\":\"127.0.0.1\",\"target\":80,\"protocol\":\"tcp\"") },
		{ PORT("':8080:80'"), AT, ONE("\"target\":80,\"published\":\"8080\",\"protocol\":\"tcp\"") },
		{ PORT("'[::1]:80:80'"), AT,
		  ONE("\"host_ip\":\"::1\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"") },
		{ PORT("0:80"), AT, ONE("\"target\":80,\"published\":\"0\",\"protocol\":\"tcp\"") },
		{ PORT("8000-8010:80"), AT, ONE("\"target\":80,\"published\":\"8000-8010\",\"protocol\":\"tcp\"") },
		{ PORT("65535:65535"), AT, ONE("\"target\":65535,\"published\":\"65535\",\"protocol\":\"tcp\"") },
	};
	check_compose(rows);
}

CASE(ranges_of_ports_are_one_entry_each)
{
	static const struct test_compose rows[] = {
		{ PORT("3000-3001"), AT,
		  "[{\"mode\":\"ingress\",\"target\":3000,\"protocol\":\"tcp\"},"
		  "{\"mode\":\"ingress\",\"target\":3001,\"protocol\":\"tcp\"}]" },
		{ PORT("127.0.0.1:80-81:90-91/udp"), AT,
		  "[{\"mode\":\"ingress\",\"host_ip\":\"127.0.0.1\",\"target\":90,\"published\":\"80\",\"protocol\":\"udp\"},"
		  "{\"mode\":\"ingress\",\"host_ip\":\"127.0.0.1\",\"target\":91,\"published\":\"81\",\"protocol\":\"udp\"}]" },
		{ PORT("5-5:6-6"), AT, ONE("\"target\":6,\"published\":\"5\",\"protocol\":\"tcp\"") },
	};
	check_compose(rows);
}

CASE(ports_that_are_none)
{
	static const struct test_compose rows[] = {
		{ PORT("127.0.0.1:80"), NULL, "compose.yaml:5:9: 127.0.0.1" },
		{ PORT("'::1:80:80'"), NULL, "compose.yaml:5:9: ::1" },
		{ PORT("localhost:80:80"), NULL, "compose.yaml:5:9: localhost" },
		{ PORT("80:80/icmp"), NULL, "compose.yaml:5:9: protocol \"icmp\"" },
		{ PORT("80-82:90-91"), NULL, "compose.yaml:5:9: different length" },
		{ PORT("81-80"), NULL, "compose.yaml:5:9: 81-80" },
		{ PORT("82-80:90-92"), NULL, "compose.yaml:5:9: 82-80" },
		{ PORT("80:65536"), NULL, "compose.yaml:5:9: 65536" },
		{ PORT("70000:80"), NULL, "compose.yaml:5:9: 70000" },
		{ PORT("'80:'"), NULL, "compose.yaml:5:9: container port" },
		{ PORT("''"), NULL, "compose.yaml:5:9: container port" },
		{ PORT("web:http"), NULL, "compose.yaml:5:9: http" },
		{ PORT("8.5"), NULL, "compose.yaml:5:9: " },
		{ PORT("[80]"), NULL, "compose.yaml:5:9: " },
		{ PORT("0"), NULL, "compose.yaml:5:9: " },
		{ PORT("-80"), NULL, "compose.yaml:5:9: " },
		{ HEAD "    ports: 80\n", NULL, "compose.yaml:4:12: services.w.ports must be a list" },
	};
	check_compose(rows);
}

CASE(long_ports_are_taken_as_they_are)
{
	static const struct test_compose rows[] = {
		{ PORT("{target: 70000, published: abc, protocol: tcp6, mode: foo}"), AT,
		  "[{\"mode\":\"foo\",\"target\":70000,\"published\":\"abc\",\"protocol\":\"tcp6\"}]" },
		{ PORT("{target: '80', published: 8080}"), AT,
		  ONE("\"target\":80,\"published\":\"8080\",\"protocol\":\"tcp\"") },
		{ PORT("{published: 8080}"), NULL, "compose.yaml:5:9: target" },
		{ PORT("{target: 80, host_ip: localhost}"), NULL, "compose.yaml:5:31: invalid IP address" },
	};
	check_compose(rows);
}

#define VOLUME(text)	   HEAD "    volumes:\n      - " text "\nvolumes: {data: , d2: }\n"
#define MOUNT		   "services.w.volumes.0"
#define BIND(fields, more) "{\"type\":\"bind\"," fields ",\"bind\":{" more "\"create_host_path\":true}}"

CASE(volumes)
{
	static const struct test_compose rows[] = {
		{ VOLUME("/data"), MOUNT, "{\"type\":\"volume\",\"target\":\"/data\",\"volume\":{}}" },
		{ VOLUME("data:/d"), MOUNT,
		  "{\"type\":\"volume\",\"source\":\"data\",\"target\":\"/d\",\"volume\":{}}" },
		{ VOLUME("data:/d:nocopy"), MOUNT,
		  "{\"type\":\"volume\",\"source\":\"data\",\"target\":\"/d\",\"volume\":{\"nocopy\":true}}" },
		{ VOLUME("data:/d:ro"), MOUNT,
		  "{\"type\":\"volume\",\"source\":\"data\",\"target\":\"/d\",\"read_only\":true,\"volume\":{}}" },
		{ VOLUME("./a:/d"), MOUNT, BIND("\"source\":\"/p/a\",\"target\":\"/d\"", "") },
		{ VOLUME(".:/d"), MOUNT, BIND("\"source\":\"/p\",\"target\":\"/d\"", "") },
		{ VOLUME("../a:/d"), MOUNT, BIND("\"source\":\"/a\",\"target\":\"/d\"", "") },
		{ VOLUME("/a:/d:rw"), MOUNT, BIND("\"source\":\"/a\",\"target\":\"/d\"", "") },
		{ VOLUME("~/a:/d"), MOUNT, BIND("\"source\":\"/root/a\",\"target\":\"/d\"", "") },
		{ VOLUME("~user/a:/d"), MOUNT, BIND("\"source\":\"/root/user/a\",\"target\":\"/d\"", "") },
		{ VOLUME("/a:/d:ro,z"), MOUNT,
		  "{\"type\":\"bind\",\"source\":\"/a\",\"target\":\"/d\",\"read_only\":true,"
		  "\"bind\":{\"selinux\":\"z\",\"create_host_path\":true}}" },
		{ VOLUME("/a:/d:rshared"), MOUNT,
		  BIND("\"source\":\"/a\",\"target\":\"/d\"", "\"propagation\":\"rshared\",") },
		{ VOLUME("/a://x//y/../z/"), MOUNT, BIND("\"source\":\"/a\",\"target\":\"/x/z\"", "") },
		{ VOLUME("'C:\\a:/d'"), MOUNT, BIND("\"source\":\"C:\\\\a\",\"target\":\"/d\"", "") },
		/* A letter before a colon is a drive: there are no volumes with names of one letter. */
		{ VOLUME("v:/data"), MOUNT, "{\"type\":\"volume\",\"target\":\"v:/data\",\"volume\":{}}" },
		/* What is no option is no error and leaves the mount writable. */
		{ VOLUME("/a:/d:RO,cached,r0"), MOUNT, BIND("\"source\":\"/a\",\"target\":\"/d\"", "") },
		{ VOLUME("./a"), MOUNT, "{\"type\":\"volume\",\"target\":\"a\",\"volume\":{}}" },
		{ VOLUME("/var/run/docker.sock"), MOUNT,
		  "{\"type\":\"volume\",\"target\":\"/var/run/docker.sock\",\"volume\":{}}" },
	};
	check_compose(rows);
}

CASE(volumes_that_are_none)
{
	static const struct test_compose rows[] = {
		{ VOLUME("''"), NULL, "compose.yaml:5:9: empty" },
		{ VOLUME("data::ro"), NULL, "compose.yaml:5:9: empty section" },
		{ VOLUME("':/data'"), NULL, "compose.yaml:5:9: empty section" },
		{ VOLUME("data:/b:ro:z"), NULL, "compose.yaml:5:9: too many colons" },
		{ VOLUME("nowhere:/d"), NULL, "undefined volume nowhere" },
		{ VOLUME("data/sub:/d"), NULL, "undefined volume data/sub" },
		{ VOLUME("{source: data, target: /d}"), NULL, "compose.yaml:5:9: \"type\"" },
		{ VOLUME("{type: bind, target: /d}"), NULL, "compose.yaml:5:9: ource" },
		{ VOLUME("{type: disk, target: /d}"), NULL, "compose.yaml:5:16: must be one of" },
		{ VOLUME("7"), NULL, "compose.yaml:5:9: " },
	};
	check_compose(rows);
}

#define KEY(text) HEAD "    " text "\n"

CASE(other_short_forms)
{
	static const struct test_compose rows[] = {
		{ KEY("devices: ['/dev/a']"), "services.w.devices",
		  "[{\"source\":\"/dev/a\",\"target\":\"/dev/a\",\"permissions\":\"rwm\"}]" },
		{ KEY("devices: ['/dev/a:/dev/b:r']"), "services.w.devices",
		  "[{\"source\":\"/dev/a\",\"target\":\"/dev/b\",\"permissions\":\"r\"}]" },
		{ KEY("devices: ['/dev/a:rw']"), "services.w.devices", /* two parts: the second is the target */
		  "[{\"source\":\"/dev/a\",\"target\":\"rw\",\"permissions\":\"rwm\"}]" },
		{ KEY("devices: ['a:b:c:d']"), NULL, "compose.yaml:4:15: device mapping" },
		{ KEY("build: ./x"), "services.w.build", "{\"context\":\"/p/x\",\"dockerfile\":\"Dockerfile\"}" },
		{ KEY("build: {dockerfile: D}"), "services.w.build", "{\"context\":\"/p\",\"dockerfile\":\"D\"}" },
		{ KEY("build: https://h/r.git#v1"), "services.w.build.context", "\"https://h/r.git#v1\"" },
		{ KEY("build: {ssh: [default, k=/a]}"), "services.w.build.ssh", "[\"default\",\"k=/a\"]" },
		{ KEY("build: {ssh: [key]}"), NULL, "compose.yaml:4:19: invalid ssh key" },
		{ KEY("dns: 1.1.1.1"), "services.w.dns", "[\"1.1.1.1\"]" },
		{ KEY("tmpfs: /run:size=1m"), "services.w.tmpfs", "[\"/run:size=1m\"]" },
		{ KEY("ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}"), "services.w.ulimits",
		  "{\"nofile\":5,\"nproc\":{\"soft\":1,\"hard\":2}}" },
		{ KEY("ulimits: {nofile: {hard: 2}}"), NULL, "compose.yaml:4:23: soft" },
		{ KEY("gpus: all"), "services.w.gpus", "[{\"count\":-1}]" },
		{ KEY("gpus: some"), NULL, "compose.yaml:4:11: " },
		{ KEY("extra_hosts: ['a:1.2.3.4', 'b=::1', 'c:[::1]']"), "services.w.extra_hosts",
		  "[\"a=1.2.3.4\",\"b=::1\",\"c=::1\"]" },
		{ KEY("extra_hosts: {a: 1.2.3.4, b: [1.1.1.1, 2.2.2.2]}"), "services.w.extra_hosts",
		  "[\"a=1.2.3.4\",\"b=1.1.1.1\",\"b=2.2.2.2\"]" },
		{ KEY("extra_hosts: [a]"), NULL, "compose.yaml:4:19: missing IP" },
		{ KEY("environment: [A=1, B, C=]"), "services.w.environment", "{\"A\":\"1\",\"B\":null,\"C\":\"\"}" },
		{ KEY("environment: {A: 0755, B: 0x1F, C: 1.50, D: 1_000, E: yes, F: true, G: }"),
		  "services.w.environment",
		  "{\"A\":\"493\",\"B\":\"31\",\"C\":\"1.5\",\"D\":\"1000\",\"E\":\"yes\",\"F\":\"true\",\"G\":null}" },
		{ KEY("environment: {A: 2024-01-02}"), NULL, "compose.yaml:4:22: date" },
		{ KEY("cpus: '1.5'"), "services.w.cpus", "1.5" },
		{ KEY("cpus: '0x10'"), NULL, "compose.yaml:4:11: number" },
		{ KEY("cpus: ' 1'"), NULL, "compose.yaml:4:11: number" },
		{ KEY("cpus: '1e999'"), NULL, "compose.yaml:4:11: number" },
		{ KEY("labels: [a=1, b]"), "services.w.labels", "{\"a\":\"1\",\"b\":\"\"}" },
	};
	check_compose(rows);
}

CASE(commands_are_split_like_a_shell_without_being_one)
{
	static const struct test_compose rows[] = {
		{ KEY("command: a b  c"), "services.w.command", "[\"a\",\"b\",\"c\"]" },
		{ KEY("command: a 'b c' \"d e\""), "services.w.command", "[\"a\",\"b c\",\"d e\"]" },
		{ KEY("command: a \"\" b"), "services.w.command", "[\"a\",\"\",\"b\"]" },
		{ KEY("command: a\\ b"), "services.w.command", "[\"a b\"]" },
		{ KEY("command: a && b"), "services.w.command", "[\"a\"]" }, /* silently cut, as Compose does */
		{ KEY("command: a; b"), "services.w.command", "[\"a\"]" },
		{ KEY("command: a \"x\n      y\""), "services.w.command", "[\"a\",\"x y\"]" },
		{ KEY("command: (a)"), NULL, "compose.yaml:4:14: parenthesis" },
		{ KEY("command: a 'b"), NULL, "compose.yaml:4:14: not closed" },
		{ KEY("command: [a b, '']"), "services.w.command", "[\"a b\",\"\"]" },
		{ KEY("command: []"), "services.w.command", "[]" },
		{ KEY("command:"), "services.w.command", "null" },
		{ KEY("healthcheck: {test: NONE}"), "services.w.healthcheck.test", "[\"CMD-SHELL\",\"NONE\"]" },
		{ KEY("healthcheck: {test: [curl, x]}"), NULL, "healthcheck.test" },
	};
	check_compose(rows);
}

CASE(durations)
{
	static const struct {
		const char *in, *want; /* NULL: none */
	} rows[] = {
		{ "30s", "30s" },
		{ "1m30s", "1m30s" },
		{ "90s", "1m30s" },
		{ "1h", "1h0m0s" },
		{ "1.5h", "1h30m0s" },
		{ "2d", "48h0m0s" },
		{ "1w", "168h0m0s" },
		{ "250ms", "250ms" },
		{ "1500ms", "1.5s" },
		{ "10us", "10\xc2\xb5s" },
		{ "5ns", "5ns" },
		{ "0", "0s" },
		{ "0s", "0s" },
		{ "-5s", "-5s" },
		{ ".5s", "500ms" },
		{ "30", NULL },
		{ "", NULL },
		{ "s", NULL },
		{ "1x", NULL },
		{ "1 s", NULL },
		{ "1s ", NULL },
		{ "-", NULL },
		{ "999999999999999h", NULL },
		{ "9223372036s9223372036s", NULL },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		STK_ARENA arena = { 0 };
		struct stk_str out;
		int64_t nanoseconds;
		bool is = stk_compose_duration(&arena, stk_str_from(rows[i].in), &out, &nanoseconds);
		if (is != (rows[i].want != NULL) || (is && !stk_str_is(out, rows[i].want)))
			fail_msg("%s: got %s", rows[i].in, is ? stk_arena_str(&arena, out).p : "nothing");
	}
}

CASE(sizes)
{
	static const struct {
		const char *in;
		int64_t want; /* -1: none */
	} rows[] = {
		{ "1024", 1024 },  { "1b", 1 },		{ "1k", 1024 },	     { "1KB", 1024 },	  { "2kib", 2048 },
		{ "1m", 1 << 20 }, { "1.5g", 3 << 29 }, { "1 gb", 1 << 30 }, { "1t", 1LL << 40 }, { "1p", 1LL << 50 },
		{ "0", 0 },	   { "", -1 },		{ "m", -1 },	     { "1x", -1 },	  { "1mm", -1 },
		{ "-1", -1 },	   { "1  g", -1 },	{ "1e400", -1 },     { "9999999p", -1 },  { " 1", -1 },
		{ "nan", -1 },	   { "0x10", -1 }, /* Go wants an exponent behind hexadecimal digits */
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		int64_t out = -1;
		bool is = stk_compose_bytes(stk_str_from(rows[i].in), &out);
		if (is != (rows[i].want >= 0) || out != rows[i].want)
			fail_msg("%s: got %lld", rows[i].in, (long long)out);
	}
}
