/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One image from opening to findings: what it is, what is installed in it, which known
 * vulnerabilities that has, and what its rules say. The composition behind `strake image`, for
 * every command that looks at images. The image is opened, scanned once with all visitors, and
 * closed again before this returns.
 */

#include "advisory/database.h"
#include "image/image.h"
#include "package/os.h"
#include "report/report.h"
#include "secret/secret.h"

/* What to do with each image; one job may serve many images, one after another. */
struct stk_image_job {
	struct stk_image_options open;
	const struct stk_database *database;	 /* NULL: no vulnerabilities are looked for */
	const struct stk_secret_engine *secrets; /* NULL: secrets are not looked for */
	struct stk_str distro;			 /* "debian/12" in place of what the image says of itself; or empty */
	bool no_system_packages, no_library_packages;
	struct stk_image *image; /* receives what the image says of itself, closed; or NULL */
	bool no_package_list;	 /* packages without a finding stay out of the report */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* bytes of layers; may be NULL */
	void *context;
};

/* Adds a target and all about it to the report. What could not be read inside the image is a gap of the report; -1 when
   it could not be opened at all, and the report is unchanged. */
int stk_audit_image(const struct stk_image_job *job, const char *name, struct stk_report *report, struct stk_err *err);
/* Fills in what the report says about the image itself: facts and layers. */
void stk_image_describe(const struct stk_image *image, struct stk_report *report, size_t target);
