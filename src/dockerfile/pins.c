/* SPDX-License-Identifier: Apache-2.0 */
/* See pins.h. */
#include "dockerfile/pins.h"

#include "base/map.h"
#include "dockerfile/dockerfile.h"
#include "dockerfile/variables.h"
#include "text/json.h"
#include "text/reference.h"
#include "base/banned.h"

static const char schema[] = "strake-lock/1";

static bool is_digest(struct stk_str text)
{
	if (text.n != 71 || !stk_str_starts(text, S("sha256:")))
		return false;
	for (size_t i = 7; i < text.n; i++)
		if (!stk_is_digit(text.p[i]) && !(text.p[i] >= 'a' && text.p[i] <= 'f'))
			return false;
	return true;
}

/* The full form without a digest; false for what is no reference, and for what has one already. */
static bool full_name(struct stk_arena *arena, struct stk_str image, struct stk_str *out)
{
	struct stk_reference reference;
	struct stk_err err;
	if (stk_reference_parse(image, &reference, &err) < 0 || reference.digest.n)
		return false;
	*out = stk_reference_full(arena, &reference);
	return true;
}

static int read_list(struct stk_arena *arena, const struct stk_json *list, bool images, struct stk_pins *pins,
		     struct stk_err *err)
{
	if (list->type != STK_JSON_OBJECT)
		return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no object", STK_ARG(list->key));
	for (size_t i = 0; i < list->n; i++) {
		const struct stk_json *at = &list->items[i];
		struct stk_str name = at->key;
		if (images && !full_name(arena, at->key, &name))
			return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" is no image with a tag", STK_ARG(at->key));
		if (at->type != STK_JSON_STRING || !is_digest(at->text))
			return stk_fail(err, STK_EFORMAT, "\"" STK_FMT "\" has no digest \"sha256:\" and 64 digits",
					STK_ARG(at->key));
		*STK_PUSH(arena, pins) = (struct stk_pin){ stk_arena_str(arena, name), stk_arena_str(arena, at->text) };
	}
	return 0;
}

int stk_pins_read(struct stk_arena *arena, struct stk_str text, struct stk_pins *pins, struct stk_err *err)
{
	struct stk_json *json;
	if (stk_json_parse_strict(arena, text, &json, err) < 0)
		return -1;
	if (!stk_str_is(stk_json_str(json, "schema"), schema))
		return stk_fail(err, STK_EFORMAT, "no lock file: \"schema\" is not \"%s\"", schema);
	for (size_t i = 0; i < json->n; i++) {
		bool images = stk_str_is(json->items[i].key, "images");
		if (stk_str_is(json->items[i].key, "schema"))
			continue;
		if (!images && !stk_str_is(json->items[i].key, "downloads"))
			return stk_fail(err, STK_EFORMAT, "unknown key \"" STK_FMT "\"", STK_ARG(json->items[i].key));
		if (read_list(arena, &json->items[i], images, pins, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_address(struct stk_str name)
{
	return stk_str_contains(name, S("://"));
}

static void write_list(struct stk_json_writer *w, const struct stk_strs *names, const struct stk_map *digests,
		       bool addresses)
{
	stk_json_key(w, addresses ? "downloads" : "images");
	stk_json_begin_object(w);
	for (size_t i = 0; i < names->n; i++)
		if (is_address(names->v[i]) == addresses) {
			const struct stk_pin *pin = stk_map_get(digests, names->v[i]);
			stk_json_key_str(w, pin->name);
			stk_json_write_str(w, pin->digest);
		}
	stk_json_end_object(w);
}

void stk_pins_write(struct stk_arena *arena, const struct stk_pins *pins, struct stk_buf *out)
{
	struct stk_map digests = { 0 };
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < pins->n; i++) {
		void **place = stk_map_at(&digests, arena, pins->v[i].name);
		if (*place)
			continue;
		*place = &pins->v[i];
		*STK_PUSH(arena, &names) = pins->v[i].name;
	}
	stk_strs_sort(&names);
	struct stk_json_writer w = stk_json_writer(out, 2);
	stk_json_begin_object(&w);
	stk_json_put_text(&w, "schema", schema);
	write_list(&w, &names, &digests, false);
	write_list(&w, &names, &digests, true);
	stk_json_end_object(&w);
	stk_buf_byte(out, '\n');
}

struct stk_str stk_pin_of_address(const struct stk_pins *pins, struct stk_str address)
{
	for (size_t i = 0; pins && i < pins->n; i++)
		if (stk_str_eq(pins->v[i].name, address))
			return pins->v[i].digest;
	return S("");
}

struct stk_str stk_pin_of_image(struct stk_arena *arena, const struct stk_pins *pins, struct stk_str image)
{
	struct stk_str name;
	return pins && pins->n && full_name(arena, image, &name) ? stk_pin_of_address(pins, name) : S("");
}

/* ---- places ---- */

static void add(struct stk_arena *arena, struct stk_pinnables *out, const struct stk_dockerfile *file,
		const struct stk_instruction *at, struct stk_str image, struct stk_span span)
{
	struct stk_str name;
	if (stk_str_is(image, "scratch") || !full_name(arena, image, &name))
		return;
	*STK_PUSH(arena, out) = (struct stk_pinnable){
		.image = image,
		.instruction = at,
		.begin = span.begin,
		.end = span.end,
		.plain = stk_str_eq(stk_str_slice(file->text, span.begin, span.end), image),
	};
}

/* A name that is no stage, number or variable. */
static bool is_image(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_str name)
{
	uint64_t number;
	size_t so_far = at->stage == SIZE_MAX ? 0 : at->stage + 1;
	return name.n && !stk_str_u64(name, 10, &number) && stk_str_find_byte(name, '$') == SIZE_MAX &&
	       stk_dockerfile_stage(file, name, so_far) == SIZE_MAX;
}

/* Where from=NAME stands among a mount's options. */
static struct stk_span mount_span(const struct stk_dockerfile *file, const struct stk_mount *mount)
{
	struct stk_span flag = mount->flag->value_span;
	struct stk_str rest = stk_str_slice(file->text, flag.begin, flag.end);
	for (size_t at = flag.begin; rest.n;) {
		struct stk_str option = stk_str_cut(&rest, ','), name = stk_str_strip_prefix(option, S("from="));
		if (name.n < option.n && stk_str_eq(name, mount->from))
			return (struct stk_span){ at + option.n - name.n, at + option.n };
		at += option.n + 1;
	}
	return flag;
}

struct stk_pinnables stk_dockerfile_pinnables(struct stk_arena *arena, const struct stk_dockerfile *file)
{
	struct stk_pinnables out = { 0 };
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_instruction_flag(at, "from") : NULL;
		const struct stk_build_stage *stage =
			at->keyword == STK_FROM && at->stage < file->stages.n ? &file->stages.v[at->stage] : NULL;
		if (stage && stage->resolved && stage->parent == SIZE_MAX)
			add(arena, &out, file, at, stage->reference, stage->image.span);
		if (from && is_image(file, at, from->value))
			add(arena, &out, file, at, from->value, from->value_span);
		for (size_t k = 0; k < at->mounts.n; k++)
			if (is_image(file, at, at->mounts.v[k].from))
				add(arena, &out, file, at, at->mounts.v[k].from, mount_span(file, &at->mounts.v[k]));
	}
	return out;
}
