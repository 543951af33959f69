/* SPDX-License-Identifier: Apache-2.0 */
/* BuildKit's build checks: https://docs.docker.com/reference/build-checks/. */
#include "dockerfile/rules_test.h"
#include "test.h"

CASE(style)
{
	static const struct test_dockerfile_row t[] = {
		{ "StageNameCasing", "1", "FROM a:1 AS Base" },
		{ "StageNameCasing", "", "FROM a:1 AS base" },
		{ "FromAsCasing", "1", "FROM a:1 as base" },
		{ "FromAsCasing", "1", "from a:1 AS base" },
		{ "FromAsCasing", "", "from a:1 as base" },
		{ "FromAsCasing", "", "From a:1 As base" },
		{ "NoEmptyContinuation", "3", "FROM a:1\nRUN x \\\n\n y" },
		{ "NoEmptyContinuation", "", "FROM a:1\nRUN x \\\n# talk\n y" },
		{ "ConsistentInstructionCasing", "3", "FROM a:1\nRUN x\nuser y" },
		{ "ConsistentInstructionCasing", "1", "FROM a:1\nrun x\nuser y" },
		{ "ConsistentInstructionCasing", "2", "FROM a:1\nRun x\nUSER y" },
		{ "ConsistentInstructionCasing", "", "from a:1\nrun x" },
		{ "LegacyKeyValueFormat", "2", "FROM a:1\nENV A b" },
		{ "LegacyKeyValueFormat", "2", "FROM a:1\nLABEL a b" },
		{ "LegacyKeyValueFormat", "", "FROM a:1\nENV A=b" },
		{ "ExposeProtoCasing", "2 2", "FROM a:1\nEXPOSE 80/TCP 81/Udp 82/tcp" },
		{ "ExposeInvalidFormat", "2 2", "FROM a:1\nEXPOSE 127.0.0.1:80:80 5000:5000" },
		{ "ExposeInvalidFormat", "", "FROM a:1\nEXPOSE 80 8000-8010" },
		{ "InvalidDefinitionDescription", "3", "FROM a:1\n# what it is\nARG X" },
		{ "InvalidDefinitionDescription", "", "FROM a:1\n# X is what it is\nARG X" },
		{ "InvalidDefinitionDescription", "", "FROM a:1\n# what it is\n\nARG X" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(repeats_and_forms)
{
	static const struct test_dockerfile_row t[] = {
		{ "DuplicateStageName", "2", "FROM a:1 AS x\nFROM b:1 AS x" },
		{ "ReservedStageName", "1", "FROM a:1 AS context" },
		{ "JSONArgsRecommended", "2", "FROM a:1\nENTRYPOINT x" },
		{ "MaintainerDeprecated", "2", "FROM a:1\nMAINTAINER x" },
		{ "MultipleInstructionsDisallowed", "2", "FROM a:1\nCMD [\"x\"]\nCMD [\"y\"]" },
		{ "RedundantTargetPlatform", "1", "FROM --platform=$TARGETPLATFORM a:1" },
		{ "FromPlatformFlagConstDisallowed", "1", "FROM --platform=linux/arm64 a:1" },
		{ "SecretsUsedInArgOrEnv", "2", "FROM a:1\nARG MY_SECRET" },
		{ "WorkdirRelativePath", "2", "FROM a:1\nWORKDIR x" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(variables)
{
	static const struct test_dockerfile_row t[] = {
		{ "UndefinedArgInFrom", "1", "FROM a:$VERSION" },
		{ "UndefinedArgInFrom", "", "ARG VERSION=1\nFROM a:$VERSION" },
		{ "UndefinedArgInFrom", "", "FROM --platform=$BUILDPLATFORM a:1" },
		{ "UndefinedArgInFrom", "1", "FROM --platform=$BUILDPLATFROM a:1" },
		{ "UndefinedVar", "2", "FROM scratch\nCOPY $src /" },
		{ "UndefinedVar", "", "FROM scratch\nARG src=.\nCOPY $src /" },
		{ "UndefinedVar", "", "FROM a:1\nRUN echo $src" },
		{ "UndefinedVar", "3", "FROM scratch\nARG dir=/d\nWORKDIR $dri" },
		{ "UndefinedVar", "", "FROM a:1\nENV PATH=$PATH:/x" },
		{ "UndefinedVar", "", "FROM scratch\nENV A='$nothing'" },
		{ "UndefinedVar", "3", "ARG V=1\nFROM scratch\nENV A=$V" },
		{ "InvalidDefaultArgInFrom", "2", "ARG TAG\nFROM a:$TAG" },
		{ "InvalidDefaultArgInFrom", "", "ARG TAG=1\nFROM a:$TAG" },
		{ "InvalidDefaultArgInFrom", "", "ARG TAG\nFROM a:${TAG:-1}" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(files_that_the_context_leaves_out)
{
	static const struct {
		const char *ignore;
		struct test_dockerfile_row row;
	} t[] = {
		{ "*.md\n", { "CopyIgnoredFile", "2", "FROM a:1\nCOPY readme.md /" } },
		{ "*.md\n", { "CopyIgnoredFile", "", "FROM a:1\nCOPY readme.txt /" } },
		{ "docs\n", { "CopyIgnoredFile", "2", "FROM a:1\nADD docs/x /" } },
		{ "docs\n!docs/x\n", { "CopyIgnoredFile", "", "FROM a:1\nCOPY docs/x /" } },
		{ "docs\n", { "CopyIgnoredFile", "", "FROM a:1\nCOPY --from=b:1 docs /" } },
		{ "docs\n", { "CopyIgnoredFile", "", "FROM a:1\nCOPY . /" } },
		{ "*\n", { "CopyIgnoredFile", "2", "FROM a:1\nCOPY . /" } },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_dockerfile_options options = *test_dockerfile_options();
		options.has_dockerignore = true;
		options.dockerignore = stk_str_from(t[i].ignore);
		test_dockerfile_rows(&t[i].row, 1, &options);
	}
}

CASE(what_the_file_says_about_checks)
{
	static const struct test_dockerfile_row t[] = {
		{ "StageNameCasing", "", "# check=skip=StageNameCasing\nFROM a:1 AS Base" },
		{ "StageNameCasing", "", "# check=skip=JSONArgsRecommended,StageNameCasing\nFROM a:1 AS Base" },
		{ "StageNameCasing", "", "# check=skip=all\nFROM a:1 AS Base" },
		{ "StageNameCasing", "2", "# check=skip=JSONArgsRecommended\nFROM a:1 AS Base" },
		{ "JSONArgsRecommended", "3", "FROM a:1\n# check=skip=StageNameCasing\nCMD x" },
		{ "JSONArgsRecommended", "", "FROM a:1\n# check=skip=JSONArgsRecommended it is meant\nCMD x" },
		{ "JSONArgsRecommended", "4", "FROM a:1\n# check=skip=JSONArgsRecommended\n\nCMD x" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}

CASE(errors_and_experiments)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile_options options = { 0 };
	const char *text = "# check=error=true\nFROM a:1 AS Base\n# what\nARG X\n";
	struct stk_report *report = test_dockerfile_check(&arena, text, &options);
	assert_int_equal(test_count_findings(report, "StageNameCasing"), 1);
	assert_int_equal(test_count_findings(report, "InvalidDefinitionDescription"), 0); /* experimental */
	for (size_t i = 0; i < report->findings.n; i++)
		if (stk_str_is(report->findings.v[i].id, "StageNameCasing"))
			assert_int_equal(report->findings.v[i].severity, STK_SEV_HIGH);
	report = test_dockerfile_check(&arena, "# check=experimental=all\nFROM a:1\n# what\nARG X\n", &options);
	assert_int_equal(test_count_findings(report, "InvalidDefinitionDescription"), 1);
	/* The build argument stands above the directive. */
	struct stk_variable args[] = { { S("BUILDKIT_DOCKERFILE_CHECK"), S("skip=all") } };
	options.build_args.v = args;
	options.build_args.n = 1;
	assert_int_equal(test_count_findings(test_dockerfile_check(&arena, text, &options), "StageNameCasing"), 0);
}

CASE(verdicts_of_buildkit)
{
	static const struct stk_dockerfile_options buildkit = { .compat = STK_COMPAT_BUILDKIT };
	static const struct test_dockerfile_row t[] = {
		{ "MultipleInstructionsDisallowed", "2 3",
		  "FROM a:1\nCMD [\"x\"]\nCMD [\"y\"]\nCMD [\"z\"]" }, /* those that are overridden */
		{ "NoEmptyContinuation", "4", "FROM a:1\nRUN x \\\n\n y" },
		{ "JSONArgsRecommended", "", "FROM a:1\nSHELL [\"bash\", \"-c\"]\nCMD x" },
		{ "SecretsUsedInArgOrEnv", "2", "FROM a:1\nENV TOKEN=" },
		{ "SecretsUsedInArgOrEnv", "", "FROM a:1\nENV TOKEN_FILE=x PUBLIC_KEY=y KEY_VERSION=z" },
		{ "SecretsUsedInArgOrEnv", "", "ARG TOKEN\nFROM a:1" },
		{ "WorkdirRelativePath", "2", "FROM a:1\nWORKDIR x\nWORKDIR y" },
		{ "WorkdirRelativePath", "", "FROM a:1\nWORKDIR /x\nWORKDIR y" },
		{ "FromPlatformFlagConstDisallowed", "", "FROM --platform=linux/arm64 a:1 AS build-arm64" },
		{ "UndefinedVar", "2", "FROM a:1\nCOPY $src /" },
		{ "UndefinedVar", "", "FROM a:1\nCOPY ${BUILDKIT_SBOM_SCAN_STAGE} /" },
		{ "DL3008", "", "FROM a:1\nRUN apt-get install x" },
	};
	test_dockerfile_rows(t, STK_LEN(t), &buildkit);
}
