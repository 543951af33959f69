/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts (image-spec 1.1: image-layout.md, image-index.md, manifest.md) in a directory or an archive, and
 * skopeo's `dir`, which keeps the same documents under other names. Indexes are flattened to their manifests, one is
 * chosen.
 */
#include "base/limits.h"
#include "base/sentence.h"
#include "image/source.h"
#include "io/digest.h"
#include "base/banned.h"

/* Ceilings against indexes that name one another or a thousand copies of one; MOST_BYTES bounds
   what all documents of one image may weigh. */
enum { MOST_MANIFESTS = 10000, DEEPEST_INDEX = 8, MOST_BYTES = 64 << 20 };

/* A manifest that an index leads to. */
struct leaf {
	struct stk_str digest, name, ref;
	struct stk_str root; /* digest of the entry of the outermost index it hangs below */
	struct stk_platform platform;
	bool known; /* the platform is stated */
};

struct walk {
	struct stk_arena *arena;
	struct stk_image *image;
	const struct stk_image_options *options;
	struct {
		struct leaf *v;
		size_t n, cap;
	} leaves;
	size_t seen;
	size_t bytes;	      /* of documents read, indexes named twice counted twice */
	struct stk_err first; /* why a document could not be read, when none could */
};

static struct stk_str annotation(const struct stk_json *descriptor, const char *key)
{
	return stk_json_str(stk_json_get(descriptor, "annotations"), key);
}

/* Where a document or layer with this digest stands; an error when the digest is none. */
static int blob_name(const struct stk_image *image, struct stk_arena *arena, struct stk_str digest, bool manifest,
		     struct stk_str *out, struct stk_err *err)
{
	enum stk_digest_kind kind;
	struct stk_str hex;
	if (!stk_digest_parse(digest, &kind, &hex))
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no digest",
				STK_ARG(stk_str_slice(digest, 0, 80)));
	if (image->kind == STK_IMAGE_DIR)
		*out = stk_arena_printf(arena, STK_FMT "%s", STK_ARG(hex), manifest ? ".manifest.json" : "");
	else
		*out = stk_arena_printf(arena, "blobs/" STK_FMT "/" STK_FMT,
					STK_ARG(stk_str_slice(digest, 0, digest.n - hex.n - 1)), STK_ARG(hex));
	return 0;
}

static int check_digest(struct stk_arena *arena, struct stk_str digest, struct stk_str text, struct stk_err *err)
{
	/* Callers have parsed the digest: it is one. */
	enum stk_digest_kind kind = STK_SHA256;
	struct stk_str hex;
	stk_digest_parse(digest, &kind, &hex);
	struct stk_str got = stk_digest_text(arena, kind, text);
	if (stk_str_eq(got, digest))
		return 0;
	return stk_fail(err, STK_EFORMAT, STK_FMT ": the contents' digest is " STK_FMT, STK_ARG(digest), STK_ARG(got));
}

/* Reads the document a descriptor names and verifies it. */
static int read_blob(struct walk *w, struct stk_str digest, const struct stk_json *descriptor, bool manifest,
		     struct stk_str *text, struct stk_err *err)
{
	struct stk_str name;
	if (blob_name(w->image, w->arena, digest, manifest, &name, err) < 0 ||
	    stk_source_read(w->image->source, name, text, err) < 0)
		return -1;
	w->bytes += text->n;
	if (w->bytes > MOST_BYTES)
		return stk_fail(err, STK_ELIMIT, "indexes and manifests of more than %d MiB", MOST_BYTES >> 20);
	const struct stk_json *size = stk_json_get(descriptor, "size");
	if (size && (uint64_t)size->integer != text->n)
		return stk_fail(err, STK_EFORMAT, STK_FMT ": %zu bytes, not %lld as its descriptor says",
				STK_ARG(digest), text->n, (long long)size->integer);
	return check_digest(w->arena, digest, *text, err);
}

static int parse(struct walk *w, struct stk_str text, struct stk_json **json, struct stk_err *err)
{
	if (stk_json_parse_strict(w->arena, text, json, err) < 0)
		return -1;
	/* CVE-2021-41190: a document that is an index to one tool and a manifest to another.
	   Keys given twice are refused for the same reason. */
	if (stk_json_get(*json, "manifests") && stk_json_get(*json, "layers"))
		return stk_fail(err, STK_EFORMAT,
				"has both \"manifests\" and \"layers\": readers would disagree about what it is");
	return 0;
}

/* Signatures, attestations, SBOMs: what hangs beside images in an index. BuildKit marks its
   attestations by an annotation or the platform unknown/unknown, cosign by tags or its own
   annotation. */
static bool is_attachment(const struct stk_json *descriptor)
{
	static const char *const suffixes[] = { ".sig", ".att", ".sbom" };
	struct stk_platform platform = stk_platform_of(stk_json_get(descriptor, "platform"));
	struct stk_str ref = annotation(descriptor, "org.opencontainers.image.ref.name");
	struct stk_str kind = annotation(descriptor, "kind"); /* cosign save */
	if (stk_str_is(annotation(descriptor, "vnd.docker.reference.type"), "attestation-manifest") ||
	    (stk_str_is(platform.os, "unknown") && stk_str_is(platform.architecture, "unknown")))
		return true;
	if (stk_str_starts(kind, S("dev.cosignproject.cosign/")))
		return !stk_str_contains(kind, S("/image"));
	for (size_t i = 0; i < STK_LEN(suffixes); i++)
		if (stk_str_starts(ref, S("sha256-")) && stk_str_ends(ref, stk_str_from(suffixes[i])))
			return true;
	return false;
}

/* A platform that is stated here counts before that of the index above. The same manifest under the same name
   is one. */
static void add_leaf(struct walk *w, const struct stk_json *descriptor, const struct leaf *above, struct stk_str digest)
{
	const struct stk_json *platform = stk_json_get(descriptor, "platform");
	struct leaf leaf = *above;
	leaf.digest = digest;
	if (platform) {
		leaf.platform = stk_platform_of(platform);
		leaf.known = true;
	}
	for (size_t i = 0; i < w->leaves.n; i++)
		if (stk_str_eq(w->leaves.v[i].digest, digest) && stk_str_eq(w->leaves.v[i].name, leaf.name) &&
		    stk_str_eq(w->leaves.v[i].ref, leaf.ref))
			return;
	*STK_PUSH(w->arena, &w->leaves) = leaf;
}

/* Media types that say plainly "manifest" are believed; all others are looked into. */
static bool may_be_index(const struct stk_json *descriptor)
{
	struct stk_str type = stk_json_str(descriptor, "mediaType");
	return !stk_str_contains(type, S("manifest.v")) || stk_str_contains(type, S("manifest.list"));
}

/* Adds the manifests below an index. A child that is not here is passed over: exports leave other platforms out. */
static int flatten(struct walk *w, const struct stk_json *index, const struct leaf *above, unsigned depth,
		   struct stk_err *err)
{
	const struct stk_json *list = stk_json_list(index, "manifests");
	if (depth > DEEPEST_INDEX)
		return stk_fail(err, STK_ELIMIT, "indexes nested more than %d deep", DEEPEST_INDEX);
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_json *descriptor = &list->items[i];
		struct stk_str digest = stk_json_str(descriptor, "digest"), name, text;
		struct leaf here = *above;
		struct stk_json *json;
		if (++w->seen > MOST_MANIFESTS)
			return stk_fail(err, STK_ELIMIT, "an index of more than %d manifests", MOST_MANIFESTS);
		if (is_attachment(descriptor))
			continue;
		if (blob_name(w->image, w->arena, digest, true, &name, err) < 0)
			return -1;
		if (!depth)
			here = (struct leaf){ .root = digest,
					      .name = annotation(descriptor, "io.containerd.image.name"),
					      .ref = annotation(descriptor, "org.opencontainers.image.ref.name") };
		if (!stk_source_has(w->image->source, name)) {
			if (!w->first.code)
				stk_fail(&w->first, STK_ENOTFOUND, "manifest " STK_FMT " is not there",
					 STK_ARG(digest));
			continue;
		}
		/* Not read now: an index of thirty platforms costs one document then, not
		   thirty. */
		if (!may_be_index(descriptor)) {
			add_leaf(w, descriptor, &here, digest);
			continue;
		}
		if (read_blob(w, digest, descriptor, true, &text, err) < 0 || parse(w, text, &json, err) < 0)
			return stk_within(err, "manifest " STK_FMT, STK_ARG(digest));
		if (!stk_json_get(json, "manifests"))
			add_leaf(w, descriptor, &here, digest);
		else if (flatten(w, json, &here, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_chosen(struct stk_arena *arena, const struct leaf *leaf, struct stk_str which)
{
	return !which.n || stk_image_name_matches(arena, leaf->name, which) ||
	       stk_image_name_matches(arena, leaf->ref, which) || stk_digest_matches(leaf->digest, which) ||
	       stk_digest_matches(leaf->root, which);
}

/* What the user may write behind the file's name. */
static struct stk_str leaf_name(const struct leaf *leaf)
{
	return leaf->name.n ? leaf->name : leaf->ref.n ? leaf->ref : leaf->root;
}

static struct stk_str list_names(struct walk *w)
{
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < w->leaves.n; i++)
		if (!stk_strs_has(&names, leaf_name(&w->leaves.v[i])) && names.n < STK_IMAGE_NAMES_LISTED + 1)
			*STK_PUSH(w->arena, &names) = leaf_name(&w->leaves.v[i]);
	return stk_strs_sentence(w->arena, &names, STK_IMAGE_NAMES_LISTED, false);
}

/* Drops what the user did not ask for. */
static int narrow(struct walk *w, struct stk_str which, struct stk_err *err)
{
	size_t kept = 0;
	struct stk_str all = list_names(w);
	for (size_t i = 0; i < w->leaves.n; i++)
		if (is_chosen(w->arena, &w->leaves.v[i], which))
			w->leaves.v[kept++] = w->leaves.v[i];
	if (kept || !w->leaves.n) {
		w->leaves.n = kept;
		return 0;
	}
	stk_fail(err, STK_ENOTFOUND, "no image \"" STK_FMT "\" in it", STK_ARG(which));
	return stk_hint(err, "it has " STK_FMT, STK_ARG(all));
}

/* Images of different names cannot be told apart by platform: the user must say which. */
static bool is_one_image(const struct walk *w)
{
	const struct leaf *first = &w->leaves.v[0];
	bool same_root = true, same_digest = true, flat = true;
	for (size_t i = 0; i < w->leaves.n; i++) {
		const struct leaf *leaf = &w->leaves.v[i];
		same_root &= stk_str_eq(leaf->root, first->root);
		same_digest &= stk_str_eq(leaf->digest, first->digest);
		flat &= leaf->known && stk_str_eq(leaf->name, first->name) && stk_str_eq(leaf->ref, first->ref);
	}
	return same_root || same_digest || flat;
}

/* A manifest whose descriptor says no platform is asked itself: its configuration knows. */
static void learn_platform(struct walk *w, struct leaf *leaf)
{
	struct stk_str text;
	struct stk_json *json;
	if (leaf->known || read_blob(w, leaf->digest, NULL, true, &text, NULL) < 0 || parse(w, text, &json, NULL) < 0 ||
	    read_blob(w, stk_json_str(stk_json_get(json, "config"), "digest"), NULL, false, &text, NULL) < 0 ||
	    stk_json_parse(w->arena, text, &json, NULL) < 0)
		return;
	leaf->platform = stk_platform_of(json);
	leaf->known = leaf->platform.os.n > 0;
}

static int fail_platform(struct walk *w, struct stk_platform wanted, struct stk_err *err)
{
	struct stk_strs there = { 0 };
	for (size_t i = 0; i < w->leaves.n; i++) {
		struct stk_str text = stk_platform_text(w->arena, w->leaves.v[i].platform);
		if (w->leaves.v[i].known && !stk_strs_has(&there, text) && there.n < STK_IMAGE_NAMES_LISTED + 1)
			*STK_PUSH(w->arena, &there) = text;
	}
	stk_fail(err, STK_ENOTFOUND, "no image for " STK_FMT " in it", STK_ARG(stk_platform_text(w->arena, wanted)));
	return stk_hint(err, "--platform chooses: it has " STK_FMT,
			STK_ARG(stk_strs_sentence(w->arena, &there, STK_IMAGE_NAMES_LISTED, false)));
}

/* Asks for the platform only where there is a choice or the user names one; the best score wins, the first
   among equals. */
static int choose(struct walk *w, const struct leaf **out, struct stk_err *err)
{
	const char *asked = w->options ? w->options->platform : NULL;
	struct stk_platform wanted;
	if (stk_platform_parse(w->arena, asked, &wanted, err) < 0)
		return -1;
	if (!is_one_image(w)) {
		stk_fail(err, STK_EUSAGE, "several images, and none is chosen");
		return stk_hint(err, "put \":NAME\" or \"@DIGEST\" behind the file's name: " STK_FMT,
				STK_ARG(list_names(w)));
	}
	/* Several names for one manifest are one image. */
	bool single = true;
	int best = 0;
	for (size_t i = 0; i < w->leaves.n; i++) {
		struct leaf *leaf = &w->leaves.v[i];
		single &= stk_str_eq(leaf->digest, w->leaves.v[0].digest);
		/* One manifest and no question: its configuration need not be read for this. */
		if (asked || w->leaves.n > 1)
			learn_platform(w, leaf);
		int score = leaf->known ? stk_platform_score(wanted, leaf->platform) : 0;
		if (score > best) {
			best = score;
			*out = leaf;
		}
	}
	if (best)
		return 0;
	if (!single || (asked && w->leaves.v[0].known))
		return fail_platform(w, wanted, err);
	*out = &w->leaves.v[0];
	return 0;
}

/* "application/vnd.cncf.helm.config.v1+json": not an image to run. Media types are often left out. */
static int check_config_type(const struct stk_json *manifest, struct stk_err *err)
{
	static const char *const types[] = { "", "application/vnd.oci.image.config.v1+json",
					     "application/vnd.docker.container.image.v1+json",
					     "application/octet-stream" };
	struct stk_str type = stk_json_str(stk_json_get(manifest, "config"), "mediaType");
	struct stk_str artifact = stk_json_str(manifest, "artifactType");
	bool known = false;
	for (size_t i = 0; i < STK_LEN(types); i++)
		known |= stk_str_is(type, types[i]);
	if (known && (!artifact.n || type.n))
		return 0;
	return stk_fail(err, STK_EFORMAT, "not a container image but an artifact of type " STK_FMT,
			STK_ARG(known ? artifact : type));
}

/* Foreign layers (Windows' base) need not be in the archive: then they are noted as absent, not refused. */
static int take_layer(struct walk *w, const struct stk_json *descriptor, struct stk_err *err)
{
	struct stk_image *image = w->image;
	struct stk_layer *layer = STK_PUSH(w->arena, &image->layers);
	*layer = (struct stk_layer){ .index = (int32_t)image->layers.n,
				     .digest = stk_json_str(descriptor, "digest"),
				     .media_type = stk_json_str(descriptor, "mediaType"),
				     .size = (uint64_t)stk_json_int(descriptor, "size") };
	if (layer->media_type.n && !stk_str_contains(layer->media_type, S("tar")))
		return stk_fail(err, STK_EFORMAT, "layer %d: not a container image: it holds " STK_FMT, layer->index,
				STK_ARG(layer->media_type));
	if (stk_json_get(descriptor, "size") && stk_json_int(descriptor, "size") < 0)
		return stk_fail(err, STK_EFORMAT, "layer %d: negative size", layer->index);
	if (blob_name(image, w->arena, layer->digest, false, &layer->member, err) < 0)
		return stk_within(err, "layer %d", layer->index);
	bool foreign = stk_str_contains(layer->media_type, S("nondistributable")) ||
		       stk_str_contains(layer->media_type, S("foreign")) || stk_json_list(descriptor, "urls")->n;
	layer->absent = foreign && !stk_source_has(image->source, layer->member);
	return 0;
}

/* An image manifest (OCI image-spec, manifest.md; Docker's schema 2 has the same fields). */
static int take_manifest(struct walk *w, const struct stk_json *manifest, struct stk_err *err)
{
	const struct stk_json *layers = stk_json_list(manifest, "layers"), *config = stk_json_get(manifest, "config");
	struct stk_str text;
	if (!config || !stk_json_get(manifest, "layers"))
		return stk_fail(err, STK_EFORMAT,
				stk_json_get(manifest, "fsLayers")
					? "a manifest of schema 1, which has been obsolete since 2017"
					: "no image manifest: without \"config\" or \"layers\"");
	if (check_config_type(manifest, err) < 0)
		return -1;
	if (layers->n > STK_LIMIT_LAYERS)
		return stk_fail(err, STK_ELIMIT, "%zu layers, more than %d", layers->n, STK_LIMIT_LAYERS);
	if (read_blob(w, stk_json_str(config, "digest"), config, false, &text, err) < 0)
		return stk_within(err, "image configuration");
	if (stk_image_take_config(w->arena, w->image, text, err) < 0)
		return -1;
	for (size_t i = 0; i < layers->n; i++)
		if (take_layer(w, &layers->items[i], err) < 0)
			return -1;
	return stk_image_match_layers(w->arena, w->image, err);
}

static void take_tags(struct walk *w, const struct leaf *chosen)
{
	for (size_t i = 0; i < w->leaves.n; i++) {
		const struct leaf *leaf = &w->leaves.v[i];
		struct stk_str name = leaf->name.n ? leaf->name : leaf->ref;
		if (name.n && stk_str_eq(leaf->digest, chosen->digest) && !stk_strs_has(&w->image->tags, name))
			*STK_PUSH(w->arena, &w->image->tags) = name;
	}
}

static int open_leaf(struct walk *w, const struct leaf *leaf, struct stk_err *err)
{
	struct stk_str text;
	struct stk_json *json;
	if (read_blob(w, leaf->digest, NULL, true, &text, err) < 0 || parse(w, text, &json, err) < 0 ||
	    take_manifest(w, json, err) < 0)
		return stk_within(err, "manifest " STK_FMT, STK_ARG(leaf->digest));
	w->image->manifest_digest = leaf->digest;
	take_tags(w, leaf);
	return 0;
}

/* skopeo's dir: the one manifest stands there by name. */
static int open_single(struct walk *w, struct stk_str text, const struct stk_json *json, struct stk_err *err)
{
	w->image->manifest_digest = stk_digest_text(w->arena, STK_SHA256, text);
	return take_manifest(w, json, err);
}

int stk_oci_open(struct stk_arena *arena, struct stk_image *image, const struct stk_image_options *options,
		 struct stk_str which, struct stk_err *err)
{
	struct walk w = { .arena = arena, .image = image, .options = options };
	struct stk_str name = image->kind == STK_IMAGE_DIR ? S("manifest.json") : S("index.json"), text;
	struct stk_json *json;
	const struct leaf none = { 0 }, *chosen = NULL;
	if (stk_source_read(image->source, name, &text, err) < 0)
		return -1;
	if (parse(&w, text, &json, err) < 0)
		return stk_within(err, STK_FMT, STK_ARG(name));
	if (!stk_json_get(json, "manifests") && image->kind == STK_IMAGE_DIR)
		return open_single(&w, text, json, err) < 0 ? stk_within(err, "manifest.json") : 0;
	if (flatten(&w, json, &none, 0, err) < 0)
		return stk_within(err, STK_FMT, STK_ARG(name));
	if (narrow(&w, which, err) < 0)
		return -1;
	if (!w.leaves.n) {
		if (w.first.code && err)
			*err = w.first;
		return w.first.code ? -1 : stk_fail(err, STK_EFORMAT, STK_FMT " names no image", STK_ARG(name));
	}
	if (choose(&w, &chosen, err) < 0)
		return -1;
	return open_leaf(&w, chosen, err);
}
