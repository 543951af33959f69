/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One image of an audit: packages, their vulnerabilities, the end of life of its system,
 * secrets in its layers. The layers are read once for all of it.
 */
#include "audit/image_target.h"

#include "advisory/match.h"
#include "base/time.h"
#include "package/inventory.h"
#include "package/system_rules.h"
#include "secret/image.h"
#include "secret/mask.h"
#include "base/banned.h"

static void copy_gaps(const struct stk_scan *scan, size_t target, struct stk_report *report)
{
	for (size_t i = 0; i < scan->gaps.n; i++)
		stk_report_gap(report, target, scan->gaps.v[i].what, scan->gaps.v[i].why);
}

static void notice(struct stk_report *report, const struct stk_image *image, const char *text)
{
	*STK_PUSH(report->arena, &report->notices) =
		stk_arena_printf(report->arena, STK_FMT ": %s", STK_ARG(image->name), text);
}

/* What an image does not have is easily taken for what it does not suffer from. */
static void add_notices(const struct stk_image *image, const struct stk_scan *scan,
			const struct stk_inventory *inventory, struct stk_report *report)
{
	if (!scan->entries && !scan->gaps.n)
		notice(report, image, "the image is empty: there is nothing to scan");
	else if (!inventory->databases.n)
		notice(report, image,
		       "holds no package database of a distribution: files that came from packages cannot be told");
}

static void describe_system(const struct stk_os *os, struct stk_target *target)
{
	target->os_family = os->family;
	target->os_version = os->version;
	target->os_end_of_life = os->release && stk_release_ended(os->release, stk_time_now());
}

static bool wanted(const struct stk_image_job *job, const struct stk_package *package)
{
	static const char *const types[] = { "alpm", "apk", "deb", "rpm" };
	bool distribution = false;
	for (size_t i = 0; i < STK_LEN(types); i++)
		distribution |= stk_str_is(package->ecosystem, types[i]);
	return distribution ? !job->no_system_packages : !job->no_library_packages;
}

/* Takes those of the inventory that are asked for, counts them for their layers, and lists them in the report. */
static void take_packages(const struct stk_image_job *job, struct stk_packages *packages, size_t number,
			  struct stk_report *report)
{
	struct stk_target *target = &report->targets.v[number];
	size_t n = 0;
	for (size_t i = 0; i < packages->n; i++)
		if (wanted(job, &packages->v[i]))
			packages->v[n++] = packages->v[i];
	packages->n = n;
	for (size_t i = 0; i < n; i++) {
		struct stk_package *package = &packages->v[i];
		package->target = number;
		if (package->layer_index > 0 && (size_t)package->layer_index <= target->layers.n)
			target->layers.v[package->layer_index - 1].packages++;
		if (!job->no_package_list)
			*STK_PUSH(report->arena, &report->packages) = package;
	}
}

static void look_for_vulnerabilities(const struct stk_image_job *job, const struct stk_inventory *inventory,
				     size_t target, struct stk_report *report)
{
	const struct stk_os *os = &inventory->os;
	struct stk_match_os of = {
		.id = os->id,
		.version = os->version_id.n ? os->version_id : os->version,
		.codename = os->codename,
		.repository = os->repository,
		.edition = os->edition,
	};
	if (job->database)
		stk_match(job->database, &of, &inventory->packages, target, report);
}

/* All visitors in one pass over the layers. */
static int visit_layers(const struct stk_image_job *job, struct stk_image *image, struct stk_inventory *inventory,
			const struct stk_strs *hidden, struct stk_secret_image *secrets, struct stk_scan *result,
			struct stk_err *err)
{
	struct stk_visitor visitors[2] = { stk_inventory_visitor(inventory) };
	size_t n = 1;
	if (job->secrets) {
		stk_secret_image_begin(secrets, job->secrets, inventory->arena, image, hidden);
		visitors[n++] = secrets->visitor;
	}
	struct stk_scan_options options = { .progress = job->progress, .context = job->context };
	int status = stk_image_scan(inventory->arena, image, visitors, n, &options, result, err);
	if (status < 0 && job->secrets)
		stk_secret_image_end(secrets);
	return status;
}

static int scan(const struct stk_image_job *job, struct stk_image *image, struct stk_report *report,
		struct stk_err *err)
{
	STK_INVENTORY inventory = stk_inventory_new(report->arena);
	inventory.distro = job->distro;
	struct stk_secret_image secrets = { 0 };
	struct stk_scan result = { 0 };
	struct stk_strs hidden = { 0 };
	if (stk_secret_image_values(report->arena, image, &hidden, err) < 0 ||
	    visit_layers(job, image, &inventory, &hidden, &secrets, &result, err) < 0)
		return -1;
	stk_inventory_finish(&inventory, image, &result);
	size_t target = stk_report_target(report, image->name, stk_image_is_rootfs(image) ? "directory" : "image");
	stk_image_describe(image, report, target);
	stk_secret_mask_target(report->arena, &report->targets.v[target], &hidden);
	describe_system(&inventory.os, &report->targets.v[target]);
	copy_gaps(&result, target, report);
	add_notices(image, &result, &inventory, report);
	stk_system_check(&inventory, stk_time_now(), target, report);
	take_packages(job, &inventory.packages, target, report);
	look_for_vulnerabilities(job, &inventory, target, report);
	if (job->secrets)
		stk_secret_image_report(&secrets, report, target, S(""), S(""));
	return 0;
}

int stk_audit_image(const struct stk_image_job *job, const char *name, struct stk_report *report, struct stk_err *err)
{
	struct stk_image image = { 0 };
	if (stk_image_open(report->arena, name, &job->open, &image, err) < 0)
		return -1;
	int result = scan(job, &image, report, err);
	stk_image_close(&image);
	if (job->image)
		*job->image = image;
	return result;
}
