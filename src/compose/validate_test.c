/* SPDX-License-Identifier: Apache-2.0 */
/* compose-spec's schema: what is refused, where, and what is suggested. */
#include "project.h"
#include "test.h"

#define W(text) "services:\n  w:\n    image: i\n    " text "\n"

CASE(unknown_keys)
{
	static const struct test_compose rows[] = {
		{ W("prots: [80]"), NULL, "compose.yaml:4:5: unknown key \"prots\" in services.w" },
		{ W("prots: [80]"), NULL, "did you mean \"ports\"?" },
		{ W("cap_drops: [ALL]"), NULL, "did you mean \"cap_drop\"?" },
		{ W("healthcheck: {tests: [CMD, a]}"), NULL,
		  "compose.yaml:4:19: unknown key \"tests\" in services.w.healthcheck" },
		{ "services: {w: {image: i}}\nservice: {}\n", NULL,
		  "compose.yaml:2:1: unknown key \"service\" at the top" },
		{ "services: {'a b': {image: i}}\n", NULL, "compose.yaml:1:12: unknown key \"a b\"" },
		{ W("x-any: {deep: [1]}"), "services.w.image", "\"i\"" },
		{ "services: {w: {image: i}}\n%% compose.override.yaml\nservices: {w: {imagee: j}}\n", NULL,
		  "compose.override.yaml:1:16: unknown key" },
	};
	check_compose(rows);
}

CASE(types)
{
	static const struct test_compose rows[] = {
		{ W("privileged: 1"), NULL, "compose.yaml:4:17: services.w.privileged must be true or false" },
		{ W("privileged: ${P:-1}"), NULL, "compose.yaml:4:17: invalid boolean" },
		{ W("ports:"), NULL, "compose.yaml:4:11: services.w.ports must be a list" },
		{ W("depends_on: a"), NULL, "compose.yaml:4:17: services.w.depends_on" },
		{ W("depends_on: {a: {}}"), NULL, "compose.yaml:4:21: services.w.depends_on.a lacks \"condition\"" },
		{ W("depends_on: {a: {condition: up}}"), NULL, "compose.yaml:4:33: must be one of" },
		{ W("container_name: [a]"), NULL, "compose.yaml:4:21: services.w.container_name must be a string" },
		{ W("cap_add: [[A]]"), NULL, "compose.yaml:4:15: must be a string" },
		{ W("security_opt: [a, a]"), NULL, "compose.yaml:4:23: " },
		{ W("container_name: x"), NULL, "compose.yaml:4:21: " },
		{ W("ulimits: {nofile: [1]}"), NULL, "compose.yaml:4:23: services.w.ulimits.nofile must be" },
		{ W("ulimits: {Nofile9: [1]}"), NULL, "compose.yaml:4:24: a limit must be a whole number" },
		{ W("build: {context: ., ulimits: {Nofile9: [1]}}"), NULL, "compose.yaml:4:44: a limit must be" },
		{ W("ulimits: {Nofile9: 1}"), "services.w.image", "\"i\"" },
		{ "services: [w]\n", NULL, "compose.yaml:1:11: " },
		{ "[services]\n", NULL, "compose.yaml:1:1: " },
		{ "# nothing\n", NULL, "empty compose file" },
	};
	check_compose(rows);
}

CASE(yaml)
{
	static const struct test_compose rows[] = {
		{ W("user: a\n    user: b"), NULL, "compose.yaml:5:5: mapping key \"user\" already defined at line 4" },
		{ "services: {w: {image: i}, 1: {image: i}}\n", NULL, "compose.yaml:1:27: non-string key: 1" },
		{ "x-a: &a [*a]\n", NULL, "compose.yaml:1:10: alias cycle" },
		{ "x-a: *nobody\n", NULL, "compose.yaml:1:6: " },
		{ "services: {w: {<<: text, image: i}}\n", NULL, "compose.yaml:1:20: map merge requires a map" },
		{ "services: {w: {image: i\n", NULL, "compose.yaml:" },
		{ "\xef\xbb\xbfservices: {w: {image: i}}\r\n", "services.w.image", "\"i\"" },
		{ "x-a: &a {user: a}\nx-b: &b {user: b, image: i}\nservices: {w: {<<: [*a, *b]}}\n", "services.w.user",
		  "\"a\"" },
		{ "x-a: &a {user: a, image: i}\nservices: {w: {<<: *a, user: own}}\n", "services.w.user", "\"own\"" },
	};
	check_compose(rows);
}

CASE(between_services_and_resources)
{
	static const struct test_compose rows[] = {
		{ "services: {w: {user: a}}\n", NULL, "w" },
		{ W("network_mode: host\n    networks: [default]"), NULL, "network_mode" },
		{ W("networks: [n]"), NULL, "undefined network n" },
		{ W("secrets: [s]"), NULL,
		  "compose.yaml:4:15: service \"w\" names \"s\", which is not among the secrets" },
		{ W("depends_on: [x]"), NULL, "undefined service \"x\"" },
		{ "services: {a: {image: i, depends_on: [b]}, b: {image: i, links: [a]}}\n", NULL,
		  "cycle detected: a -> b -> a" },
		{ "services: {a: {image: i, depends_on: [b]}, b: {image: i, network_mode: 'service:a'}}\n", NULL,
		  "cycle detected" },
		{ W("mem_limit: 1g\n    deploy: {resources: {limits: {cpus: '1'}}}"), NULL,
		  "compose.yaml:4:16: distinct values" },
		{ W("volumes: ['/a:/x']\n    tmpfs: /x"), NULL, "mounted twice" },
		{ W("container_name: xy\n    scale: 2"), NULL, "more than one replica" },
		{ "services: {a: {image: i, container_name: xy}, b: {image: i, container_name: xy}}\n", NULL,
		  "already in use" },
		{ W("secrets: [s]\nsecrets: {s: {file: a, environment: B}}"), NULL, "mutually exclusive" },
		{ W("user: a\nvolumes: {v: {external: true, driver: d}}"), NULL, "conflicting parameters" },
	};
	check_compose(rows);
}
