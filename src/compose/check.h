/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rules about loaded projects: CMP-1xx privileges, 2xx mounts, 3xx ports and networks, 4xx
 * limits, 5xx images and builds, 6xx secrets, 7xx the file.
 *
 * One file a hundred (rules_*.c): rows and their checks. A check looks at the typed model
 * (model.h), points at the value's own place, which may lie in any of the project's files, and
 * offers a fix as an edit of that file (fix.c). It asks the machine only through the callbacks,
 * and is silent where they have no answer.
 */

#include "base/map.h"
#include "compose/model.h"
#include "report/report.h"

/* What an image says about itself, as far as a rule asks. */
struct stk_compose_image {
	struct stk_str user; /* of its configuration; "" = root */
	bool has_healthcheck;
	struct stk_strs exposed; /* "80/tcp" */
};

/* Looks an image up where it can be reached without the network; false when it is not at hand. */
typedef bool stk_compose_image_fn(void *context, struct stk_str image, struct stk_compose_image *out);
/* Facts about a file of the host: does it exist, its mode, is it tracked by version control, where it leads to when
 * every symbolic link is followed. False when nothing can be said. */
struct stk_compose_file {
	bool exists, tracked;
	uint32_t mode;
	struct stk_str real; /* absolute; empty where it does not exist */
};
typedef bool stk_compose_file_fn(void *context, struct stk_str path, struct stk_compose_file *out);

/* One run over one project; set the first part, zero the rest. */
struct stk_compose_check {
	struct stk_report *report;
	const struct stk_compose *project;  /* loaded leniently */
	size_t *targets;		    /* index in report->targets of each of project->sources */
	struct stk_strs trusted_registries; /* empty: all */
	stk_compose_image_fn *image;	    /* NULL: images cannot be looked at */
	void *image_context;
	stk_compose_file_fn *file; /* NULL: the host's files are not looked at */
	void *file_context;
	struct stk_strs harden; /* services that get the whole hardened block as a fix; "all" */
	/* Filled in: */
	size_t images_missed;	    /* services whose image could not be looked at */
	struct stk_map image_cache; /* image -> struct stk_compose_image *, or the check itself for "not at hand" */
};

/* Runs every rule; findings and fixes go to the report. */
void stk_compose_check(struct stk_compose_check *check);

/* Offers `user: USER` as a fix of a finding about the service; what forbids it becomes evidence. */
void stk_compose_offer_user(struct stk_report *report, struct stk_finding *finding,
			    const struct stk_compose_service *service, struct stk_str user);
/* Can the service write below the folder, also where its root is read-only: a volume or a tmpfs is mounted there? */
bool stk_compose_has_room(const struct stk_compose_service *service, struct stk_str folder);
/* Does it mount a volume or a folder of the host that it may write? */
bool stk_compose_keeps_data(const struct stk_compose_service *service);

/* The tables, in the order of their ids; the list of the whole program takes them from here. */
#define STK_COMPOSE_TABLES(X)                                                                                          \
	X(stk_compose_privilege_rules)                                                                                 \
	X(stk_compose_isolation_rules)                                                                                 \
	X(stk_compose_mount_rules)                                                                                     \
	X(stk_compose_network_rules)                                                                                   \
	X(stk_compose_limit_rules)                                                                                     \
	X(stk_compose_image_rules)                                                                                     \
	X(stk_compose_secret_rules)                                                                                    \
	X(stk_compose_file_rules)
#define X(name) extern const struct stk_rule_table name;
STK_COMPOSE_TABLES(X)
#undef X
extern const struct stk_rule_table *const stk_compose_tables[];
extern const size_t stk_n_compose_tables;
