/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How an image's bytes are reached: members of one archive, files of one directory. Private to
 * this folder. The parsers of manifests (oci.c, docker_archive.c) ask for names and get
 * documents; whether a name is a member or a file is known here alone.
 *
 * Names come out of manifests, so they are cleaned before they are looked up: they cannot lead
 * out of an archive. In a directory, links are followed as the file system does: it is the
 * user's own.
 */

#include "base/map.h"
#include "image/image.h"
#include "io/inflate.h"

/* A member of an archive: where its data stands, or what a link says. */
struct stk_member {
	struct stk_str link; /* of a symbolic or hard link, else empty */
	bool hard;	     /* link counts from the archive's root */
	bool scattered;	     /* a sparse member: the data is not the contents */
	uint64_t offset, size;
};

struct stk_image_source {
	struct stk_arena *arena;
	struct stk_str path; /* as messages name it */
	int fd;		     /* the archive or its spool; of a directory: the directory */
	bool directory;
	struct stk_map members; /* of an archive: cleaned name to struct stk_member */
	bool rootfs;		/* an archive that can only be a root file system; members are incomplete */
	bool parts;		/* an archive with layers or configurations of images in it, by their names */
	struct stk_strs *notes;
};

/* A piece of a file. */
struct stk_blob {
	int fd;
	bool own; /* fd is this blob's */
	uint64_t offset, size;
};

/* Closes the descriptor where it is the blob's own. */
void stk_blob_close(struct stk_blob *blob);

/* Opens a directory or an archive of whatever compression; "-" is standard input. What cannot be read twice is spooled
   to a file without a name. */
int stk_source_open(struct stk_arena *arena, const char *path, const struct stk_image_options *options,
		    struct stk_strs *notes, struct stk_image_source **out, struct stk_err *err);
/* An archive that is open already: takes the descriptor over. */
int stk_source_open_fd(struct stk_arena *arena, struct stk_str path, int fd, const struct stk_image_options *options,
		       struct stk_strs *notes, struct stk_image_source **out, struct stk_err *err);
void stk_source_close(struct stk_image_source *source);
/* Finds a file by its name in the source; links inside are followed. STK_ENOTFOUND when there is none. */
int stk_source_locate(struct stk_image_source *source, struct stk_str name, struct stk_blob *blob, struct stk_err *err);
/* All of an archive. */
struct stk_blob stk_source_whole(const struct stk_image_source *source);
bool stk_source_has(struct stk_image_source *source, struct stk_str name);
/* Reads one whole, at most STK_LIMIT_MANIFEST bytes. */
int stk_source_read(struct stk_image_source *source, struct stk_str name, struct stk_str *out, struct stk_err *err);

/* A file without a name in TMPDIR, or /var/tmp; -1 with an error. */
int stk_spool_create(struct stk_err *err);
int stk_spool_write(int fd, struct stk_str block, struct stk_err *err);

/* Fills source->members from the tar archive `stream`, which is closed. early: stop when a member's name shows that
   this is a root file system. */
int stk_archive_index(struct stk_image_source *source, struct stk_stream *stream, bool early, struct stk_err *err);

/* A name without leading "/", without "." and empty components, ".." clamped at the root. */
struct stk_str stk_member_name(struct stk_arena *arena, struct stk_str name);

/* The image's facts from its configuration document, whose text is kept. */
int stk_image_take_config(struct stk_arena *arena, struct stk_image *image, struct stk_str text, struct stk_err *err);
/* Puts diffIDs on the layers and history lines to layers. Counts that differ: an error for diffIDs, a note for the
 * history. */
int stk_image_match_layers(struct stk_arena *arena, struct stk_image *image, struct stk_err *err);

/* Each fills the image from its source. `which` chooses one of several: a tag, an id; or empty. */
int stk_oci_open(struct stk_arena *arena, struct stk_image *image, const struct stk_image_options *options,
		 struct stk_str which, struct stk_err *err);
int stk_docker_archive_open(struct stk_arena *arena, struct stk_image *image, struct stk_str which,
			    struct stk_err *err);
void stk_rootfs_describe(struct stk_arena *arena, struct stk_image *image);
/* Gets an image of an engine as an archive without a name. */
int stk_engine_fetch(struct stk_arena *arena, struct stk_str name, const struct stk_image_options *options, int *fd,
		     struct stk_err *err);

struct stk_platform {
	struct stk_str os, architecture, variant;
};
/* "linux/arm64/v8", "arm64", "linux": what is not said is this machine's; NULL: all of it. */
int stk_platform_parse(struct stk_arena *arena, const char *text, struct stk_platform *out, struct stk_err *err);
/* Of a manifest descriptor's or a configuration's own fields. */
struct stk_platform stk_platform_of(const struct stk_json *json);
/* How well a platform serves the one wanted: 0 not at all, more is better. */
int stk_platform_score(struct stk_platform wanted, struct stk_platform there);
struct stk_str stk_platform_text(struct stk_arena *arena, struct stk_platform platform);

/* Do a name in the image ("docker.io/library/nginx:1.27", a tag alone) and the one asked for ("nginx:1.27", "1.27")
 * mean the same? */
bool stk_image_name_matches(struct stk_arena *arena, struct stk_str name, struct stk_str asked);
/* Is `asked` the digest, its digits, or their first twelve and more? */
bool stk_digest_matches(struct stk_str digest, struct stk_str asked);
enum { STK_IMAGE_NAMES_LISTED = 8 }; /* of an archive that holds many, in a message */

/* Adds a note, at most a hundred. */
void stk_note(struct stk_arena *arena, struct stk_strs *notes, const char *fmt, ...) STK_PRINTF(3, 4);
