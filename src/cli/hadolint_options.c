/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of `strake hadolint` that stand in for Hadolint's, from its configuration file, the
 * environment and the command line, each stronger than the one before.
 */
#include "cli/hadolint_options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cli/config.h"
#include "dockerfile/commands.h"
#include "io/file.h"
#include "base/banned.h"

static int load_own(struct stk_cli *cli, const char *path)
{
	struct stk_err err;
	struct stk_config *config = STK_NEW(cli->arena, struct stk_config, 1);
	if (stk_config_load(cli->arena, path, NULL, config, &err) < 0)
		return stk_cli_error(&err);
	cli->config = config;
	return 0;
}

/* What --config names may be Hadolint's file or ours. Like Hadolint, go on without one that was found but cannot be
 * read, but say so. */
static int load_file(struct stk_cli *cli, const struct stk_report_options *report, bool hadolint,
		     struct stk_hadolint_settings *settings)
{
	struct stk_err err;
	struct stk_str text, path = report->config	? stk_str_from(report->config)
				    : report->no_config ? S("")
							: stk_hadolint_settings_find(cli->arena, getenv);
	if (!path.n)
		return 0;
	if (stk_file_read(cli->arena, path.p, STK_LIMIT_TEXT_FILE, &text, &err) < 0) {
		err.code = STK_EUSAGE;
		return stk_cli_error(&err);
	}
	if (report->config && !hadolint && !stk_hadolint_settings_is(cli->arena, text))
		return load_own(cli, report->config);
	struct stk_hadolint_settings before = *settings;
	if (stk_hadolint_settings_yaml(cli->arena, text, path, settings, &err) == 0)
		return 0;
	err.code = STK_EUSAGE;
	int status = stk_cli_error(&err);
	if (!hadolint)
		return status;
	*settings = before;
	return 0;
}

static void append(struct stk_arena *arena, struct stk_strs *to, const struct stk_strs *from)
{
	for (size_t i = 0; i < from->n; i++)
		*STK_PUSH(arena, to) = from->v[i];
}

static int add_options(struct stk_cli *cli, const struct stk_hadolint_options *from,
		       const struct stk_report_options *report, struct stk_hadolint_settings *settings)
{
	enum stk_severity unused;
	const struct {
		bool given;
		int *flag;
	} flags[] = {
		{ from->no_fail, &settings->no_fail },
		{ from->no_color, &settings->no_color },
		{ from->verbose, &settings->verbose },
		{ from->strict_labels, &settings->strict_labels },
		{ from->disable_ignore_pragma, &settings->disable_ignore_pragma },
	};
	for (size_t i = 0; i < STK_LEN(flags); i++)
		if (flags[i].given)
			*flags[i].flag = 1;
	for (size_t level = 0; level < STK_HADOLINT_LEVELS; level++)
		append(cli->arena, &settings->overrides[level], &from->overrides[level]);
	append(cli->arena, &settings->formats, &report->formats);
	append(cli->arena, &settings->ignored, &report->ignores);
	append(cli->arena, &settings->trusted_registries, &from->trusted_registries);
	for (size_t i = 0; i < from->labels.n; i++)
		if (!stk_hadolint_settings_label(cli->arena, from->labels.v[i], settings))
			return stk_cli_usage(
				cli,
				"--require-label takes NAME:TYPE with a type of text, url, semver, hash, rfc3339, spdx or email, "
				"not \"" STK_FMT "\"",
				STK_ARG(from->labels.v[i]));
	if (from->threshold && !stk_hadolint_threshold(stk_str_from(from->threshold), &unused))
		return stk_cli_usage(
			cli, "--failure-threshold takes error, warning, info, style, ignore or none, not \"%s\"",
			from->threshold);
	if (from->threshold)
		settings->threshold = stk_str_from(from->threshold);
	return 0;
}

/* Names that are ours by default mean Hadolint's formats among its own. */
static struct stk_str hadolint_format(struct stk_arena *arena, struct stk_str value)
{
	struct stk_str file = value, name = stk_str_cut(&file, '=');
	const char *own = stk_str_is(name, "json") ? "hadolint" : stk_str_is(name, "sarif") ? "hadolint-sarif" : NULL;
	return own ? stk_arena_printf(arena, "%s%s" STK_FMT, own, file.n ? "=" : "", STK_ARG(file)) : value;
}

static void choose_formats(struct stk_cli *cli, struct stk_report_options *report, bool hadolint,
			   const struct stk_hadolint_settings *settings)
{
	struct stk_strs formats = { 0 };
	const struct stk_strs *from = report->formats.n ? &report->formats : &settings->formats;
	for (size_t i = 0; i < from->n; i++)
		*STK_PUSH(cli->arena, &formats) = hadolint ? hadolint_format(cli->arena, from->v[i]) : from->v[i];
	if (!formats.n && hadolint)
		*STK_PUSH(cli->arena, &formats) = S("tty");
	report->formats = formats;
}

/* Parse errors are none of Hadolint's rules: nothing ignores them. */
static struct stk_strs without_parse_errors(struct stk_arena *arena, const struct stk_strs *list)
{
	struct stk_strs out = { 0 };
	for (size_t i = 0; i < list->n; i++)
		if (!stk_str_is(list->v[i], "DL1000"))
			*STK_PUSH(arena, &out) = list->v[i];
	return out;
}

/* Hadolint fails from info on; never with the formats of Code Climate and Codacy. */
static void choose_line(struct stk_report_options *report, bool hadolint, const struct stk_hadolint_settings *settings)
{
	enum stk_severity severity = STK_SEV_LOW;
	if (settings->threshold.n)
		(void)stk_hadolint_threshold(settings->threshold, &severity);
	bool never = settings->no_fail == 1;
	for (size_t i = 0; hadolint && i < report->formats.n; i++)
		never |= stk_str_starts(report->formats.v[i], S("codeclimate")) ||
			 stk_str_starts(report->formats.v[i], S("codacy"));
	if (hadolint && severity == STK_SEV_COUNT)
		severity = STK_SEV_UNKNOWN; /* "none" is another word for "ignore" there */
	if (never)
		report->fail_on = "none";
	else if ((settings->threshold.n || hadolint) && !report->fail_on)
		report->fail_on = severity == STK_SEV_COUNT ? "none" : stk_severity_name(severity);
}

static void print_settings(const struct stk_hadolint_settings *settings)
{
	STK_BUF text = stk_buf_new(STK_MIB(1));
	stk_hadolint_settings_print(&text, settings);
	if (settings->file.n)
		stk_cli_say("strake: settings of " STK_FMT, STK_ARG(settings->file));
	stk_cli_say("strake: " STK_FMT, STK_ARG(stk_buf_str(&text)));
}

int stk_hadolint_options_apply(struct stk_cli *cli, const struct stk_hadolint_options *from,
			       struct stk_report_options *report, struct stk_dockerfile_options *options,
			       struct stk_hadolint_settings *settings)
{
	bool hadolint = options->compat == STK_COMPAT_HADOLINT;
	*settings = stk_hadolint_settings_new();
	if (options->compat == STK_COMPAT_BUILDKIT) /* no business of Hadolint's */
		return report->config ? load_own(cli, report->config) : 0;
	stk_hadolint_settings_environment(cli->arena, getenv, settings);
	int status = load_file(cli, report, hadolint, settings);
	if (!status)
		status = add_options(cli, from, report, settings);
	if (status)
		return status;
	append(cli->arena, &options->trusted_registries, &cli->config->trusted_registries);
	append(cli->arena, &options->trusted_registries, &settings->trusted_registries);
	for (size_t i = 0; i < settings->labels.n; i++)
		*STK_PUSH(cli->arena, &options->labels) = settings->labels.v[i];
	for (size_t level = 0; level < STK_HADOLINT_LEVELS; level++)
		append(cli->arena, &options->enabled, &settings->overrides[level]);
	options->strict_labels = settings->strict_labels == 1;
	options->disable_ignore_pragma = settings->disable_ignore_pragma == 1;
	report->ignores = hadolint ? without_parse_errors(cli->arena, &settings->ignored) : settings->ignored;
	report->like_hadolint = hadolint;
	choose_formats(cli, report, hadolint, settings);
	choose_line(report, hadolint, settings);
	if (settings->no_color == 1)
		report->color = "never";
	if (settings->verbose == 1)
		print_settings(settings);
	return 0;
}

/* Does a format take the name of --file-path-in-report? By default all do. */
static bool takes_file_path(const struct stk_report_options *options)
{
	static const char formats[] = "checkstyle codeclimate gitlab_codeclimate sonarqube junit";
	bool takes = !options->like_hadolint;
	for (size_t i = 0; i < options->formats.n; i++) {
		struct stk_str name = options->formats.v[i];
		takes |= stk_is_one_of(stk_str_cut(&name, '='), formats);
	}
	return takes;
}

/* What Hadolint does about parse errors alone: their level is fixed, and standard input has another name. */
static void keep_parse_errors(struct stk_report *report)
{
	for (size_t i = 0; i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		if (!stk_str_is(finding->id, "DL1000"))
			continue;
		finding->severity = STK_SEV_HIGH;
		if (stk_str_is(finding->location.file, "-"))
			finding->location.file = S("/dev/stdin");
	}
}

void stk_hadolint_options_finish(const struct stk_hadolint_options *from, const struct stk_hadolint_settings *settings,
				 const struct stk_report_options *options, struct stk_report *report)
{
	stk_hadolint_settings_override(settings, report, 0);
	if (options->like_hadolint)
		keep_parse_errors(report);
	if (!from->file_path || !takes_file_path(options))
		return;
	struct stk_str path = stk_str_from(from->file_path);
	for (size_t i = 0; i < report->targets.n; i++)
		report->targets.v[i].name = path;
	for (size_t i = 0; i < report->findings.n; i++)
		report->findings.v[i].location.file = path;
}
