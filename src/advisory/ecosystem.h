/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * OSV's ecosystems: which version scheme each uses, how its package names are spelled, which
 * purl type and which distribution release means which. An ecosystem is written "Name" or
 * "Name:suffix" ("Debian:12", "Alpine:v3.18"); the list of names is that of the OSV schema.
 *
 * A table, searched from top to bottom: a new ecosystem is a row here, a new distribution also
 * a row in release.c.
 */

#include "base/arena.h"
#include "package/version.h"

struct stk_match_os;

/* How a distribution's advisories call packages. */
enum stk_package_key {
	STK_KEY_NAME,	/* by the binary package */
	STK_KEY_SOURCE, /* by the source package, whose version is compared */
};

struct stk_ecosystem {
	const char *name;	  /* without suffix */
	const char *purl_type;	  /* "deb" "pypi"; what the inventory calls it */
	enum stk_scheme scheme;	  /* STK_SCHEME_COUNT: no scheme of ours reads its versions */
	enum stk_package_key key; /* of distributions */
	bool distribution;
	bool fold_case;	    /* names compare without case */
	const char *source; /* who says so, in a finding's severity_source: "debian", "ghsa" */
	const char *url;    /* page of a CVE, "%s" stands for the id; NULL: the general one */
};

/* The row of an ecosystem, its suffix ignored; NULL when it is unknown. */
const struct stk_ecosystem *stk_ecosystem_find(struct stk_str name);
/* The first row with this purl type that is no distribution; NULL when there is none. */
const struct stk_ecosystem *stk_ecosystem_of_purl(struct stk_str purl_type);
/* A package's name as the ecosystem normalises it; the name itself where nothing changes. */
struct stk_str stk_ecosystem_package(struct stk_arena *arena, const struct stk_ecosystem *ecosystem,
				     struct stk_str name);
/* Do advisories of this ecosystem (with its suffix) speak of the packages of this system? */
bool stk_ecosystem_covers(struct stk_str ecosystem, const struct stk_match_os *os);
/* How a person would name the data that is missing: "debian 12", "fedora 40". */
struct stk_str stk_system_text(struct stk_arena *arena, const struct stk_match_os *os);
