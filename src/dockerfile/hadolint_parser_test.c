/* SPDX-License-Identifier: Apache-2.0 */
/* Where Hadolint's parser stops, and where it goes on though the builder would not. */
#include "dockerfile/rules_test.h"
#include "test.h"

static void check_rows(const struct test_dockerfile_row *rows, size_t n)
{
	struct stk_dockerfile_options options = *test_dockerfile_options();
	options.compat = STK_COMPAT_HADOLINT;
	test_dockerfile_rows(rows, n, &options);
}

CASE(hadolint_refuses_flags)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "2", "FROM a:1\nCOPY --chown= x y" },
		{ "DL1000", "2", "FROM a:1\nADD --checksum= x y" },
		{ "DL1000", "", "FROM a:1\nCOPY --chown=\"\" x y" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=cache,target=/a,target=/b x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=cache,target=/a,dst=/b x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=cache,type=tmpfs,target=/a x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=cache,target=/a,ro,readonly x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=tmpfs,target=/a,id=x x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=bind,target=/a,source= x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=ssh,from=b x" },
		{ "DL1000", "",
		  "FROM a:1\nRUN --mount=target=/a,type=cache,id=x,uid=1,gid=2,mode=0755,sharing=locked,ro x" },
		{ "DL1000", "", "FROM a:1\nRUN --mount=type=secret,id=a,env=B,required x" },
		{ "DL1000", "2", "FROM a:1\nRUN --mount=type=bind,target=/a,colour=red x" },
		{ "DL1000", "", "FROM a:1\nRUN --mount=type=bind,target=/a,source=/b,RO x" },
	};
	check_rows(t, STK_LEN(t));
}

CASE(hadolint_refuses_values)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "2", "FROM a:1\nEXPOSE 80:80" },
		{ "DL1000", "2", "FROM a:1\nEXPOSE 80/sctp" },
		{ "DL1000", "2", "FROM a:1\nEXPOSE 80 \"81\"" },
		{ "DL1000", "2", "FROM a:1\nEXPOSE ${A:-80}" },
		{ "DL1000", "2", "FROM a:1\nEXPOSE $A/$B" },
		{ "DL1000", "2", "FROM a:1\nONBUILD EXPOSE 80:80" },
		{ "DL1000", "", "FROM a:1\nEXPOSE 80 81/TCP 80-90/udp $A ${A}-$B/tcp $A:80" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK none" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK --interval=1s NONE" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK --interval=500ms CMD x" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK --timeout=1m30s CMD x" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK --timeout=0 CMD x" },
		{ "DL1000", "", "FROM a:1\nHEALTHCHECK NONE" },
		{ "DL1000", "", "FROM a:1\nHEALTHCHECK --interval=1.5m --timeout=3s --retries=3 cmd x" },
		{ "DL1000", "1", "FROM $REG:8099/base/img:1.0" },
		{ "DL1000", "1", "FROM localhost:80/b:1" },
		{ "DL1000", "", "FROM localhost:80/b" },
		{ "DL1000", "", "FROM r.example:80/b:1@sha256:c" },
		{ "DL1000", "", "FROM ${A:-b:80/c}" },
	};
	check_rows(t, STK_LEN(t));
}

CASE(hadolint_refuses_heredocs)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "5", "FROM a:1\nRUN <<EOF\nfoo\nEOF\nRUN bar\n" },
		{ "DL1000", "5", "FROM a:1\nRUN <<EOF\nfoo\nEOF\n# remark\n" },
		{ "DL1000", "", "FROM a:1\nRUN <<EOF\nfoo\nEOF\n \nRUN bar\n" },
		{ "DL1000", "", "FROM a:1\nRUN <<EOF\nfoo\nEOF" },
		{ "DL1000", "3", "FROM a:1\nRUN <<-EOF\n\tfoo\n\tEOF\n" },
		{ "DL1000", "", "FROM a:1\nRUN <<-EOF\n\tfoo\nEOF\n" },
		{ "DL1000", "3", "FROM a:1\nRUN <<EOF\nfoo\nEOF x\nEOF\n" },
		{ "DL1000", "5", "FROM a:1\nRUN <<A <<B\nx\nA\ny\nB\n\n" },
		{ "DL1000", "", "FROM a:1\nCOPY <<A <<B /\nx\nA\ny\nB\n\nRUN x\n" },
		{ "DL1000", "7", "FROM a:1\nCOPY <<A <<B /\nx\nA\ny\nB\nRUN x\n" },
		{ "DL1000", "3", "FROM a:1\nADD <<A /\nx\nA\n" },
		{ "DL1000", "3", "FROM a:1\nCOPY a <<A /\nx\nA\n" },
		{ "DL1000", "4", "FROM a:1\nRUN <<A\n\nx\n" },
		{ "DL1000", "5", "FROM a:1\nRUN <<A\nUSER b \\\n c\nx\n" },
		{ "DL1000", "2", "FROM a:1\nRUN <<A\nUSER b\n" },
	};
	check_rows(t, STK_LEN(t));
}

CASE(hadolint_refuses_texts)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "2", "FROM a:1\nENV A=\"b\nUSER c" },
		{ "DL1000", "2", "FROM a:1\nLABEL a=b' c=d\nUSER c" },
		{ "DL1000", "", "FROM a:1\nENV A \"b" },
		{ "DL1000", "", "FROM a:1\nENV A=\"b\\\nc\"" },
		{ "DL1000", "2", "FROM a:1\nCMD [\"a\"] b" },
		{ "DL1000", "2", "FROM a:1\nHEALTHCHECK CMD [\"a\"] b" },
		{ "DL1000", "2", "FROM a:1\nRUN [] && b" },
		{ "DL1000", "", "FROM a:1\nRUN [ \"a\" = \"b\" ] && c" },
		{ "DL1000", "", "FROM a:1\nCMD [\"a\", b] c" },
		{ "DL1000", "1", "FROM :1" },
		{ "DL1000", "2", "FROM a:1\nRU\\\nN x" },
	};
	check_rows(t, STK_LEN(t));
}

/* Column of the parse error of each text, as Hadolint 2.15.1 has it. */
CASE(hadolint_gives_up_at_a_column)
{
	static const struct {
		unsigned line, column;
		const char *text;
	} t[] = {
		{ 2, 4, "RUNNN" },
		{ 2, 1, "FROM a:1\nFOO" },
		{ 2, 4, "FROM a:1\nRUN\nUSER b" },
		{ 2, 14, "FROM a:1\nCOPY --foo=x a b" },
		{ 2, 21, "FROM a:1\nCOPY --foo=x --link a b" },
		{ 2, 20, "FROM a:1\nCOPY --link --link a b" },
		{ 2, 10, "FROM a:1\nCOPY  a  \n" },
		{ 2, 11, "FROM a:1\nEXPOSE 80/ip" },
		{ 1, 13, "FROM foo:bar:baz" },
		{ 1, 8, "FROM a b" },
		{ 2, 42, "FROM a:1\nRUN --mount=type=bind,type=bind,target=/x --network=none foo" },
		{ 2, 28, "FROM a:1\nHEALTHCHECK --interval=500ms CMD x" },
		{ 3, 9, "FROM a:1\nRUN <<-EOF\n\tfoo\n\tEOF\n" },
		{ 2, 11, "FROM a:1\nCMD [\"a\"] b" },
		{ 2, 9, "FROM a:1\nENV A=\"\xc3\xa9\nUSER c" },
	};
	struct stk_dockerfile_options options = *test_dockerfile_options();
	options.compat = STK_COMPAT_HADOLINT;
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		const struct stk_report *report = test_dockerfile_check(&arena, t[i].text, &options);
		assert_int_equal(report->findings.n, 1);
		const struct stk_location *at = &report->findings.v[0].location;
		if (at->line != t[i].line || at->column != t[i].column)
			fail_msg("%s: %u:%u, not %u:%u", t[i].text, at->line, at->column, t[i].line, t[i].column);
	}
}

CASE(hadolint_takes)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "", "# escape = \\\\\nFROM a:1\n" },
		{ "DL1000", "", "FROM a:1\nONBUILD SHELL anything\n" },
		{ "DL1000", "", "FROM a:1\nSHELL anything\n" },
		{ "DL1000", "2", "FROM a:1\nSHELL\n" },
		{ "DL1000", "", "FROM a:1\nCOPY --chown x y" },
		{ "DL1000", "", "FROM a:1\nCOPY --link=x y" },
		{ "DL1000", "2", "FROM a:1\nCOPY --chown" },
		{ "DL1000", "", "FROM a:1\nADD --unpack= x y" },
		{ "DL1000", "", "FROM a:1\nCOPY --chown x" },
		{ "DL1000", "2", "FROM a:1\nADD --chown x y" },
		{ "DL3021", "2", "FROM a:1\nCOPY --chown x y" },
		{ "DL3021", "", "FROM a:1\nCOPY --link=x y" },
		{ "DL3021", "2", "FROM a:1\nCOPY --link=x y z" },
		{ "DL3021", "2", "FROM a:1\nCOPY \"a b\" c" },
		{ "DL3022", "", "FROM a:1\nCOPY --chown --from=b x y/" },
	};
	static const struct test_dockerfile_row ours[] = {
		{ "DL1000", "", "FROM a:1\nRUN <<EOF\nfoo\nEOF\nHEALTHCHECK none\nEXPOSE 80/sctp\n" },
		{ "DL1000", "2", "FROM a:1\nSHELL anything\n" },
	};
	check_rows(t, STK_LEN(t));
	test_dockerfile_rows(ours, STK_LEN(ours), NULL);
}
