/* SPDX-License-Identifier: Apache-2.0 */
/* The final form of values, as Docker Compose 2.40 prints them; tests/integration/compose_differential.py compares many
 * more. */
#include "project.h"
#include "test.h"

#include "base/buf.h"

#define ONE(attribute) "services: {s: {image: i, " attribute "}}\n"

CASE(values_take_the_form_that_compose_prints)
{
	static const struct test_compose rows[] = {
		{ ONE("blkio_config: {weight_device: [{}]}"), "services.s.blkio_config.weight_device.0.weight", "0" },
		{ ONE("blkio_config: {device_read_bps: [{path: /a}]}"),
		  "services.s.blkio_config.device_read_bps.0.rate", "\"0\"" },
		{ ONE("develop: {watch: []}"), "services.s.develop.watch", "(none)" },
		{ ONE("storage_opt: {a: 1, b: }"), "services.s.storage_opt", "{\"a\":\"1\",\"b\":\"\"}" },
		{ ONE("provider: {type: x, options: {a: [1.5, true], b: []}}"), "services.s.provider.options",
		  "{\"a\":[\"1.5\",\"true\"]}" },
		{ ONE("mem_limit: '1_0'"), "services.s.mem_limit", "\"10\"" },
		{ ONE("profiles: ['']"), "services.s.image", "\"i\"" },
		{ "services: {s: {image: !!binary aGVsbG8=}}\n", "services.s.image", "\"hello\"" },
		{ "services: {s: {extends: {file: b.yaml, service: t}, labels: }}\n%% b.yaml\nservices: {t: {image: i, labels: A=1}}\n",
		  "services.s.labels", "{\"A\":\"1\"}" },
		{ "include: [{env_file: e}]\n" ONE("tty: true"), "services.s.tty", "true" },
	};
	check_compose(rows);
}

CASE(dates_of_extensions_are_rfc_3339)
{
	static const struct test_compose rows[] = {
		{ ONE("tty: true") "x-a: 2024-1-2\n", "x-a", "\"2024-01-02T00:00:00Z\"" },
		{ ONE("tty: true") "x-a: 2024-01-02 3:4:5.50\n", "x-a", "\"2024-01-02T03:04:05.5Z\"" },
		{ ONE("tty: true") "x-a: 2024-01-02T03:04:05+00:00\n", "x-a", "\"2024-01-02T03:04:05Z\"" },
		{ ONE("tty: true") "x-a: 2024-01-02t03:04:05+01:00\n", "x-a", "\"2024-01-02T03:04:05+01:00\"" },
		{ ONE("tty: true") "x-a: 2023-02-29\n", "x-a", "\"2023-02-29\"" },
	};
	check_compose(rows);
}

CASE(what_has_no_such_form_is_refused)
{
	static const struct test_compose rows[] = {
		{ ONE("pids_limit: '${X:-++5}'"), NULL, "not a whole number: \"++5\"" },
		{ ONE("blkio_config: {weight: '300'}"), NULL, "compose.yaml:1:49: this must be a whole number" },
		{ ONE("cpu_percent: 1e3"), NULL, "compose.yaml:1:39: " },
		{ ONE("group_add: [1.5]"), NULL, "compose.yaml:1:38: this must be a string" },
		{ ONE("storage_opt: {a: true}"), NULL, "compose.yaml:1:43: this must be a string" },
		{ ONE("mem_limit: '0x10'"), NULL, "compose.yaml:1:37: invalid size" },
		{ ONE("cpus: inf"), NULL, "compose.yaml:1:32: not a number" },
		{ ONE("volumes: [{type: tmpfs, target: /t, tmpfs: {mode: '1777'}}]"), NULL,
		  "compose.yaml:1:76: this must be a whole number" },
		{ "services: {s: {image: !!binary x}}\n", NULL, "compose.yaml:1:23: " },
	};
	check_compose(rows);
}
