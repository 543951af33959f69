/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Container images from any local source: docker save archives, OCI layouts, skopeo's `dir`,
 * root file systems, a Docker Engine. Opening reads manifests and configuration only; the
 * layers' contents come through image/scan.h. Specifications: OCI image-spec 1.1, Docker image
 * spec 1.2.
 *
 * Order: stk_image_open, look at the facts, stk_image_scan as often as wanted, stk_image_close.
 * An open image is used by one thread at a time (a scan runs threads of its own); several
 * images may be open in several threads, each with its own arena. Nothing is fetched from a
 * registry and nothing is unpacked to disk: what can be read only once is spooled to a file
 * without a name.
 *
 * A root file system has layers too, exactly one, so that everything above is the same for it.
 */

#include "base/arena.h"
#include "base/err.h"
#include "text/json.h"

/* What the bytes turned out to be, not what the user called them. */
#define STK_IMAGE_KINDS(X)                                                                                             \
	X(DOCKER_ARCHIVE, "docker archive")                                                                            \
	X(OCI_ARCHIVE, "OCI archive")                                                                                  \
	X(OCI_LAYOUT, "OCI layout")                                                                                    \
	X(DIR, "image directory")                                                                                      \
	X(ENGINE, "engine")                                                                                            \
	X(ROOTFS_ARCHIVE, "root file system archive")                                                                  \
	X(ROOTFS, "root file system")

enum stk_image_kind {
#define X(name, text) STK_IMAGE_##name,
	STK_IMAGE_KINDS(X)
#undef X
};

/* One line of the image's history, oldest first. */
struct stk_history {
	struct stk_str created, created_by, author, comment;
	bool empty_layer;
	int32_t layer; /* the layer it made, from 1; 0: none, or not known */
};

/* One layer. Facts of the documents; only diff_id may be filled in later, by a scan. */
struct stk_layer {
	int32_t index; /* from 1 at the base */
	struct stk_str
		diff_id; /* "sha256:..." of the uncompressed bytes; empty for a root file system until it was scanned */
	struct stk_str digest; /* of the blob as stored; empty where the source states none */
	struct stk_str media_type;
	uint64_t size;		    /* bytes as stored */
	struct stk_str instruction; /* the history line that made it, or empty */
	bool absent;		    /* a foreign layer whose blob is not here */
	struct stk_str member;	    /* where the source keeps it: member of the archive, file below the directory */
};

/* "NAME=value" taken apart at the first "=". */
struct stk_env {
	struct stk_str name, value;
};

/* What `docker inspect` shows under Config. */
struct stk_image_config {
	struct stk_str user, workdir, stop_signal;
	struct {
		struct stk_env *v;
		size_t n, cap;
	} env;
	struct {
		struct stk_env *v;
		size_t n, cap;
	} labels; /* sorted by name */
	struct stk_strs exposed_ports, volumes, entrypoint, cmd, onbuild, shell;
	struct stk_strs healthcheck; /* {"CMD-SHELL", "..."}; {"NONE"}: switched off; n == 0: none stated */
};

struct stk_image {
	struct stk_str name; /* as the user gave it */
	enum stk_image_kind kind;
	struct stk_str id; /* digest of the configuration: Docker's image id; empty for a root file system */
	struct stk_str manifest_digest; /* where the source has a manifest with a digest of its own; else empty */
	struct stk_strs tags;
	struct stk_str os, architecture, variant, created, author;
	struct stk_image_config config;
	struct {
		struct stk_history *v;
		size_t n, cap;
	} history;
	struct {
		struct stk_layer *v;
		size_t n, cap;
	} layers;
	struct stk_str config_text;	    /* the configuration document as stored, or empty */
	const struct stk_json *config_json; /* the same as a tree, or NULL */
	struct stk_strs notes;		    /* oddities that do not stop a scan, worth showing */
	struct stk_image_source *source;    /* how bytes are reached; private */
};

struct stk_image_options {
	const char *platform; /* "linux/arm64/v8"; NULL: this machine's, or the only one there is */
	/* The engine to ask; NULL: as stk_docker_find looks for it. */
	const char *host;
	bool archive_only; /* the target is a path, never an engine's image */
	/* Called while an engine's or a pipe's bytes are spooled; may be NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Opens `target`: a path ("-": standard input), a path with ":TAG" or "@DIGEST" behind it to choose one image of
 * several, a name or id that an engine knows, or one of these behind "docker:", "docker-archive:", "oci:",
 * "oci-archive:", "dir:", "rootfs:". Everything lives on the arena, but the source must be closed. Documents that have
 * a digest are verified here; layers while they are scanned. options may be NULL.
 */
int stk_image_open(struct stk_arena *arena, const char *target, const struct stk_image_options *options,
		   struct stk_image *image, struct stk_err *err);
/* Closes descriptors; facts on the arena stay readable. Also after a failed open. */
void stk_image_close(struct stk_image *image);
/* Is it a root file system, without a configuration of its own? */
bool stk_image_is_rootfs(const struct stk_image *image);
/* "docker archive" ... */
const char *stk_image_kind_name(enum stk_image_kind kind);
/* The value of an environment variable, a label; the empty string when it is not set. */
struct stk_str stk_image_env(const struct stk_image *image, const char *name);
struct stk_str stk_image_label(const struct stk_image *image, const char *name);
/* The layer with this index (from 1), or NULL. */
const struct stk_layer *stk_image_layer(const struct stk_image *image, int32_t index);
