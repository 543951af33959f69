/* SPDX-License-Identifier: Apache-2.0 */
/* compose-spec 13-merge.md: what a second file makes of a key of the first. compose.yaml and compose.override.yaml. */
#include "project.h"
#include "test.h"

#define TWO(first, second)                                                                                             \
	"services:\n  w:\n    image: i\n    " first "\n%% compose.override.yaml\nservices:\n  w:\n    " second "\n"
#define W(path) "services.w." path

CASE(scalars_are_replaced_and_nothing_keeps_what_is_there)
{
	static const struct test_compose rows[] = {
		{ TWO("user: a", "user: b"), W("user"), "\"b\"" },
		{ TWO("user: a", "image: j"), W("user"), "\"a\"" },
		{ TWO("user: a", "user:"), W("user"), "\"a\"" },
		{ TWO("privileged: true", "privileged: false"), W("privileged"), "(none)" },
		{ TWO("user: a", "hostname: h"), W("hostname"), "\"h\"" },
		{ TWO("build: .", "image: j"), W("build.context"), "\"/p\"" },
	};
	check_compose(rows);
}

CASE(commands_are_replaced_as_a_whole)
{
	static const struct test_compose rows[] = {
		{ TWO("command: [a, b]", "command: [c]"), W("command"), "[\"c\"]" },
		{ TWO("command: [a, b]", "command: c d"), W("command"), "[\"c\",\"d\"]" },
		{ TWO("entrypoint: [a]", "entrypoint: []"), W("entrypoint"), "[]" },
		{ TWO("healthcheck: {test: [CMD, a], interval: 1s}", "healthcheck: {test: [CMD, b]}"), W("healthcheck"),
		  "{\"test\":[\"CMD\",\"b\"],\"interval\":\"1s\"}" },
		{ TWO("ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: 5}"), W("ulimits"),
		  "{\"nofile\":5}" },
		{ TWO("ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: {hard: 7}}"), NULL, "soft" },
	};
	check_compose(rows);
}

CASE(lists_are_appended)
{
	static const struct test_compose rows[] = {
		{ TWO("cap_add: [A]", "cap_add: [B]"), W("cap_add"), "[\"A\",\"B\"]" },
		{ TWO("cap_add: [A]", "cap_add: [B, A]"), W("cap_add"), "[\"A\",\"B\"]" },
		{ TWO("cap_add: [A]", "cap_add: []"), W("cap_add"), "[\"A\"]" },
		{ TWO("expose: ['1']", "expose: [1, 2]"), W("expose"), "[\"1\",\"2\"]" },
		{ TWO("dns: 1.1.1.1", "dns: [2.2.2.2]"), W("dns"), "[\"1.1.1.1\",\"2.2.2.2\"]" },
		{ TWO("tmpfs: /a", "tmpfs: /b"), W("tmpfs"), "[\"/a\",\"/b\"]" },
		{ TWO("extra_hosts: ['a:1.1.1.1']", "extra_hosts: ['a:2.2.2.2', 'a:1.1.1.1']"), W("extra_hosts"),
		  "[\"a=1.1.1.1\",\"a=2.2.2.2\"]" },
		/* Without a key to tell items apart, the schema refuses what is there twice. */
		{ TWO("security_opt: [a]", "security_opt: [a]"), NULL, "security_opt" },
		{ TWO("group_add: [a]", "group_add: [a]"), NULL, "group_add" },
	};
	check_compose(rows);
}

CASE(the_same_item_by_its_key_is_replaced_in_place)
{
	static const struct test_compose rows[] = {
		{ TWO("volumes: ['/a:/x', '/b:/y']", "volumes: ['/c:/x:ro']"), W("volumes.0.source"), "\"/c\"" },
		{ TWO("volumes: ['/a:/x', '/b:/y']", "volumes: ['/c:/x:ro']"), W("volumes.1.source"), "\"/b\"" },
		{ TWO("volumes: ['/a:/x']", "volumes: [{type: bind, source: /c, target: /x}]"), W("volumes"),
		  "[{\"type\":\"bind\",\"source\":\"/c\",\"target\":\"/x\"}]" },
		{ TWO("devices: ['/dev/a:/dev/x']", "devices: ['/dev/b:/dev/x']"), W("devices"),
		  "[{\"source\":\"/dev/b\",\"target\":\"/dev/x\",\"permissions\":\"rwm\"}]" },
		{ TWO("secrets: [a]",
		      "secrets: [{source: b, target: /run/secrets/a}]\nsecrets: {a: {file: a}, b: {file: b}}"),
		  W("secrets"), "[{\"source\":\"b\",\"target\":\"/run/secrets/a\"}]" },
		{ TWO("configs: [{source: a, target: /c}]",
		      "configs: [{source: b, target: /c}]\nconfigs: {a: {file: a}, b: {file: b}}"),
		  W("configs.0.source"), "\"b\"" },
		{ TWO("env_file: a", "env_file: [{path: a, required: false}]"), W("env_file"), "(none)" },
	};
	check_compose(rows);
}

CASE(an_override_cannot_narrow_a_port)
{
	static const struct test_compose rows[] = {
		{ TWO("ports: ['80:80']", "ports: ['127.0.0.1:80:80']"), W("ports"),
		  "[{\"mode\":\"ingress\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"},"
		  "{\"mode\":\"ingress\",\"host_ip\":\"127.0.0.1\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"}]" },
		{ TWO("ports: ['80:80']", "ports: ['80:80/tcp']"), W("ports"),
		  "[{\"mode\":\"ingress\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"}]" },
		{ TWO("ports: ['80:80']", "ports: ['0.0.0.0:80:80']"), W("ports"),
		  "[{\"mode\":\"ingress\",\"host_ip\":\"0.0.0.0\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"}]" },
		{ TWO("ports: ['80:80/tcp']", "ports: ['80:80/udp']"), W("ports.1.protocol"), "\"udp\"" },
	};
	check_compose(rows);
}

CASE(lists_and_maps_of_values_are_one_thing)
{
	static const struct test_compose rows[] = {
		{ TWO("environment: {A: 1, B: 2}", "environment: [B=3, C=4]"), W("environment"),
		  "{\"A\":\"1\",\"B\":\"3\",\"C\":\"4\"}" },
		{ TWO("environment: [A=1]", "environment: {A: }"), W("environment"), "{\"A\":null}" },
		{ TWO("labels: [a=1]", "labels: {a: 2, b: 3}"), W("labels"), "{\"a\":\"2\",\"b\":\"3\"}" },
		{ TWO("build: {args: {A: 1}}", "build: {args: [B=2]}"), W("build.args"), "{\"A\":\"1\",\"B\":\"2\"}" },
		{ TWO("build: ./x", "build: {target: t}"), W("build.target"), "\"t\"" },
		{ TWO("build: ./x", "build: {target: t}"), W("build.context"), "\"/p/x\"" },
		{ TWO("sysctls: [a=1]", "sysctls: {b: 2}"), W("sysctls"), "{\"a\":\"1\",\"b\":\"2\"}" },
		{ TWO("depends_on: [a]",
		      "depends_on: {b: {condition: service_healthy}}\n  a: {image: i}\n  b: {image: i}"),
		  W("depends_on"),
		  "{\"a\":{\"condition\":\"service_started\",\"required\":true},"
		  "\"b\":{\"condition\":\"service_healthy\",\"required\":true}}" },
		{ TWO("networks: [a]", "networks: {b: {aliases: [x]}}\nnetworks: {a: , b: }"), W("networks"),
		  "{\"a\":null,\"b\":{\"aliases\":[\"x\"]}}" },
	};
	check_compose(rows);
}

CASE(options_of_another_driver_go)
{
	static const struct test_compose rows[] = {
		{ TWO("logging: {driver: a, options: {x: 1}}", "logging: {driver: b, options: {y: 2}}"), W("logging"),
		  "{\"driver\":\"b\",\"options\":{\"y\":\"2\"}}" },
		{ TWO("logging: {driver: a, options: {x: 1}}", "logging: {options: {y: 2}}"), W("logging"),
		  "{\"driver\":\"a\",\"options\":{\"x\":\"1\",\"y\":\"2\"}}" },
		{ TWO("logging: {driver: a, options: {x: 1}}", "logging: {driver: a, options: {x: 2}}"), W("logging"),
		  "{\"driver\":\"a\",\"options\":{\"x\":\"2\"}}" },
	};
	check_compose(rows);
}

#define NETS(first, second)                                                                                            \
	"services: {w: {image: i, networks: [n]}}\nnetworks: {n: " first                                               \
	"}\n%% compose.override.yaml\nnetworks: {n: " second "}\n"

CASE(resources_are_merged_too)
{
	static const struct test_compose rows[] = {
		{ NETS("{driver: d, internal: true}", "{driver: e}"), "networks.n",
		  "{\"name\":\"p_n\",\"driver\":\"e\",\"ipam\":{},\"internal\":true}" },
		{ NETS("{labels: [a=1]}", "{labels: {b: 2}}"), "networks.n.labels", "{\"a\":\"1\",\"b\":\"2\"}" },
		{ NETS("{ipam: {config: [{subnet: 10.0.0.0/24}]}}",
		       "{ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.9}]}}"),
		  "networks.n.ipam.config", "[{\"subnet\":\"10.0.0.0/24\",\"gateway\":\"10.0.0.9\"}]" },
		{ NETS("{ipam: {config: [{subnet: 10.0.0.0/24}]}}", "{ipam: {config: [{subnet: 10.1.0.0/24}]}}"),
		  "networks.n.ipam.config", "[{\"subnet\":\"10.1.0.0/24\"}]" },
		{ "services: {w: {image: i}}\nx-a: {k: 1}\n%% compose.override.yaml\nx-a: {l: 2}\n", "x-a",
		  "{\"k\":1,\"l\":2}" },
	};
	check_compose(rows);
}

CASE(different_kinds_cannot_be_merged)
{
	static const struct test_compose rows[] = {
		{ TWO("cap_add: [A]", "cap_add: A"), NULL, "compose.override.yaml:3:14: cannot override" },
		{ TWO("deploy: {replicas: 1}", "deploy: [a]"), NULL, "compose.override.yaml:3:13: cannot override" },
		{ TWO("logging: {driver: a}", "logging: a"), NULL, "compose.override.yaml:3:14: cannot override" },
		{ TWO("build: .", "build: [a]"), NULL, "compose.override.yaml:3:12: cannot override" },
		{ "services: {w: {image: i}}\n%% compose.override.yaml\nservices: [w]\n", NULL,
		  "compose.override.yaml:1:11: " },
	};
	check_compose(rows);
}

CASE(reset_takes_a_value_away)
{
	static const struct test_compose rows[] = {
		{ TWO("ports: ['80:80']", "ports: !reset []"), W("ports"), "(none)" },
		{ TWO("ports: ['80:80']", "ports: !reset ['81:81']"), W("ports"), "(none)" },
		{ TWO("user: a", "user: !reset null"), W("user"), "(none)" },
		{ TWO("environment: {A: 1, B: 2}", "environment: {A: !reset null}"), W("environment"),
		  "{\"B\":\"2\"}" },
		/* Paths do not reach into lists. */
		{ TWO("environment: [A=1]", "environment: {A: !reset null}"), W("environment"), "{\"A\":\"1\"}" },
		{ TWO("cap_add: [A]", "cap_add: [!reset A]"), W("cap_add"), "[\"A\"]" },
		{ "services:\n  w:\n    image: i\n    ports: !reset [80]\n", W("ports"), "(none)" },
		{ "services: {w: {image: i}, v: {image: i}}\n%% compose.override.yaml\nservices: {v: !reset null}\n",
		  "services.v", "(none)" },
	};
	check_compose(rows);
}

CASE(override_replaces_what_would_be_merged)
{
	static const struct test_compose rows[] = {
		{ TWO("cap_add: [A]", "cap_add: !override [B]"), W("cap_add"), "[\"B\"]" },
		{ TWO("cap_add: [A]", "cap_add: !override []"), W("cap_add"), "(none)" },
		{ TWO("environment: {A: 1}", "environment: !override {B: 2}"), W("environment"), "{\"B\":\"2\"}" },
		{ TWO("logging: {driver: a, options: {x: 1}}", "logging: {options: !override {y: 2}}"), W("logging"),
		  "{\"driver\":\"a\",\"options\":{\"y\":\"2\"}}" },
		{ "services: {w: {image: i, user: a}}\n%% compose.override.yaml\nservices: {w: !override {image: j}}\n",
		  "services.w.user", "(none)" },
		{ TWO("ports: ['80:80']", "ports: !override ['127.0.0.1:80:80']"), W("ports"),
		  "[{\"mode\":\"ingress\",\"host_ip\":\"127.0.0.1\",\"target\":80,\"published\":\"80\",\"protocol\":\"tcp\"}]" },
	};
	check_compose(rows);
}

CASE(documents_of_one_file_are_like_files)
{
	static const struct test_compose rows[] = {
		{ "services: {w: {image: a, cap_add: [A]}}\n---\nservices: {w: {image: b, cap_add: [B]}}\n",
		  "services.w.image", "\"b\"" },
		{ "services: {w: {image: a, cap_add: [A]}}\n---\nservices: {w: {cap_add: [B]}}\n", "services.w.cap_add",
		  "[\"A\",\"B\"]" },
	};
	check_compose(rows);
}
