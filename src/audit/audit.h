/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The audit of a deployment's folder: everything in it is looked at by the rules of its layer,
 * then across the layers, and the checklist says what that means. The composition behind
 * `strake audit` and `strake harden`.
 *
 * Order of a run (audit.c): discover, then Dockerfiles, Compose projects, build contexts,
 * workflows, secrets, images, each with its own rules; stk_deployment_connect; stk_cross_check;
 * stk_checklist_fill. Images are looked at in parallel; everything else, and all merging,
 * happens on the caller's thread in a fixed order.
 *
 * What an audit may know of the machine (an engine, files outside the folder, variables) comes
 * in through the options.
 */

#include "advisory/database.h"
#include "audit/deployment.h"
#include "audit/discover.h"
#include "compose/check.h"
#include "context/context.h"
#include "network/rules.h"
#include "secret/secret.h"

/* A sentence of the settings (network/assertion.h) and where it is written. */
struct stk_audit_assertion {
	struct stk_str text;
	struct stk_net_place place;
};

/* A text that stands in for a file on the disk, or for one that is not there yet. */
struct stk_audit_text {
	struct stk_str path /* absolute */, name /* as in the report */, text;
};

/* Zeroed members are the defaults; folder and line have to be set. */
struct stk_audit_options {
	const char *folder;
	struct {
		struct stk_audit_text *v;
		size_t n, cap;
	} texts;
	struct stk_strs harden;		     /* Compose services that get the whole hardened block as fixes; "all" */
	bool no_images;			     /* look at no image */
	const struct stk_database *database; /* NULL: no vulnerabilities are looked for */
	const struct stk_secret_engine *secrets; /* NULL: no secrets are looked for */
	const char *docker_host;		 /* the engine to ask for images; NULL: as docker finds it */
	bool no_engine;				 /* do not ask an engine */
	bool require_images;			 /* an image that is not at hand is a gap: exit 3 */
	unsigned threads;			 /* for images and secrets; 0: one a processor */
	struct stk_strs trusted_registries;
	struct {
		struct stk_audit_assertion *v;
		size_t n, cap;
	} assertions; /* of the settings */
	int64_t now;
	const char *const *environment;	     /* "NAME=value", NULL-terminated */
	stk_compose_image_fn *compose_image; /* facts of the machine for Compose rules; may be NULL */
	void *compose_image_context;
	stk_compose_file_fn *compose_file;
	void *compose_file_context;
	/* Says what is being looked at and how far that is; may be NULL. Called on any thread, one at a time. */
	void (*progress)(void *context, struct stk_str what, uint64_t done, uint64_t total);
	void *context;
};

/* Audits the folder; everything but the checklist goes to the report, the facts to *deployment. -1 only when the folder
   cannot be read. The deployment has to stay open while the report is used. */
int stk_audit(const struct stk_audit_options *options, struct stk_report *report, struct stk_deployment *deployment,
	      struct stk_err *err);
/* An absolute path without "." and "..", links followed where the file exists. */
struct stk_str stk_audit_absolute(struct stk_arena *arena, struct stk_str path);
