/* SPDX-License-Identifier: Apache-2.0 */
/* strake image: which known vulnerabilities an image has. */
#include "audit/image_target.h"
#include "base/buf.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "io/progress.h"
#include "text/utf8.h"
#include "base/banned.h"

struct image_context {
	struct stk_report_options report;
	const char *platform, *database, *host, *distro;
	struct stk_strs inputs, scanners, package_types;
	bool no_package_list, offline;
	struct stk_progress progress; /* private */
};

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct image_context, member, argument, help)

static const struct stk_option image_options[] = {
	ROW(0, "input", MANY, inputs, "FILE", "an archive, layout or directory (the same as naming it as TARGET)"),
	ROW(0, "platform", TEXT, platform, "OS/ARCH", "which image of an index, e.g. linux/arm64/v8"),
	ROW(0, "db", TEXT, database, "FILE", "advisory database (default: what \"strake db update\" wrote)"),
	ROW(0, "scanners", LIST, scanners, "LIST", "vuln (default), secret; none: the package list alone"),
	ROW(0, "pkg-types", LIST, package_types, "LIST", "os, library (default: both)"),
	ROW(0, "distro", TEXT, distro, "NAME/VERSION", "take the image for this system, e.g. debian/12"),
	ROW(0, "docker-host", TEXT, host, "URL", "the engine to ask (default: $DOCKER_HOST, the usual sockets)"),
	ROW(0, "list-all-pkgs", UNFLAG, no_package_list, NULL, "list all packages in the report (default)"),
	ROW(0, "offline-scan", FLAG, offline, NULL,
	    "accepted for Trivy's sake: a scan fetches nothing but an engine's image"),
	ROW(0, "skip-db-update", FLAG, offline, NULL, "the same: only \"strake db update\" fetches advisories"),
	ROW(0, "no-list-pkgs", FLAG, no_package_list, NULL, "list no packages but those with a finding"),
};

static bool has(const struct stk_strs *list, const char *word)
{
	return stk_strs_has(list, stk_str_from(word));
}

/* Every word of a list option is one of those it takes, which end with NULL. */
static int check_words(struct stk_cli *cli, const char *option, const struct stk_strs *list, const char *const *known)
{
	STK_BUF words = stk_buf_new(STK_KIB(1));
	for (size_t k = 0; known[k]; k++)
		stk_buf_printf(&words, "%s%s", k ? ", " : "", known[k]);
	for (size_t i = 0; i < list->n; i++) {
		bool found = false;
		for (size_t k = 0; known[k]; k++)
			found |= stk_str_is(list->v[i], known[k]);
		if (!found)
			return stk_cli_usage(cli, "--%s takes " STK_FMT ", not \"" STK_FMT "\"", option,
					     STK_ARG(stk_buf_str(&words)), STK_ARG(list->v[i]));
	}
	return 0;
}

static int check_options(struct stk_cli *cli, const struct image_context *context)
{
	static const char *const scanners[] = { "vuln", "secret", "none", NULL }, *const types[] = { "os", "library",
												     NULL };
	if (!cli->n_arguments && !context->inputs.n)
		return stk_cli_usage(cli,
				     "name an image: an archive, a directory, or a name that the Docker Engine knows");
	int status = check_words(cli, "scanners", &context->scanners, scanners);
	return status ? status : check_words(cli, "pkg-types", &context->package_types, types);
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	struct stk_progress *progress = context;
	progress->total = total;
	stk_progress_update(progress, done);
}

static int look_at(struct image_context *context, struct stk_image_job *job, const char *name,
		   struct stk_report *report, struct stk_err *err)
{
	bool draw = !context->report.no_progress && !context->report.quiet && stk_progress_possible();
	STK_BUF label = stk_buf_new(STK_KIB(64));
	stk_utf8_printable(&label, stk_str_from(name));
	context->progress = stk_progress_begin(draw, stk_buf_str(&label), 0);
	int result = stk_audit_image(job, name, report, err);
	stk_progress_end(&context->progress);
	return result;
}

/* All that are named; the others are still looked at when one of several cannot be. */
static int look_at_all(struct stk_cli *cli, struct image_context *context, struct stk_image_job *job,
		       struct stk_report *report)
{
	size_t n_inputs = context->inputs.n, n = n_inputs + cli->n_arguments;
	for (size_t i = 0; i < n; i++) {
		struct stk_err err;
		const char *name =
			i < n_inputs ? stk_arena_str(cli->arena, context->inputs.v[i]).p : cli->arguments[i - n_inputs];
		job->open.archive_only = i < n_inputs;
		if (look_at(context, job, name, report, &err) == 0)
			continue;
		/* A single target that cannot be read is an error of the run, one of several a
		   gap of the report. */
		if (n == 1 || err.code == STK_EUSAGE)
			return stk_cli_error(&err);
		size_t target = stk_report_target(report, stk_str_from(name), "image");
		stk_report_gap(report, target, stk_str_from(name), stk_arena_str(report->arena, stk_str_from(err.msg)));
	}
	return stk_cli_finish(cli, &context->report, report);
}

static int image_main(struct stk_cli *cli, void *data)
{
	struct image_context *context = data;
	STK_DATABASE database = { 0 };
	struct stk_err err;
	struct stk_report report = stk_report_new(cli->arena);
	int status = check_options(cli, context);
	if (status)
		return status;
	bool match = !context->scanners.n || has(&context->scanners, "vuln");
	if (match && stk_database_use(&report, context->database, &database, &err) < 0)
		return stk_cli_error(&err);
	struct stk_secret_engine *secrets = NULL;
	struct stk_secret_options how = { .least = STK_CONFIDENCE_MEDIUM };
	if (has(&context->scanners, "secret") && stk_secret_engine_new(&how, &secrets, &err) < 0)
		return stk_cli_error(&err);
	struct stk_image_job job = {
		.open = { .platform = context->platform,
			  .host = context->host,
			  .progress = show_progress,
			  .context = &context->progress },
		.database = match ? &database : NULL,
		.secrets = secrets,
		.distro = stk_str_from(context->distro),
		.no_system_packages = context->package_types.n && !has(&context->package_types, "os"),
		.no_library_packages = context->package_types.n && !has(&context->package_types, "library"),
		.no_package_list = context->no_package_list,
		.progress = show_progress,
		.context = &context->progress,
	};
	status = look_at_all(cli, context, &job, &report);
	stk_secret_engine_free(secrets);
	return status;
}

const struct stk_command stk_command_image = {
	.name = "image",
	.brief = "find known vulnerabilities in an image",
	.usage = "[OPTIONS] TARGET...",
	.description =
		"Reads an image without unpacking it, lists what its package databases say is installed, and "
		"reports the known "
		"vulnerabilities of that, worst first. With --scanners vuln,secret the same pass also looks for secrets in every layer.\n\n"
		"A TARGET is a file or folder: an archive of \"docker save\" or \"podman save\", an OCI layout, "
		"a root file system, each also "
		"with \":TAG\" or \"@DIGEST\" behind it to choose one of several images; or a name or id that "
		"the Docker Engine knows. "
		"\"docker:\", \"docker-archive:\", \"oci:\", \"oci-archive:\", \"dir:\" or \"rootfs:\" before "
		"it says which is meant. The engine is found as docker finds it: DOCKER_HOST, DOCKER_CONTEXT, and for TLS "
		"DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.\n\n"
		"Advisories come from the database that \"strake db update\" or \"strake db build\" writes; "
		"without one, a small set that "
		"is part of the program stands in, with a notice. What could not be read is listed, and the "
		"exit status is then 3.",
	.examples =
		"strake image nginx:1.25\n    an image of the Docker Engine\n"
		"strake image --format json --output report.json image.tar\n    an archive, the report for a program\n"
		"strake image --fail-on critical --ignore-unfixed oci:build/image\n    fails only for what can and "
		"should be updated at once\n"
		"docker save app | strake image -\n    from standard input\n",
	.options = image_options,
	.n_options = STK_LEN(image_options),
	.context_size = sizeof(struct image_context),
	.reports = true,
	.main = image_main,
};
