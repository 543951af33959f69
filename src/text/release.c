/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See release.h. Versions are compared as text by their leading components: "12.5" is Debian
 * 12, "3.20.3" is Alpine 3.20, and the longest release that covers a version is the one.
 */
#include "text/release.h"

#include "base/time.h"
#include "base/banned.h"

/* os-release's ID where it is not the family's usual name. */
static const struct {
	const char *id, *family;
} ids[] = {
	{ "almalinux", "alma" }, { "amzn", "amazon" },	 { "mariner", "cbl-mariner" }, { "ol", "oracle" },
	{ "rhel", "redhat" },	 { "sl-micro", "slem" }, { "sle-micro", "slem" },      { "sle-micro-rancher", "slem" },
	{ "sled", "sles" },	 { "sles_sap", "sles" },
};

/* Last component of the names of the distributions' own images. */
static const struct {
	const char *name, *family;
} images[] = {
	{ "almalinux", "alma" },   { "alpine", "alpine" },	{ "amazonlinux", "amazon" }, { "centos", "centos" },
	{ "debian", "debian" },	   { "leap", "opensuse-leap" }, { "oraclelinux", "oracle" }, { "photon", "photon" },
	{ "rockylinux", "rocky" }, { "ubuntu", "ubuntu" },
};

struct stk_str stk_release_family(struct stk_str id)
{
	for (size_t i = 0; i < STK_LEN(ids); i++)
		if (stk_str_is(id, ids[i].id))
			return stk_str_from(ids[i].family);
	return id;
}

/* "12" names 12 and 12.5, but not 120. */
static bool covers(struct stk_str release, struct stk_str version)
{
	return stk_str_starts(version, release) &&
	       (version.n == release.n || version.p[release.n] == '.' || version.p[release.n] == '_');
}

const struct stk_release *stk_release_find(struct stk_str family, struct stk_str version)
{
	const struct stk_release *best = NULL;
	for (size_t i = 0; i < stk_n_releases; i++) {
		const struct stk_release *r = &stk_releases[i];
		if (!stk_str_is(family, r->family))
			continue;
		if (r->codename && stk_str_is(version, r->codename))
			return r;
		/* "12.4" is release 12; of several that cover a version the most exact one counts. */
		if (covers(stk_str_from(r->version), version) &&
		    (!best || stk_str_from(r->version).n > stk_str_from(best->version).n))
			best = r;
	}
	return best;
}

/* "docker.io/library/debian" and "debian" alike; an image with another name is built on
   something that only its tag can tell. */
static struct stk_str family_of_image(struct stk_str name)
{
	struct stk_str last = stk_str_after_last(name, '/');
	for (size_t i = 0; i < STK_LEN(images); i++)
		if (stk_str_is(last, images[i].name))
			return stk_str_from(images[i].family);
	return (struct stk_str){ 0 };
}

/* One piece of a tag of an image that is built on some distribution: "bullseye", "alpine3.17". */
static const struct stk_release *find_piece(struct stk_str piece)
{
	if (stk_str_starts(piece, S("alpine")))
		return stk_release_find(S("alpine"), stk_str_strip_prefix(piece, S("alpine")));
	for (size_t i = 0; i < stk_n_releases; i++)
		if (stk_releases[i].codename && stk_str_is(piece, stk_releases[i].codename))
			return &stk_releases[i];
	return NULL;
}

const struct stk_release *stk_release_of_image(struct stk_str name, struct stk_str tag)
{
	struct stk_str family = family_of_image(name), rest = tag;
	while (rest.n) {
		struct stk_str piece = stk_str_cut(&rest, '-');
		const struct stk_release *release = family.n ? stk_release_find(family, piece) : find_piece(piece);
		if (release)
			return release;
	}
	return NULL;
}

bool stk_release_ended(const struct stk_release *release, int64_t now)
{
	int64_t end;
	/* The last day is still covered: support is over when it is over. */
	return release->end && stk_time_parse(stk_str_from(release->end), &end) && now >= end + 24 * 60 * 60;
}
