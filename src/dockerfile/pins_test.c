/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files, and the places of a Dockerfile where a digest can stand. */
#include "dockerfile/pins.h"

#include "base/limits.h"
#include "dockerfile/dockerfile.h"
#include "test.h"

#define ONE   "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define OTHER "sha256:2222222222222222222222222222222222222222222222222222222222222222"

CASE(a_lock_is_read_and_written)
{
	STK_ARENA arena = { 0 };
	struct stk_pins pins = { 0 };
	struct stk_err err;
	STK_BUF out = stk_buf_new(STK_KIB(4));
	assert_int_equal(stk_pins_read(&arena,
				       S("{\"schema\": \"strake-lock/1\", \"downloads\": {\"https://e.x/a\": \"" OTHER
					 "\"}, \"images\": {\"z:1\": \"" ONE "\", \"a\": \"" OTHER "\"}}"),
				       &pins, &err),
			 0);
	assert_str(stk_pin_of_image(&arena, &pins, S("docker.io/library/z:1")), ONE);
	assert_str(stk_pin_of_image(&arena, &pins, S("a:latest")), OTHER);
	assert_str(stk_pin_of_image(&arena, &pins, S("z:2")), "");
	assert_str(stk_pin_of_image(&arena, &pins, S("not A reference")), "");
	assert_str(stk_pin_of_image(&arena, NULL, S("z:1")), "");
	assert_str(stk_pin_of_address(&pins, S("https://e.x/a")), OTHER);
	*STK_PUSH(&arena, &pins) = (struct stk_pin){ S("docker.io/library/z:1"), S(OTHER) }; /* the first counts */
	stk_pins_write(&arena, &pins, &out);
	assert_str(stk_buf_str(&out), "{\n  \"schema\": \"strake-lock/1\",\n  \"images\": {\n"
				      "    \"docker.io/library/a:latest\": \"" OTHER "\",\n"
				      "    \"docker.io/library/z:1\": \"" ONE "\"\n  },\n  \"downloads\": {\n"
				      "    \"https://e.x/a\": \"" OTHER "\"\n  }\n}\n");
}

CASE(locks_that_are_refused)
{
	static const char *const t[] = {
		"",
		"[]",
		"{}",
		"{\"schema\": 1}",
		"{\"schema\": \"strake-lock/2\"}",
		"{\"schema\": \"strake-lock/1\", \"images\": []}",
		"{\"schema\": \"strake-lock/1\", \"images\": {\"A B\": \"" ONE "\"}}",
		"{\"schema\": \"strake-lock/1\", \"images\": {\"a@" ONE "\": \"" ONE "\"}}",
		"{\"schema\": \"strake-lock/1\", \"images\": {\"a:1\": 1}}",
		"{\"schema\": \"strake-lock/1\", \"images\": {\"a:1\": \"" ONE "0\"}}",
		"{\"schema\": \"strake-lock/1\", \"downloads\": {\"https://e.x\": \"sha256:\"}}",
		"{\"schema\": \"strake-lock/1\", \"pictures\": {}}",
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_pins pins = { 0 };
		struct stk_err err;
		if (stk_pins_read(&arena, stk_str_from(t[i]), &pins, &err) == 0)
			fail_msg("taken: %s", t[i]);
	}
}

CASE(places)
{
	static const struct {
		const char *text, *images;
	} t[] = {
		{ "FROM a:1 AS b\nFROM b\nCOPY --from=b x /y\nCOPY --from=0 x /y\nCOPY --from=c x /y\n", "a:1 c " },
		{ "FROM scratch\nFROM a@" ONE "\n", "" },
		{ "ARG V=1\nFROM a:$V\nFROM a:$W\n", "a:1* " },
		{ "FROM a:1\nRUN --mount=type=bind,from=d:2,target=/x --mount=from=a:3,target=/y z\n", "a:1 d:2 a:3 " },
		{ "FROM a:1\nCOPY --from=$X x /y\nRUN --mount=type=cache,target=/x y\n", "a:1 " },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF got = stk_buf_new(STK_KIB(4));
		struct stk_dockerfile *file =
			stk_dockerfile_parse(&arena, S("Dockerfile"), stk_str_from(t[i].text), NULL);
		struct stk_pinnables places = stk_dockerfile_pinnables(&arena, file);
		for (size_t k = 0; k < places.n; k++)
			stk_buf_printf(&got, STK_FMT "%s ", STK_ARG(places.v[k].image), places.v[k].plain ? "" : "*");
		assert_str(stk_buf_str(&got), t[i].images);
	}
}
