/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of an image archive: every member's place, so that documents and layers can be read in any order. Archives
 * of images hold a few members with long names; a root file system shows by its folders and is not indexed to its end.
 */
#include <string.h>

#include "base/limits.h"
#include "image/source.h"
#include "io/tar.h"
#include "base/banned.h"

static bool is_rootfs_name(struct stk_str name)
{
	static const char *const folders[] = { "bin",	"boot", "dev", "etc",  "home", "lib",	    "lib64",
					       "media", "mnt",	"opt", "proc", "root", "run",	    "sbin",
					       "srv",	"sys",	"tmp", "usr",  "var",  ".dockerenv" };
	struct stk_str first = stk_str_cut(&name, '/');
	for (size_t i = 0; i < STK_LEN(folders); i++)
		if (stk_str_is(first, folders[i]))
			return true;
	return false;
}

/* "<64 digits>.json", "<64 digits>.tar", ".../layer.tar", "blobs/sha256/...": parts of an image, whether its manifest
 * follows or not. */
static bool is_part(struct stk_str name)
{
	enum { DIGITS = 64 };
	if (stk_str_starts(name, S("blobs/sha256/")) || stk_str_ends(name, S("/layer.tar")))
		return true;
	for (size_t i = 0; i < DIGITS; i++)
		if (i >= name.n || !stk_is_xdigit(name.p[i]))
			return false;
	struct stk_str rest = stk_str_slice(name, DIGITS, name.n);
	return stk_str_is(rest, ".json") || stk_str_is(rest, ".tar");
}

static int add_member(struct stk_image_source *source, const struct stk_tar_entry *entry, struct stk_str name,
		      struct stk_err *err)
{
	if (entry->type != STK_TAR_FILE && entry->type != STK_TAR_SYMLINK && entry->type != STK_TAR_HARDLINK)
		return 0;
	if (source->members.n >= STK_LIMIT_ARCHIVE_MEMBERS)
		return stk_fail(err, STK_ELIMIT, "more than %d members", STK_LIMIT_ARCHIVE_MEMBERS);
	struct stk_member *member = STK_NEW(source->arena, struct stk_member, 1);
	*member = (struct stk_member){ .hard = entry->type == STK_TAR_HARDLINK,
				       .scattered = entry->sparse,
				       .offset = entry->offset,
				       .size = entry->size };
	if (entry->type != STK_TAR_FILE) {
		member->link = stk_arena_str(source->arena, entry->link);
		/* An empty link would read as "no link". */
		if (!member->link.n)
			member->link = S(".");
	}
	void **place = stk_map_at(&source->members, source->arena, name);
	if (*place)
		stk_note(source->arena, source->notes, STK_FMT ": twice in the archive; the last one counts",
			 STK_ARG(name));
	*place = member;
	return 0;
}

static int index_entries(struct stk_image_source *source, struct stk_tar *tar, bool early, struct stk_err *err)
{
	struct stk_tar_entry entry;
	int more;
	uint64_t n = 0;
	for (; (more = stk_tar_next(tar, &entry, err)) > 0; n++) {
		/* A name of its own arena: most entries of a root file system leave nothing
		   behind. */
		STK_ARENA arena = { 0 };
		struct stk_str name = stk_member_name(&arena, entry.name);
		source->rootfs |= is_rootfs_name(name);
		/* The caller can read it again, so that nothing more is needed from this pass. */
		if (source->rootfs && early)
			return 0;
		source->parts |= is_part(name);
		if (!source->rootfs && add_member(source, &entry, stk_arena_str(source->arena, name), err) < 0)
			return -1;
	}
	if (more == 0 && n == 0)
		return stk_fail(err, STK_EFORMAT, "an archive without any member");
	if (more < 0 && n == 0 && err && err->code == STK_EFORMAT) {
		stk_fail(err, STK_EFORMAT, "not a container image: neither a tar archive nor a directory with one");
		return stk_hint(err, "docker save NAME -o image.tar writes an archive that can be scanned");
	}
	return more;
}

/* One pass over an archive that says what is where. */
int stk_archive_index(struct stk_image_source *source, struct stk_stream *stream, bool early, struct stk_err *err)
{
	struct stk_reader *reader = stk_reader_new(stream, false);
	struct stk_tar *tar = stk_tar_new(reader);
	int failed = index_entries(source, tar, early, err);
	if (!failed && !(early && source->rootfs)) /* a checksum may come at the end; a pipe wants to be emptied */
		failed = stk_reader_drain(reader, err);
	stk_tar_free(tar);
	stk_reader_close(reader);
	if (failed && err && err->code == STK_EFORMAT)
		stk_hint(err, "an archive that broke off? Save or copy it again");
	return failed;
}
