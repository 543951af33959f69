/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening an image: is the target a path or a name an engine knows, and what does the source
 * hold? Content decides, not endings: a file called .tar may be an OCI layout, and one called
 * nginx may be an archive. What exists on disk is meant; only then is an engine asked.
 */
#include "image/image.h"

#include <string.h>

#include "image/source.h"
#include "io/file.h"
#include "text/reference.h"
#include "base/banned.h"

/* How the target is to be taken; ANY is decided by looking. */
enum way { ANY, PATH, TREE, ENGINE };

/* What skopeo and syft put before a name. */
static const struct {
	const char *prefix;
	enum way way;
} schemes[] = {
	{ "docker-archive:", PATH }, { "docker-daemon:", ENGINE }, { "docker://", ENGINE }, { "docker:", ENGINE },
	{ "oci-archive:", PATH },    { "oci-dir:", PATH },	   { "oci:", PATH },	    { "dir:", PATH },
	{ "rootfs:", TREE },
};

static struct stk_str cut_scheme(struct stk_str target, enum way *way)
{
	for (size_t i = 0; i < STK_LEN(schemes); i++) {
		struct stk_str prefix = stk_str_from(schemes[i].prefix);
		if (!stk_str_starts(target, prefix) || target.n == prefix.n)
			continue;
		*way = schemes[i].way;
		return stk_str_slice(target, prefix.n, target.n);
	}
	return target;
}

/* Takes ":TAG" or "@DIGEST" off a path, when the whole is none but the part before is. */
static bool split_path(struct stk_arena *arena, struct stk_str target, struct stk_str *path, struct stk_str *which)
{
	static const char separators[] = "@:";
	*path = stk_arena_str(arena, target);
	*which = S("");
	if (stk_str_is(target, "-") || stk_file_exists(path->p))
		return true;
	/* "@" first, since a digest has a colon in it. The shortest path that exists wins. */
	for (const char *c = separators; *c; c++) {
		for (size_t at = 1; at + 1 < target.n; at++) {
			if (target.p[at] != *c)
				continue;
			*path = stk_arena_str(arena, stk_str_slice(target, 0, at));
			*which = stk_arena_str(arena, stk_str_slice(target, at + 1, target.n));
			if (stk_str_is(*path, "-") || stk_file_exists(path->p))
				return true;
		}
	}
	*path = stk_arena_str(arena, target);
	*which = S("");
	return false;
}

/* The digits of an image's id, which are no name. */
static bool is_identifier(struct stk_str target)
{
	for (size_t i = 0; i < target.n; i++)
		if (!stk_is_xdigit(target.p[i]))
			return false;
	return true;
}

/* No image can be called so, or nobody calls one so: it was meant as a file. */
static bool looks_like_file(struct stk_str target)
{
	struct stk_reference reference;
	static const char *const starts[] = { "/", "./", "../", "~" };
	static const char *const ends[] = { ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2", ".gz", "/" };
	for (size_t i = 0; i < STK_LEN(starts); i++)
		if (stk_str_starts(target, stk_str_from(starts[i])))
			return true;
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(target, stk_str_from(ends[i])))
			return true;
	return !is_identifier(target) && stk_reference_parse(target, &reference, NULL) < 0;
}

static bool is_rootfs_folder(struct stk_image_source *source)
{
	static const char *const marks[] = { "etc", "usr", "bin", "lib", "var" };
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_file_is_dir(stk_arena_printf(source->arena, STK_FMT "/%s", STK_ARG(source->path), marks[i]).p))
			return true;
	return false;
}

/* manifest.json of docker save is a list, skopeo's an object. */
static bool holds_list(struct stk_image_source *source)
{
	struct stk_str text;
	return stk_source_read(source, S("manifest.json"), &text, NULL) == 0 &&
	       stk_str_starts(stk_str_trim_left(text), S("["));
}

/* One layer that is everything: stk_rootfs_describe makes it. */
static int open_rootfs(struct stk_arena *arena, struct stk_image *image)
{
	image->kind = image->source->directory ? STK_IMAGE_ROOTFS : STK_IMAGE_ROOTFS_ARCHIVE;
	stk_rootfs_describe(arena, image);
	return 0;
}

/* Docker 25 and later write an OCI layout and a manifest.json into one archive. The layout knows digests and platforms;
   where it does not hold together, manifest.json counts, as for older engines. */
static int open_both(struct stk_arena *arena, struct stk_image *image, const struct stk_image_options *options,
		     struct stk_str which, struct stk_err *err)
{
	struct stk_image before = *image, other = *image;
	struct stk_err why = { 0 };
	image->kind = STK_IMAGE_OCI_LAYOUT;
	int failed = stk_oci_open(arena, image, options, which, &why);
	for (size_t i = 0; !failed && i < image->layers.n; i++)
		if (!image->layers.v[i].absent && !stk_source_has(image->source, image->layers.v[i].member))
			failed = stk_fail(&why, STK_ENOTFOUND, "layer %zu is not there", i + 1);
	if (!failed) {
		struct stk_str text;
		bool synthetic = stk_source_read(image->source, S("manifest.json"), &text, NULL) == 0 &&
				 stk_str_contains(text, S("\"LayerSources\""));
		if (synthetic) /* made up for the archive: no registry knows this manifest */
			image->manifest_digest = S("");
		if (stk_docker_archive_open(arena, &other, which.n ? which : image->id, NULL) == 0 &&
		    stk_str_eq(other.id, image->id))
			image->tags = other.tags;
		return 0;
	}
	if (why.code == STK_EUSAGE || (options && options->platform)) {
		if (err)
			*err = why;
		return -1;
	}
	*image = before;
	if (stk_docker_archive_open(arena, image, which, err) < 0)
		return -1;
	stk_note(arena, &image->notes, "the archive's OCI index does not hold together (%s); manifest.json was used",
		 why.msg);
	return 0;
}

/* The order of the questions matters: newer Dockers write both index.json and manifest.json,
   skopeo's `dir` has a manifest.json that is no list, and an archive without any of them may be
   a root file system or what is left of an image. */
static int open_image(struct stk_arena *arena, struct stk_image *image, const struct stk_image_options *options,
		      struct stk_str which, struct stk_err *err)
{
	struct stk_image_source *source = image->source;
	/* The order decides what an archive with several faces is: Docker 25 and newer write
	   manifest.json and an OCI layout into one tar. */
	bool layout = !source->rootfs && stk_source_has(source, S("index.json"));
	bool manifest = !source->rootfs && stk_source_has(source, S("manifest.json"));
	bool list = manifest && holds_list(source);
	if (list) {
		int failed = layout ? open_both(arena, image, options, which, err)
				    : stk_docker_archive_open(arena, image, which, err);
		image->kind = source->directory ? STK_IMAGE_DIR : STK_IMAGE_DOCKER_ARCHIVE;
		return failed;
	}
	if (layout) {
		image->kind = STK_IMAGE_OCI_LAYOUT;
		int failed = stk_oci_open(arena, image, options, which, err);
		image->kind = source->directory ? STK_IMAGE_OCI_LAYOUT : STK_IMAGE_OCI_ARCHIVE;
		return failed;
	}
	if (manifest && source->directory) {
		image->kind = STK_IMAGE_DIR;
		return stk_oci_open(arena, image, options, which, err);
	}
	if (!source->rootfs && stk_source_has(source, S("repositories"))) {
		stk_fail(err, STK_EFORMAT, "written by a Docker older than 1.10: it has no manifest.json");
		return stk_hint(err, "docker load it and docker save it again with a newer one");
	}
	if (source->parts && !source->rootfs) {
		stk_fail(err, STK_EFORMAT, "layers of an image, but neither manifest.json nor index.json to say which");
		return stk_hint(err, "an archive that broke off? Save or copy it again");
	}
	if (source->directory && !is_rootfs_folder(source)) {
		stk_fail(err, STK_EFORMAT, "not a container image: neither an OCI layout nor a root file system");
		return stk_hint(err, "\"rootfs:\" before the name takes any directory as a root file system");
	}
	if (!source->directory && !source->rootfs)
		stk_note(arena, &image->notes,
			 "no image's manifest in the archive and no folder of a system (etc, usr): taken as a root "
			 "file system all the same");
	return open_rootfs(arena, image);
}

/* What is no file may have been meant as something else. */
static int hint_no_file(struct stk_str path, struct stk_err *err)
{
	STK_ARENA arena = { 0 };
	struct stk_str small = stk_arena_lower(&arena, path);
	if (stk_str_contains(path, S("://")))
		return stk_hint(
			err, "an address is not fetched: download it, then name the file, or \"-\" for standard input");
	if (!stk_str_eq(small, path) && !looks_like_file(small))
		return stk_hint(err, "names of images are written in small letters: " STK_FMT, STK_ARG(small));
	return -1;
}

static int open_path(struct stk_arena *arena, struct stk_image *image, enum way way, struct stk_str path,
		     struct stk_str which, const struct stk_image_options *options, struct stk_err *err)
{
	if (stk_source_open(arena, path.p, options, &image->notes, &image->source, err) < 0)
		return stk_file_exists(path.p) ? -1 : hint_no_file(path, err);
	int failed = way == TREE ? open_rootfs(arena, image) : open_image(arena, image, options, which, err);
	return failed ? stk_within(err, STK_FMT, STK_ARG(image->source->path)) : 0;
}

static int open_engine(struct stk_arena *arena, struct stk_image *image, struct stk_str name,
		       const struct stk_image_options *options, struct stk_err *err)
{
	int fd;
	if (stk_engine_fetch(arena, name, options, &fd, err) < 0)
		return -1;
	if (stk_source_open_fd(arena, name, fd, options, &image->notes, &image->source, err) < 0)
		return -1;
	if (open_image(arena, image, options, S(""), err) < 0)
		return stk_within(err, STK_FMT, STK_ARG(name));
	if (image->kind == STK_IMAGE_ROOTFS_ARCHIVE)
		return stk_fail(err, STK_EFORMAT, STK_FMT ": what the engine sent is no image", STK_ARG(name));
	/* What came over the socket is a docker archive; to the user it is an image of the
	   engine. */
	image->kind = STK_IMAGE_ENGINE;
	return 0;
}

/* Of an image that is alone in its source nobody has asked yet. */
static int check_platform(struct stk_arena *arena, const struct stk_image *image,
			  const struct stk_image_options *options, struct stk_err *err)
{
	struct stk_platform wanted, there = { image->os, image->architecture, image->variant };
	if (!options || !options->platform || !image->os.n)
		return 0;
	if (stk_platform_parse(arena, options->platform, &wanted, err) < 0)
		return -1;
	if (stk_platform_score(wanted, there))
		return 0;
	return stk_fail(err, STK_ENOTFOUND, STK_FMT ": this image is for " STK_FMT ", not for " STK_FMT,
			STK_ARG(image->name), STK_ARG(stk_platform_text(arena, there)),
			STK_ARG(stk_platform_text(arena, wanted)));
}

int stk_image_open(struct stk_arena *arena, const char *target, const struct stk_image_options *options,
		   struct stk_image *image, struct stk_err *err)
{
	enum way way = ANY;
	struct stk_str path, which, name = cut_scheme(stk_str_from(target), &way);
	*image = (struct stk_image){ .name = stk_arena_str(arena, stk_str_from(target)) };
	if (!name.n)
		return stk_fail(err, STK_EUSAGE, "an empty name is no image");
	if (way == ANY && options && options->archive_only)
		way = PATH;
	bool exists = way != ENGINE && split_path(arena, name, &path, &which);
	if (way == ANY && !exists && !looks_like_file(name))
		way = ENGINE;
	int failed;
	if (way == ENGINE)
		failed = open_engine(arena, image, stk_arena_str(arena, name), options, err);
	else
		failed = open_path(arena, image, way, path, which, options, err);
	if (!failed)
		failed = check_platform(arena, image, options, err);
	if (!failed && !image->layers.n)
		stk_note(arena, &image->notes, "the image has no layers: there are no files to look at");
	if (failed)
		stk_image_close(image);
	return failed;
}

void stk_image_close(struct stk_image *image)
{
	stk_source_close(image->source);
}

bool stk_image_is_rootfs(const struct stk_image *image)
{
	return image->kind == STK_IMAGE_ROOTFS || image->kind == STK_IMAGE_ROOTFS_ARCHIVE;
}

const char *stk_image_kind_name(enum stk_image_kind kind)
{
	static const char *const names[] = {
#define X(name, text) text,
		STK_IMAGE_KINDS(X)
#undef X
	};
	return names[kind];
}

struct stk_str stk_image_env(const struct stk_image *image, const char *name)
{
	for (size_t i = image->config.env.n; i-- > 0;)
		if (stk_str_is(image->config.env.v[i].name, name))
			return image->config.env.v[i].value;
	return S("");
}

struct stk_str stk_image_label(const struct stk_image *image, const char *name)
{
	for (size_t i = 0; i < image->config.labels.n; i++)
		if (stk_str_is(image->config.labels.v[i].name, name))
			return image->config.labels.v[i].value;
	return S("");
}

const struct stk_layer *stk_image_layer(const struct stk_image *image, int32_t index)
{
	return index > 0 && (size_t)index <= image->layers.n ? &image->layers.v[index - 1] : NULL;
}
