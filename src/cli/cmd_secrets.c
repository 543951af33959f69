/* SPDX-License-Identifier: Apache-2.0 */
/* strake secrets: credentials in images, directories, build contexts, files and streams. */
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/gitleaks_options.h"
#include "cli/secret_settings.h"
#include "cli/secret_targets.h"
#include "io/file.h"
#include "secret/baseline.h"
#include "secret/user.h"
#include "base/banned.h"

struct secrets {
	struct stk_report_options report;
	struct stk_gitleaks_options gitleaks;
	const char *min_confidence, *dockerfile, *platform, *host, *gitleaks_config, *gitleaks_ignore, *trivy_config;
	struct stk_strs baselines, only;
	bool show_secrets, no_inline, build_context, no_git;
	int64_t threads, most;
};

static const struct stk_option options[] = {
	STK_OPT(0, "min-confidence", TEXT, struct secrets, min_confidence, "LEVEL",
		"low, medium (default) or high: leave out weaker findings"),
	STK_OPT(0, "show-secrets", FLAG, struct secrets, show_secrets, NULL,
		"print values instead of their first and last characters"),
	STK_OPT(0, "no-inline-allow", FLAG, struct secrets, no_inline, NULL,
		"report also what a strake:allow or gitleaks:allow comment allows"),
	STK_OPT(0, "context", FLAG, struct secrets, build_context, NULL,
		"directories are build contexts: leave out what .dockerignore does"),
	STK_OPT(0, "dockerfile", TEXT, struct secrets, dockerfile, "FILE",
		"an image's Dockerfile: findings name its lines (default: one beside it)"),
	STK_OPT(0, "platform", TEXT, struct secrets, platform, "OS/ARCH",
		"which image of an index, e.g. linux/arm64/v8"),
	STK_OPT(0, "docker-host", TEXT, struct secrets, host, "URL",
		"the engine to ask for images (default: $DOCKER_HOST, the usual sockets)"),
	STK_OPT(0, "baseline", MANY, struct secrets, baselines, "FILE",
		"leave out what this earlier report has (strake's JSON or Gitleaks')"),
	STK_OPT('b', "baseline-path", MANY, struct secrets, baselines, "FILE", "the same, by Gitleaks' name"),
	STK_OPT(0, "gitleaks-config", TEXT, struct secrets, gitleaks_config, "FILE",
		"add the rules and allow lists of this Gitleaks configuration (default: .gitleaks.toml); --config "
		"takes a .toml file too"),
	STK_OPT(0, "secret-config", TEXT, struct secrets, trivy_config, "FILE",
		"add the rules and allow rules of this secret configuration of Trivy's (default: trivy-secret.yaml)"),
	STK_OPT(0, "enable-rule", LIST, struct secrets, only, "RULES", "of the built-in rules, these alone"),
	STK_OPT(0, "no-git", FLAG, struct secrets, no_git, NULL,
		"leave the history out: do not look into .git folders below a target"),
	STK_OPT('i', "gitleaks-ignore-path", TEXT, struct secrets, gitleaks_ignore, "FILE",
		"leave out what this file, or the .gitleaksignore of this folder, lists, besides those that stand in "
		"the folder of the run and in the targets"),
	STK_OPT(0, "ignore-gitleaks-allow", FLAG, struct secrets, no_inline, NULL,
		"--no-inline-allow, by Gitleaks' name"),
	STK_OPT(0, "max-target-megabytes", NUMBER, struct secrets, most, "N",
		"leave out files of directories that are larger (default: none)"),
	STK_OPT(0, "threads", NUMBER, struct secrets, threads, "N", "scan with N threads (default: one a processor)"),
	STK_GITLEAKS_OPTIONS(struct secrets),
};

static void set_defaults(void *context)
{
	struct secrets *secrets = context;
	secrets->min_confidence = "medium";
}

/* The project's own rules, and those of peers' files. */
static int read_rules(struct stk_cli *cli, const struct secrets *secrets, struct stk_secret_rules *out,
		      struct stk_strs *notices, struct stk_err *err)
{
	const struct stk_secret_sources sources = { .gitleaks = secrets->gitleaks_config,
						    .trivy = secrets->trivy_config,
						    .no_config = secrets->report.no_config };
	for (size_t i = 0; i < secrets->only.n; i++)
		*STK_PUSH(cli->arena, &out->only) = secrets->only.v[i];
	return stk_cli_secret_rules(cli, &sources, out, notices, err);
}

/* --config may name Gitleaks' file: then the settings are those that everybody gets. */
static int read_config(struct stk_cli *cli, struct secrets *secrets)
{
	struct stk_err err;
	const char *named = secrets->report.config;
	bool toml = named && stk_str_ends(stk_str_from(named), S(".toml"));
	if (!named)
		return 0;
	if (toml)
		secrets->gitleaks_config = named;
	struct stk_config *config = STK_NEW(cli->arena, struct stk_config, 1);
	config->line = stk_line_default();
	cli->config = config;
	if (secrets->report.no_config || stk_config_load(cli->arena, toml ? NULL : named, NULL, config, &err) == 0)
		return 0;
	return stk_cli_error(&err);
}

/* A folder may stand for the .gitleaksignore in it. */
static struct stk_str ignore_path(struct stk_cli *cli, const char *name)
{
	return stk_file_is_dir(name) ? stk_arena_printf(cli->arena, "%s/.gitleaksignore", name) : stk_str_from(name);
}

/* What the command line names; files that stand beside the targets are everybody's (ignore_files.c). */
static int read_baselines(struct stk_cli *cli, const struct secrets *secrets, struct stk_secret_baseline *out,
			  struct stk_err *err)
{
	struct stk_str text;
	for (size_t i = 0; i < secrets->baselines.n; i++) {
		struct stk_str file = stk_arena_str(cli->arena, secrets->baselines.v[i]);
		if (stk_file_read(cli->arena, file.p, STK_LIMIT_JSON_FILE, &text, err) < 0 ||
		    stk_secret_baseline_read(cli->arena, text, file, out, err) < 0)
			return -1;
	}
	if (!secrets->gitleaks_ignore)
		return 0;
	struct stk_str file = ignore_path(cli, secrets->gitleaks_ignore);
	if (stk_file_is_dir(secrets->gitleaks_ignore) && !stk_file_exists(file.p))
		return 0;
	if (stk_file_read(cli->arena, file.p, STK_LIMIT_TEXT_FILE, &text, err) < 0)
		return -1;
	stk_secret_baseline_read_ignore(cli->arena, text, file, S(""), out);
	for (size_t i = 0; i < cli->folders.n; i++)
		stk_secret_baseline_read_ignore(cli->arena, text, file, cli->folders.v[i], out);
	return 0;
}

static int scan_all(struct stk_secret_job *job, const struct secrets *secrets,
		    const struct stk_secret_baseline *baseline)
{
	static char *const here[] = { ".", NULL };
	char *const *targets = job->cli->n_arguments ? job->cli->arguments : here;
	struct stk_err err = { 0 };
	for (size_t i = 0; targets[i]; i++)
		if (stk_secret_target(job, targets[i], &err) < 0)
			return stk_cli_error(&err);
	if (job->weaker)
		*STK_PUSH(job->cli->arena, &job->report->notices) =
			stk_arena_printf(job->cli->arena, "%zu less certain finding%s not shown: --min-confidence low",
					 job->weaker, job->weaker == 1 ? "" : "s");
	if (job->left_out)
		*STK_PUSH(job->cli->arena, &job->report->notices) = stk_arena_printf(
			job->cli->arena, "%zu file%s larger than %lld MB not looked at: --max-target-megabytes",
			job->left_out, job->left_out == 1 ? "" : "s", (long long)secrets->most);
	if (job->spoilt)
		*STK_PUSH(job->cli->arena, &job->report->notices) = stk_arena_printf(
			job->cli->arena, "%zu broken archive%s among test data searched as far as %s", job->spoilt,
			job->spoilt == 1 ? "" : "s", job->spoilt == 1 ? "it goes" : "they go");
	stk_secret_baseline_apply(baseline, job->report);
	return stk_cli_finish(job->cli, &secrets->report, job->report);
}

/* Without its settings nothing is scanned, whatever was wrong with them. */
static int usage_error(struct stk_err *err)
{
	err->code = STK_EUSAGE;
	return stk_cli_error(err);
}

/* Gitleaks' -s is its --source. */
static int check_severities(const struct stk_cli *cli, const struct secrets *secrets)
{
	enum stk_severity severity;
	for (size_t i = 0; i < secrets->report.severities.n; i++) {
		struct stk_str word = stk_arena_str(cli->arena, secrets->report.severities.v[i]);
		if (!stk_severity_parse(word, &severity) && stk_file_exists(word.p))
			return stk_cli_usage(cli,
					     "-s is --severity here; a target stands alone: strake secrets " STK_FMT,
					     STK_ARG(word));
	}
	return 0;
}

static int secrets_main(struct stk_cli *cli, void *context)
{
	struct secrets *secrets = context;
	struct stk_report report = stk_report_new(cli->arena);
	struct stk_secret_options how = { .show = secrets->show_secrets,
					  .no_inline = secrets->no_inline,
					  .threads = (unsigned)secrets->threads };
	struct stk_secret_engine *engine;
	struct stk_secret_rules rules = { 0 };
	struct stk_secret_baseline baseline = { 0 };
	struct stk_err err = { 0 };
	if (!stk_confidence_parse(stk_str_from(secrets->min_confidence), &how.least))
		return stk_cli_usage(cli, "--min-confidence takes low, medium or high, not \"%s\"",
				     secrets->min_confidence);
	if (secrets->threads < 0 || secrets->threads > 64)
		return stk_cli_usage(cli, "--threads takes 0 to 64");
	if (secrets->most < 0 || secrets->most > INT32_MAX)
		return stk_cli_usage(cli, "--max-target-megabytes takes a number of megabytes");
	if (secrets->gitleaks.redact && secrets->show_secrets)
		return stk_cli_usage(cli, "--redact and --show-secrets ask for opposite things");
	int unclear = check_severities(cli, secrets);
	if (!unclear)
		unclear = stk_gitleaks_options_apply(cli, &secrets->gitleaks, &secrets->report);
	if (!unclear)
		unclear = read_config(cli, secrets);
	if (unclear)
		return unclear;
	if (read_rules(cli, secrets, &rules, &report.notices, &err) < 0 ||
	    read_baselines(cli, secrets, &baseline, &err) < 0)
		return usage_error(&err);
	how.user = &rules;
	if (stk_secret_engine_new(&how, &engine, &err) < 0)
		return stk_cli_error(&err);
	struct stk_secret_job job = {
		.cli = cli,
		.engine = engine,
		.report = &report,
		.dockerfile = secrets->dockerfile,
		.platform = secrets->platform,
		.host = secrets->host,
		.context = secrets->build_context,
		.no_git = secrets->no_git,
		.show = secrets->show_secrets,
		.threads = (unsigned)secrets->threads,
		.most = (uint64_t)secrets->most * 1000000,
	};
	int status = scan_all(&job, secrets, &baseline);
	stk_secret_engine_free(engine);
	stk_secret_rules_free(&rules);
	return status;
}

const struct stk_command stk_command_secrets = {
	.name = "secrets",
	.brief = "find credentials in images, directories, files and streams",
	.usage = "[OPTIONS] [TARGET...]",
	.description =
		"Looks for credentials in every layer of an image (also in files that a later layer deleted), its "
		"configuration and its "
		"history; in every file below a directory (default: the current one); in a build context as "
		".dockerignore leaves it "
		"(--context); in one file; or in standard input (\"-\"). Knows the keys and tokens of some three "
		"hundred services, private keys, "
		"passwords in URLs, command lines and configuration files, and looks into archives (zip, jar, tar, "
		"gzip, zstd, xz, bzip2), git's "
		"objects (naming commit, author and date), and base64, hexadecimal, percent and \\u encoded text.\n\n"
		"A value is never printed but for its first and last characters, unless --show-secrets is given; the "
		"fingerprint is the same "
		"wherever the same secret stands. A comment \"strake:allow\", \"strake:allow=RULE\" or "
		"\"gitleaks:allow\" on a line allows what "
		"stands in it; --baseline leaves out what an earlier report has, and a "
		".gitleaksignore in the folder of the run or in a target what it lists.\n\n"
		"Rules of your own stand in .strake.yaml: secrets: { rules: [{ id, regex, title, paths, keywords, "
		"severity, confidence, entropy, "
		"group }], allow: [{ paths, regexes, stopwords, commits, "
		"rules, target, all }], disable: [RULE] }, in a "
		"Gitleaks configuration, or in a secret configuration of Trivy's. Those that both would find by "
		"themselves, .gitleaks.toml and trivy-secret.yaml in the folder of the run or in a target, count.",
	.examples = "strake secrets\n    what stands below the current directory\n"
		    "strake secrets --dockerfile Dockerfile app:latest\n    every layer of an image that the Docker "
		    "Engine knows\n"
		    "strake secrets --context .\n    what a build of this folder would send\n"
		    "strake secrets --min-confidence low --format sarif -o secrets.sarif src\n    also guesses, for a "
		    "code review\n"
		    "git diff | strake secrets -\n    only what is about to be committed\n",
	.options = options,
	.n_options = STK_LEN(options),
	.context_size = sizeof(struct secrets),
	.refusals = stk_gitleaks_refusals,
	.n_refusals = STK_N_GITLEAKS_REFUSALS,
	.reports = true,
	.reads_config = true,
	.has_folder = true,
	.defaults = set_defaults,
	.main = secrets_main,
};
