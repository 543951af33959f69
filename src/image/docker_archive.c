/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `docker save` writes: manifest.json, a list of images, each with its configuration's and
 * layers' members. The names of members may be anything ("<digest>.json",
 * "blobs/sha256/<digest>", "<id>/layer.tar"), and links where layers are shared; the source
 * resolves them.
 */
#include "base/limits.h"
#include "base/sentence.h"
#include "image/source.h"
#include "io/digest.h"
#include "base/banned.h"

enum { MOST_IMAGES = 10000 };

/* "path/<digits>.json": the digits, Docker's image id. */
static struct stk_str id_of(const struct stk_json *entry)
{
	return stk_str_strip_suffix(stk_str_after_last(stk_json_str(entry, "Config"), '/'), S(".json"));
}

static bool is_chosen(struct stk_arena *arena, const struct stk_json *entry, struct stk_str which)
{
	const struct stk_json *tags = stk_json_list(entry, "RepoTags");
	if (!which.n || stk_digest_matches(stk_arena_join(arena, S("sha256:"), id_of(entry)), which))
		return true;
	for (size_t i = 0; i < tags->n; i++)
		if (stk_image_name_matches(arena, tags->items[i].text, which))
			return true;
	return false;
}

static struct stk_str list_images(struct stk_arena *arena, const struct stk_json *list)
{
	enum { SHORT_ID = 12 };
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < list->n && names.n <= STK_IMAGE_NAMES_LISTED; i++) {
		const struct stk_json *tags = stk_json_list(&list->items[i], "RepoTags");
		for (size_t k = 0; k < tags->n; k++)
			*STK_PUSH(arena, &names) = tags->items[k].text;
		if (!tags->n)
			*STK_PUSH(arena, &names) = stk_str_slice(id_of(&list->items[i]), 0, SHORT_ID);
	}
	return stk_strs_sentence(arena, &names, STK_IMAGE_NAMES_LISTED, false);
}

/* Exactly one must be meant: a scan of the wrong image would be worse than a question. */
static int choose(struct stk_arena *arena, const struct stk_json *list, struct stk_str which,
		  const struct stk_json **out, struct stk_err *err)
{
	size_t found = 0;
	if (list->n > MOST_IMAGES)
		return stk_fail(err, STK_ELIMIT, "manifest.json: more than %d images", MOST_IMAGES);
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_json *entry = &list->items[i];
		if (!is_chosen(arena, entry, which))
			continue;
		*out = entry;
		found++;
	}
	if (found == 1)
		return 0;
	if (!list->n)
		return stk_fail(err, STK_EFORMAT, "manifest.json: names no image");
	if (!found) {
		stk_fail(err, STK_ENOTFOUND, "no image \"" STK_FMT "\" in it", STK_ARG(which));
		return stk_hint(err, "it has " STK_FMT, STK_ARG(list_images(arena, list)));
	}
	stk_fail(err, STK_EUSAGE, "several images, and none is chosen");
	return stk_hint(err, "put \":NAME\" or \"@DIGEST\" behind the file's name: " STK_FMT,
			STK_ARG(list_images(arena, list)));
}

/* The name of a content-addressed member says its digest. */
static struct stk_str digest_of_name(struct stk_arena *arena, struct stk_str name)
{
	struct stk_str rest = stk_str_strip_prefix(name, S("blobs/"));
	if (rest.n == name.n)
		return S("");
	struct stk_str algorithm = stk_str_cut(&rest, '/');
	struct stk_str digest = stk_arena_printf(arena, STK_FMT ":" STK_FMT, STK_ARG(algorithm), STK_ARG(rest)), hex;
	enum stk_digest_kind kind;
	return stk_digest_parse(digest, &kind, &hex) ? digest : S("");
}

static int take_config(struct stk_arena *arena, struct stk_image *image, struct stk_str name, struct stk_err *err)
{
	struct stk_str text;
	if (!name.n)
		return stk_fail(err, STK_EFORMAT, "manifest.json: no \"Config\"");
	if (stk_source_read(image->source, name, &text, err) < 0 || stk_image_take_config(arena, image, text, err) < 0)
		return -1;
	struct stk_str hex = stk_str_slice(image->id, 7, SIZE_MAX);
	struct stk_str stem = stk_str_strip_suffix(name, S(".json"));
	if (stem.n >= hex.n && !stk_str_ends(stem, hex))
		stk_note(arena, &image->notes, "the configuration is named " STK_FMT ", but its digest is " STK_FMT,
			 STK_ARG(name), STK_ARG(image->id));
	return 0;
}

static void take_layer(struct stk_arena *arena, struct stk_image *image, const struct stk_json *path)
{
	struct stk_layer *layer = STK_PUSH(arena, &image->layers);
	struct stk_str name = stk_member_name(arena, path->text);
	struct stk_blob blob;
	*layer = (struct stk_layer){ .index = (int32_t)image->layers.n,
				     .member = name,
				     .digest = digest_of_name(arena, name) };
	/* A layer that is missing becomes a gap when the scan comes to it; the others are still
	   worth reading. */
	if (stk_source_locate(image->source, name, &blob, NULL) < 0)
		return;
	layer->size = blob.size;
	stk_blob_close(&blob);
}

int stk_docker_archive_open(struct stk_arena *arena, struct stk_image *image, struct stk_str which, struct stk_err *err)
{
	struct stk_str text;
	struct stk_json *json;
	const struct stk_json *entry = NULL;
	if (stk_source_read(image->source, S("manifest.json"), &text, err) < 0)
		return -1;
	if (stk_json_parse_strict(arena, text, &json, err) < 0)
		return stk_within(err, "manifest.json");
	if (json->type != STK_JSON_ARRAY)
		return stk_fail(err, STK_EFORMAT, "manifest.json: no list of images, as docker save writes it");
	if (choose(arena, json, which, &entry, err) < 0 ||
	    take_config(arena, image, stk_json_str(entry, "Config"), err) < 0)
		return -1;
	const struct stk_json *tags = stk_json_list(entry, "RepoTags"), *layers = stk_json_list(entry, "Layers");
	if (layers->n > STK_LIMIT_LAYERS)
		return stk_fail(err, STK_ELIMIT, "%zu layers, more than %d", layers->n, STK_LIMIT_LAYERS);
	for (size_t i = 0; i < tags->n; i++)
		*STK_PUSH(arena, &image->tags) = tags->items[i].text;
	for (size_t i = 0; i < layers->n; i++)
		take_layer(arena, image, &layers->items[i]);
	return stk_image_match_layers(arena, image, err);
}
