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
	};
	check_rows(t, STK_LEN(t));
}

CASE(hadolint_takes)
{
	static const struct test_dockerfile_row t[] = {
		{ "DL1000", "", "# escape = \\\\\nFROM a:1\n" },
		{ "DL1000", "", "FROM a:1\nONBUILD SHELL anything\n" },
		{ "DL1000", "", "FROM a:1\nSHELL anything\n" },
		{ "DL1000", "2", "FROM a:1\nSHELL\n" },
	};
	static const struct test_dockerfile_row ours[] = {
		{ "DL1000", "", "FROM a:1\nRUN <<EOF\nfoo\nEOF\nHEALTHCHECK none\nEXPOSE 80/sctp\n" },
		{ "DL1000", "2", "FROM a:1\nSHELL anything\n" },
	};
	check_rows(t, STK_LEN(t));
	test_dockerfile_rows(ours, STK_LEN(ours), NULL);
}
