/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image configuration (OCI image-spec 1.1 config.md; Docker adds Healthcheck, OnBuild,
 * Shell), and its history. Members of a wrong type count as absent, except for the diffIDs:
 * these name the layers, and an image whose configuration and manifest disagree about them is
 * refused.
 */
#include <stdlib.h>

#include "image/source.h"
#include "io/digest.h"
#include "base/banned.h"

static void take_strings(struct stk_arena *arena, struct stk_strs *out, const struct stk_json *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].type == STK_JSON_STRING)
			*STK_PUSH(arena, out) = list->items[i].text;
}

/* Older configurations have a string where a list belongs. */
static void take_words(struct stk_arena *arena, struct stk_strs *out, const struct stk_json *config, const char *key)
{
	struct stk_str text = stk_json_str(config, key);
	if (text.n)
		*STK_PUSH(arena, out) = text;
	else
		take_strings(arena, out, stk_json_list(config, key));
}

/* {"80/tcp": {}}: the keys, sorted. */
static void take_keys(struct stk_arena *arena, struct stk_strs *out, const struct stk_json *object)
{
	for (size_t i = 0; i < object->n; i++)
		/* Some builders write a list instead. */
		*STK_PUSH(arena, out) = object->type == STK_JSON_OBJECT ? object->items[i].key : object->items[i].text;
	stk_strs_sort(out);
}

static int compare_names(const void *a, const void *b)
{
	return stk_str_compare(((const struct stk_env *)a)->name, ((const struct stk_env *)b)->name);
}

static void take_settings(struct stk_arena *arena, struct stk_image_config *out, const struct stk_json *config)
{
	const struct stk_json *list = stk_json_list(config, "Env");
	for (size_t i = 0; i < list->n; i++) {
		struct stk_env *env = STK_PUSH(arena, &out->env);
		env->value = list->items[i].text;
		env->name = stk_str_cut(&env->value, '=');
	}
	list = stk_json_list(config, "Labels");
	for (size_t i = 0; i < list->n; i++)
		*STK_PUSH(arena, &out->labels) = (struct stk_env){ list->items[i].key, list->items[i].text };
	if (out->labels.n)
		qsort(out->labels.v, out->labels.n, sizeof(*out->labels.v), compare_names);
	out->user = stk_json_str(config, "User");
	out->workdir = stk_json_str(config, "WorkingDir");
	out->stop_signal = stk_json_str(config, "StopSignal");
	take_keys(arena, &out->exposed_ports, stk_json_list(config, "ExposedPorts"));
	take_keys(arena, &out->volumes, stk_json_list(config, "Volumes"));
	take_words(arena, &out->entrypoint, config, "Entrypoint");
	take_words(arena, &out->cmd, config, "Cmd");
	take_strings(arena, &out->onbuild, stk_json_list(config, "OnBuild"));
	take_strings(arena, &out->shell, stk_json_list(config, "Shell"));
	take_strings(arena, &out->healthcheck, stk_json_list(stk_json_get(config, "Healthcheck"), "Test"));
}

static void take_history(struct stk_arena *arena, struct stk_image *image, const struct stk_json *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_json *line = &list->items[i];
		*STK_PUSH(arena, &image->history) = (struct stk_history){
			.created = stk_json_str(line, "created"),
			.created_by = stk_json_str(line, "created_by"),
			.author = stk_json_str(line, "author"),
			.comment = stk_json_str(line, "comment"),
			.empty_layer = stk_json_bool(line, "empty_layer"),
		};
	}
}

int stk_image_take_config(struct stk_arena *arena, struct stk_image *image, struct stk_str text, struct stk_err *err)
{
	struct stk_json *json;
	if (stk_json_parse(arena, text, &json, err) < 0)
		return stk_within(err, "image configuration");
	if (json->type != STK_JSON_OBJECT)
		return stk_fail(err, STK_EFORMAT, "image configuration: not a JSON object");
	image->id = stk_digest_text(arena, STK_SHA256, text);
	image->config_text = text;
	image->config_json = json;
	image->os = stk_json_str(json, "os");
	image->architecture = stk_json_str(json, "architecture");
	image->variant = stk_json_str(json, "variant");
	image->created = stk_json_str(json, "created");
	image->author = stk_json_str(json, "author");
	take_settings(arena, &image->config, stk_json_get(json, "config"));
	take_history(arena, image, stk_json_list(json, "history"));
	return 0;
}

static size_t count_layers_in_history(const struct stk_image *image)
{
	size_t n = 0;
	for (size_t i = 0; i < image->history.n; i++)
		n += !image->history.v[i].empty_layer;
	return n;
}

int stk_image_match_layers(struct stk_arena *arena, struct stk_image *image, struct stk_err *err)
{
	const struct stk_json *ids = stk_json_list(stk_json_get(image->config_json, "rootfs"), "diff_ids");
	enum stk_digest_kind kind;
	struct stk_str hex;
	if (ids->n != image->layers.n)
		return stk_fail(err, STK_EFORMAT,
				"the configuration speaks of %zu layers (diff_ids), the manifest of %zu", ids->n,
				image->layers.n);
	for (size_t i = 0; i < ids->n; i++) {
		image->layers.v[i].diff_id = ids->items[i].text;
		if (!stk_digest_parse(ids->items[i].text, &kind, &hex))
			return stk_fail(err, STK_EFORMAT, "layer %zu: \"" STK_FMT "\" is no digest", i + 1,
					STK_ARG(stk_str_slice(ids->items[i].text, 0, 80)));
	}
	/* History is optional in the specification, and tools that squash or rebase leave it
	   wrong. A guess would blame the wrong instruction. */
	if (count_layers_in_history(image) != image->layers.n) {
		if (image->history.n)
			stk_note(arena, &image->notes,
				 "the history names %zu layers, the image has %zu: which line made which is not known",
				 count_layers_in_history(image), image->layers.n);
		return 0;
	}
	size_t layer = 0;
	for (size_t i = 0; i < image->history.n; i++) {
		struct stk_history *line = &image->history.v[i];
		if (line->empty_layer)
			continue;
		image->layers.v[layer].instruction = line->created_by;
		line->layer = image->layers.v[layer++].index;
	}
	return 0;
}
