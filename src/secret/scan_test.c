/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets are put together from parts, so that no scanner takes this file for a leak. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "secret/scan_test.h"
#include "test.h"
#include "text/base64.h"

#define AWS TEST_AWS
#define GITLAB                                                                                                         \
	"gl"                                                                                                           \
	"pat",                                                                                                         \
		"-8dQuBJpRT-4bisprlRdA"

void test_secrets_open(struct test_secrets *s, const struct stk_secret_options *options)
{
	static const struct stk_secret_options everything = { .least = STK_CONFIDENCE_LOW };
	struct stk_err err;
	*s = (struct test_secrets){ 0 };
	if (stk_secret_engine_new(options ? options : &everything, &s->engine, &err) < 0)
		fail_msg("%s", err.msg);
	s->scan = stk_secret_scan_new(s->engine, &s->arena);
}

void test_secrets_close(struct test_secrets *s)
{
	stk_secret_scan_free(s->scan);
	stk_secret_engine_free(s->engine);
	stk_arena_free(&s->arena);
}

size_t test_secrets_scan(struct test_secrets *s, const char *path, struct stk_str text)
{
	s->scan->found.n = s->scan->gaps.n = s->scan->weaker = 0;
	stk_secret_scan_text(s->scan, stk_str_from(path), text);
	return s->scan->found.n;
}

struct stk_str test_secrets_found(struct test_secrets *s)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < s->scan->found.n; i++) {
		const struct stk_secret *secret = &s->scan->found.v[i];
		stk_buf_printf(&out, "%s%s@" STK_FMT ":%u", i ? " " : "", stk_secret_rule_name(secret->rule),
			       STK_ARG(secret->path), secret->line);
	}
	return stk_arena_str(&s->arena, stk_buf_str(&out));
}

static void open_fixture(struct test_secrets *fixture, const char *no_hyperscan)
{
	setenv("STRAKE_NO_HYPERSCAN", no_hyperscan, 1);
	test_secrets_open(fixture, NULL);
	setenv("STRAKE_NO_HYPERSCAN", "", 1);
}

static void close_fixture(struct test_secrets *fixture)
{
	test_secrets_close(fixture);
}

static const struct stk_secret *only(const struct test_secrets *fixture)
{
	assert_int_equal(fixture->scan->found.n, 1);
	return &fixture->scan->found.v[0];
}

#define WITH_FIXTURE(name)                                                                                             \
	static void body_##name(struct test_secrets *f);                                                               \
	CASE(name)                                                                                                     \
	{                                                                                                              \
		static const char *const engines[] = { "", "1" };                                                      \
		for (size_t i = 0; i < 2; i++) {                                                                       \
			struct test_secrets fixture;                                                                   \
			open_fixture(&fixture, engines[i]);                                                            \
			body_##name(&fixture);                                                                         \
			close_fixture(&fixture);                                                                       \
		}                                                                                                      \
	}                                                                                                              \
	static void body_##name(struct test_secrets *f)

WITH_FIXTURE(secret_is_found_with_its_place_and_redacted)
{
	struct stk_str text = stk_arena_printf(&f->arena, "first line\n  key = \"%s%s\" # ours\n", AWS);
	stk_secret_scan_text(f->scan, S("app/settings.txt"), text);
	const struct stk_secret *secret = only(f);
	assert_string_equal(stk_secret_rule_name(secret->rule), "aws-access-key-id");
	assert_int_equal(secret->line, 2);
	assert_int_equal(secret->column, 10);
	assert_int_equal(secret->end_column, 30);
	assert_int_equal(secret->offset, 20);
	assert_str(secret->name, "key");
	assert_str(secret->redacted, "AKIA\xe2\x80\xa6"
				     "EK");
	assert_int_equal(secret->value.n, 0);
}

WITH_FIXTURE(secret_in_encodings_is_found_where_the_encoded_text_stands)
{
	static const struct {
		const char *text, *encoding;
		uint32_t line;
	} t[] = {
		{ "x\n{\"data\": \"dG9rZW49QUtJQUNHNUhLNVJLSTVQQ0lORUsK\"}\n", "base64", 2 },
		{ "746f6b656e3d414b49414347354"
		  "84b35524b493550"
		  "43494e454b0a",
		  "hex", 1 },
		{ "\n\nhttps://x/?t=%41%4b%49%41"
		  "CG5HK5RKI5PCINE%4b\n",
		  "percent", 3 },
		{ "s = '\\u0041\\u004b\\x49\\x41"
		  "CG5HK5RKI5PCINEK'",
		  "escapes", 1 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		f->scan->found.n = 0;
		stk_secret_scan_text(f->scan, S("a.txt"), stk_str_from(t[i].text));
		assert_str(only(f)->encoding, t[i].encoding);
		assert_int_equal(only(f)->line, t[i].line);
	}
}

WITH_FIXTURE(secret_across_a_window_is_found_once)
{
	static const size_t places[] = { STK_MIB(4) - 10, STK_MIB(4) + STK_KIB(64) - 10, STK_MIB(4) + STK_KIB(68) - 5,
					 STK_MIB(8) };
	for (size_t i = 0; i < STK_LEN(places); i++) {
		STK_BUF text = stk_buf_new(STK_MIB(16));
		for (size_t n = 0; n < STK_MIB(9); n += 64)
			stk_buf_add(&text, S("The quick brown fox jumps over the lazy dog and then runs away.\n"));
		struct stk_str secret = stk_arena_printf(&f->arena, " %s%s ", AWS);
		memcpy(text.p + places[i], secret.p, secret.n);
		uint32_t line = 1;
		for (size_t k = 0; k < places[i] + 1; k++)
			line += text.p[k] == '\n';
		f->scan->found.n = 0;
		stk_secret_scan_text(f->scan, S("a.txt"), stk_buf_str(&text));
		assert_int_equal(only(f)->offset, places[i] + 1);
		assert_int_equal(only(f)->line, line);
		f->scan->found.n = 0;
		stk_secret_begin(f->scan, S("a.txt"));
		for (size_t at = 0; at < text.n; at += 100000)
			stk_secret_piece(f->scan, stk_str_slice(stk_buf_str(&text), at, at + 100000));
		stk_secret_end(f->scan, true);
		assert_int_equal(only(f)->offset, places[i] + 1);
		assert_int_equal(only(f)->line, line);
	}
}

WITH_FIXTURE(secret_comment_allows_only_what_it_names)
{
	static const struct {
		const char *comment, *allowed;
	} t[] = {
		{ "strake:allow", "strake:allow" },
		{ "gitleaks:allow", "gitleaks:allow" },
		{ "strake:allow=aws-access-key-id", "strake:allow" },
		{ "strake:allow=github-pat", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		f->scan->found.n = 0;
		stk_secret_scan_text(f->scan, S("a.txt"),
				     stk_arena_printf(&f->arena, "%s%s # %s\n", AWS, t[i].comment));
		assert_str(only(f)->allowed, t[i].allowed);
	}
}

WITH_FIXTURE(secret_in_two_fields_and_dockerfile_lines)
{
	struct stk_str token = stk_arena_printf(&f->arena, "%s%s", GITLAB);
	struct stk_str value = S("fd1cc585267d4f1e"
				 "790724bc1cc5fd79");
	stk_secret_scan_text(f->scan, S("deploy/app.yaml"),
			     stk_arena_printf(&f->arena, "env:\n- name: TWILIO_AUTH_TOKEN\n  value: \"" STK_FMT "\"\n",
					      STK_ARG(value)));
	assert_string_equal(stk_secret_rule_name(only(f)->rule), "twilio-auth-token");
	assert_int_equal(only(f)->line, 3);
	f->scan->found.n = 0;
	stk_secret_scan_text(
		f->scan, S("Dockerfile"),
		stk_arena_printf(&f->arena, "FROM x\nENV A=b \\\n  DB_PASSWORD=" STK_FMT "\n", STK_ARG(token)));
	assert_int_equal(only(f)->line, 3);
}
