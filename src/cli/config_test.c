/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/config.h"
#include "io/file.h"

static int load(struct stk_arena *arena, const char *text, struct stk_config *config, struct stk_err *err)
{
	char path[] = "/tmp/strake-config-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(stk_file_replace(path, stk_str_from(text), err), 0);
	int result = stk_config_load(arena, stk_arena_str(arena, stk_str_from(path)).p, NULL, config, err);
	unlink(path);
	return result;
}

CASE(every_key_is_read)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_config config;
	static const char text[] =
		"fail-on:\n  secrets: low\n  image: none\nseverity: [high, critical]\nignore-unfixed: true\n"
		"ignore:\n  - {id: DL3008, reason: we pin by snapshot}\ntrusted-registries: [example.org]\n"
		"environment: development\nnetwork:\n  assertions:\n    - 'deny: a -> b'\n";
	assert_int_equal(load(&arena, text, &config, &err), 0);
	assert_int_equal(config.line.at[STK_LAYER_SECRETS], STK_SEV_LOW);
	assert_int_equal(config.line.at[STK_LAYER_IMAGE], STK_SEV_COUNT);
	assert_int_equal(config.line.at[STK_LAYER_BUILD], STK_SEV_HIGH);
	assert_true(config.line.hidden[STK_SEV_LOW] && !config.line.hidden[STK_SEV_HIGH] && config.line.ignore_unfixed);
	assert_str(config.ignores.v[0].id, "DL3008");
	assert_str(config.trusted_registries.v[0], "example.org");
	assert_int_equal(config.environment, STK_DEVELOPMENT);
	assert_int_equal(config.assertions->n, 1);
}

CASE(mistakes_are_usage_errors_with_a_place)
{
	static const struct {
		const char *text, *place, *hint;
	} t[] = {
		{ "fail-om: high\n", ":1:1: unknown key", "Did you mean \"fail-on\"?" },
		{ "fail-on: worse\n", ":1:10: must be", "" },
		{ "ignore:\n  - id: X\n", ":2:5: an ignore needs a reason", "" },
		{ "network:\n  assertions: no\n", ":2:15: must be a list", "Write [\"no\"]." },
		{ "a: [\n", ":2:1: ", "" },
		{ "- x\n", ":1:1: must be a map", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_err err = { 0 };
		struct stk_config config;
		assert_int_equal(load(&arena, t[i].text, &config, &err), -1);
		assert_int_equal(err.code, STK_EUSAGE);
		if (!strstr(err.msg, t[i].place))
			fail_msg("%s", err.msg);
		assert_string_equal(err.hint, t[i].hint);
	}
}
