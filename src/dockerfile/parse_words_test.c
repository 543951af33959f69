/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind keywords: JSON form, lists, pairs, flags, mounts, and what is refused there (Dockerfile reference,
 * BuildKit). */
#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/dockerfile.h"
#include "dockerfile/parse.h"
#include "test.h"

static struct stk_dockerfile *parse(struct stk_arena *arena, const char *line)
{
	return stk_dockerfile_parse(arena, S("Dockerfile"), stk_arena_printf(arena, "FROM a\n%s\n", line), NULL);
}

static struct stk_str words_of(struct stk_arena *arena, const struct stk_instruction *at)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	stk_buf_printf(&out, "%s", at->json ? "json:" : "");
	for (size_t i = 0; i < at->words.n; i++)
		stk_buf_printf(&out, "%s" STK_FMT, i ? "|" : "", STK_ARG(at->words.v[i].value));
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(words)
{
	static const struct {
		const char *line, *want;
	} t[] = {
		{ "CMD [\"a\", \"b c\"]", "json:a|b c" },
		{ "CMD [ ]", "json:" },
		{ "CMD [\"a\",]", "[\"a\",]" }, /* no JSON, so a shell's text */
		{ "CMD ['a']", "['a']" },
		{ "CMD [a]", "[a]" },
		{ "CMD [\"a\" \"b\"]", "[\"a\" \"b\"]" },
		{ "CMD [\"a\"] x", "[\"a\"] x" },
		{ "CMD [\"\\u0041\\t\\\"\\\\\\/\"]", "json:A\t\"\\/" },
		{ "CMD [\"\\ud83d\\ude00\"]", "json:\xf0\x9f\x98\x80" },
		{ "CMD [\"\\x\"]", "[\"\\x\"]" },
		{ "CMD [\"a\", \\\n \"b\"]", "json:a|b" },
		{ "RUN [ \"a\" , \"b\" ]", "json:a|b" },
		{ "ENTRYPOINT exec a", "exec a" },
		{ "SHELL [\"/bin/bash\", \"-c\"]", "json:/bin/bash|-c" },
		{ "VOLUME [\"/a\", \"/b\"]", "json:/a|/b" },
		{ "VOLUME /a /b", "/a|/b" },
		{ "COPY a b /c", "a|b|/c" },
		{ "COPY [\"a b\", \"/c\"]", "json:a b|/c" },
		{ "ADD https://x.example/a /b", "https://x.example/a|/b" },
		{ "EXPOSE 80 443/tcp 8000-8010/udp", "80|443/tcp|8000-8010/udp" },
		{ "USER a b", "a b" },
		{ "WORKDIR \"/a b\"", "/a b" },
		{ "STOPSIGNAL SIGTERM", "SIGTERM" },
		{ "MAINTAINER a <b@c.example>", "a <b@c.example>" },
		{ "HEALTHCHECK NONE", "NONE" },
		{ "HEALTHCHECK --interval=5s CMD curl x", "CMD|curl x" },
		{ "HEALTHCHECK CMD [\"a\", \"b\"]", "json:CMD|a|b" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file = parse(&arena, t[i].line);
		struct stk_str got = words_of(&arena, file->instructions.v[1]);
		if (!stk_str_is(got, t[i].want) || file->errors.n)
			fail_msg("%s gives " STK_FMT ", %zu errors", t[i].line, STK_ARG(got), file->errors.n);
	}
}

CASE(pairs)
{
	static const struct {
		const char *line, *want;
	} t[] = {
		{ "ENV A=1", "A=1" },
		{ "ENV A=1 B=\"two words\" C=th\\ ree", "A=1|B=two words|C=th ree" },
		{ "ENV A='x y'z", "A=x yz" },
		{ "ENV A=", "A=" },
		{ "ENV A=b=c", "A=b=c" },
		{ "ENV A some words", "A=some words" },
		{ "ENV A a=b", "A=a=b" },
		{ "ENV \"A\"=1", "A=1" },
		{ "LABEL a.b=1 \"c d\"=2", "a.b=1|c d=2" },
		{ "LABEL a=\"x \\\n  y\"", "a=x   y" },
		{ "ARG A", "A" },
		{ "ARG A=1 B C=2", "A=1|B|C=2" },
		{ "ARG A=\"x y\"", "A=x y" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF out = stk_buf_new(STK_MIB(1));
		struct stk_dockerfile *file = parse(&arena, t[i].line);
		const struct stk_instruction *at = file->instructions.v[1];
		for (size_t k = 0; k < at->pairs.n; k++)
			stk_buf_printf(&out, "%s" STK_FMT "%s" STK_FMT, k ? "|" : "", STK_ARG(at->pairs.v[k].key.value),
				       at->pairs.v[k].has_value ? "=" : "", STK_ARG(at->pairs.v[k].value.value));
		if (!stk_str_is(stk_buf_str(&out), t[i].want) || file->errors.n)
			fail_msg("%s gives " STK_FMT, t[i].line, STK_ARG(stk_buf_str(&out)));
	}
}

CASE(flags)
{
	static const struct {
		const char *line, *want, *rest;
	} t[] = {
		{ "COPY --from=b --chown=1:2 a /c", "from=b chown=1:2", "a /c" },
		{ "COPY --link a /c", "link", "a /c" },
		{ "COPY --chown=\"a b\" a /c", "chown=a b", "a /c" },
		{ "COPY \\\n  --from=b \\\n  a /c", "from=b", "a /c" },
		{ "COPY --exclude=a --exclude=b c /d", "exclude=a exclude=b", "c /d" },
		{ "RUN --network=none --mount=type=cache,target=/c x --y", "network=none mount=type=cache,target=/c",
		  "x --y" },
		{ "RUN -- --x", "", "--x" },
		{ "RUN x --network=none", "", "x --network=none" },
		{ "HEALTHCHECK --retries=3 --timeout=1m30s CMD x", "retries=3 timeout=1m30s", "CMD x" },
		{ "ADD --checksum=sha256:ab --keep-git-dir=true a /b", "checksum=sha256:ab keep-git-dir=true", "a /b" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		STK_BUF out = stk_buf_new(STK_MIB(1));
		struct stk_dockerfile *file = parse(&arena, t[i].line);
		const struct stk_instruction *at = file->instructions.v[1];
		for (size_t k = 0; k < at->flags.n; k++) {
			const struct stk_flag *flag = &at->flags.v[k];
			stk_buf_printf(&out, "%s" STK_FMT "%s" STK_FMT, k ? " " : "", STK_ARG(flag->name),
				       flag->has_value ? "=" : "", STK_ARG(flag->value));
			assert_true(flag->known);
			assert_true(
				stk_str_starts(stk_str_slice(file->text, flag->span.begin, flag->span.end), S("--")));
		}
		if (!stk_str_is(stk_buf_str(&out), t[i].want) || !stk_str_is(at->arguments.text, t[i].rest) ||
		    file->errors.n)
			fail_msg("%s gives " STK_FMT "; " STK_FMT, t[i].line, STK_ARG(stk_buf_str(&out)),
				 STK_ARG(at->arguments.text));
	}
}

CASE(mounts)
{
	static const struct {
		const char *flag, *type, *source, *target, *from, *id;
	} t[] = {
		{ "target=/a", "bind", "", "/a", "", "" },
		{ "type=bind,src=b,dst=/a,ro", "bind", "b", "/a", "", "" },
		{ "type=cache,id=x,destination=/c,sharing=locked,mode=0755,uid=1", "cache", "", "/c", "", "x" },
		{ "TYPE=Cache,target=/c", "cache", "", "/c", "", "" },
		{ "type=secret,id=t,required", "secret", "", "", "", "t" },
		{ "type=secret,id=t,env=TOKEN,required=true", "secret", "", "", "", "t" },
		{ "type=ssh", "ssh", "", "", "", "" },
		{ "type=tmpfs,target=/t,size=1.5g", "tmpfs", "", "/t", "", "" },
		{ "from=img:1,source=/x,target=/y", "bind", "/x", "/y", "img:1", "" },
		{ "type=bind,\\\"source=a,b\\\",target=/c", "bind", "a,b", "/c", "", "" },
		{ "type=$T,target=/c", "$t", "", "/c", "", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file = parse(&arena, stk_arena_printf(&arena, "RUN --mount=%s x", t[i].flag).p);
		const struct stk_instruction *at = file->instructions.v[1];
		if (file->errors.n || at->mounts.n != 1)
			fail_msg("%s: " STK_FMT, t[i].flag,
				 STK_ARG(file->errors.n ? file->errors.v[0].message : S("no mount")));
		const struct stk_mount *m = &at->mounts.v[0];
		assert_str(m->type, t[i].type);
		assert_str(m->source, t[i].source);
		assert_str(m->target, t[i].target);
		assert_str(m->from, t[i].from);
		assert_str(m->id, t[i].id);
	}
}

CASE(what_is_refused)
{
	/* The word that the error points at, and whether the grammar is met. */
	static const struct {
		const char *line, *message, *where;
		bool semantic;
	} t[] = {
		{ "FROM", "FROM takes an image", "FROM", false },
		{ "FROM a b", "FROM takes an image", "a b", false },
		{ "FROM a AS", "FROM takes an image", "a AS", false },
		{ "FROM a AS 1x", "is no stage name", "1x", true },
		{ "FROM a AS x y", "FROM takes an image", "a AS x y", false },
		{ "FROM a:b:c", "", "a:b:c", false },
		{ "COPY a", "requires a source and a destination", "COPY", false },
		{ "COPY [\"a\"]", "requires a source and a destination", "COPY", false },
		{ "COPY [1, 2]", "array of strings only", "[1, 2]", false },
		{ "ADD", "requires a source and a destination", "ADD", false },
		{ "ENV", "requires at least one argument", "ENV", false },
		{ "ENV A", "must have two arguments", "A", false },
		{ "ENV A=1 B", "can't find =", "B", false },
		{ "ENV =1", "names cannot be blank", "=1", false },
		{ "LABEL", "requires at least one argument", "LABEL", false },
		{ "ARG", "requires at least one argument", "ARG", false },
		{ "RUN", "requires at least one argument", "RUN", false },
		{ "CMD", "requires at least one argument", "CMD", false },
		{ "SHELL bash -c", "SHELL takes the JSON form", "bash -c", false },
		{ "SHELL []", "SHELL requires at least one argument", "SHELL", false },
		{ "VOLUME", "VOLUME requires at least one argument", "VOLUME", false },
		{ "VOLUME [\"\"]", "VOLUME cannot be an empty string", "[\"\"]", true },
		{ "EXPOSE", "EXPOSE requires at least one argument", "EXPOSE", false },
		{ "EXPOSE http", "is no port", "http", false },
		{ "EXPOSE 80/icmp", "is no port", "80/icmp", false },
		{ "EXPOSE 80-", "is no port", "80-", false },
		{ "HEALTHCHECK", "requires CMD or NONE", "HEALTHCHECK", false },
		{ "HEALTHCHECK NONE x", "takes no arguments", "x", false },
		{ "HEALTHCHECK CMD", "lacks its command", "HEALTHCHECK", false },
		{ "HEALTHCHECK curl x", "takes CMD or NONE", "curl", false },
		{ "HEALTHCHECK --interval=5 CMD x", "not a duration", "5", false },
		{ "HEALTHCHECK --interval=1us CMD x", "not a duration", "1us", false },
		{ "HEALTHCHECK --retries=x CMD x", "not a whole number", "x", false },
		{ "USER", "requires exactly one argument", "USER", false },
		{ "COPY --form=x a /b", "unknown flag", "--form=x", false },
		{ "COPY --from=x --from=y a /b", "flag given twice", "--from=y", false },
		{ "COPY --from a /b", "value missing", "--from", false },
		{ "COPY --link=yes a /b", "not true or false", "--link=yes", false },
		{ "RUN --network=bridge x", "value is none that BuildKit knows", "--network=bridge", false },
		{ "RUN --security=none x", "value is none that BuildKit knows", "--security=none", false },
		{ "RUN --mount=type=volume,target=/a x", "unknown mount type", "--mount=type=volume,target=/a", false },
		{ "RUN --mount=type=cache x", "target is missing", "--mount=type=cache", false },
		{ "RUN --mount=type=secret,from=a,id=b x", "a secret mount has no from",
		  "--mount=type=secret,from=a,id=b", false },
		{ "RUN --mount=target=/a,required x", "required is for secret and ssh mounts",
		  "--mount=target=/a,required", false },
		{ "RUN --mount=target=/a,size=1m x", "size is for tmpfs mounts", "--mount=target=/a,size=1m", false },
		{ "RUN --mount=target=/a,uid=1 x", "mode, uid and gid", "--mount=target=/a,uid=1", false },
		{ "RUN --mount=type=tmpfs,target=/a,size=big x", "not a size", "--mount=type=tmpfs,target=/a,size=big",
		  false },
		{ "RUN --mount=type=cache,target=/a,mode=9 x", "not an octal mode",
		  "--mount=type=cache,target=/a,mode=9", false },
		{ "RUN --mount=type=cache,target=/a,uid=me x", "not a number", "--mount=type=cache,target=/a,uid=me",
		  false },
		{ "RUN --mount=type=cache,target=/a,sharing=x x", "unknown sharing mode",
		  "--mount=type=cache,target=/a,sharing=x", false },
		{ "RUN --mount=target=/a,sharing=locked x", "sharing is for cache mounts",
		  "--mount=target=/a,sharing=locked", false },
		{ "RUN --mount=target=/a,ro=maybe x", "not true or false", "--mount=target=/a,ro=maybe", false },
		{ "RUN --mount=target=/a,colour=x x", "unknown key", "--mount=target=/a,colour=x", true },
		{ "RUN --mount=target=/a,oops x", "must be key=value", "--mount=target=/a,oops", true },
		{ "RUN --mount=type=secret x", "needs an id or a target", "--mount=type=secret", true },
		{ "ONBUILD", "ONBUILD requires an instruction", "ONBUILD", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file = parse(&arena, t[i].line);
		if (file->errors.n != 1)
			fail_msg("%s: %zu errors", t[i].line, file->errors.n);
		const struct stk_syntax_error *error = &file->errors.v[0];
		struct stk_str where = stk_str_slice(file->text, error->span.begin, error->span.end);
		if (!stk_str_contains(error->message, stk_str_from(t[i].message)) || !stk_str_is(where, t[i].where) ||
		    error->semantic != t[i].semantic)
			fail_msg("%s: " STK_FMT " at " STK_FMT " (%d)", t[i].line, STK_ARG(error->message),
				 STK_ARG(where), error->semantic);
	}
}

CASE(hints)
{
	static const struct {
		const char *line, *hint;
	} t[] = {
		{ "CPOY a b", "did you mean COPY?" },
		{ "ENTRYPONT x", "did you mean ENTRYPOINT?" },
		{ "xyzzy", "" },
		{ "COPY --form=x a /b", "did you mean --from?" },
		{ "RUN --mont=x y", "did you mean --mount?" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		assert_str(parse(&arena, t[i].line)->errors.v[0].hint, t[i].hint);
	}
}

CASE(durations)
{
	static const struct {
		const char *text;
		bool good;
		double nanoseconds;
	} t[] = {
		{ "0", true, 0 },	{ "30s", true, 30e9 }, { "1m30s", true, 90e9 }, { "1.5h", true, 5.4e12 },
		{ "500ms", true, 5e8 }, { "-1s", true, -1e9 }, { "+2s", true, 2e9 },	{ "10us", true, 1e4 },
		{ "3ns", true, 3 },	{ "", false, 0 },      { "5", false, 0 },	{ "s", false, 0 },
		{ "1d", false, 0 },	{ "1s2", false, 0 },   { ".s", false, 0 },	{ "-", false, 0 },
		{ "1 s", false, 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		double got = 0;
		if (stk_parse_duration(stk_str_from(t[i].text), &got) != t[i].good ||
		    (t[i].good && (got < t[i].nanoseconds || got > t[i].nanoseconds)))
			fail_msg("%s is %g", t[i].text, got);
	}
}
