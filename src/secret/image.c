/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets of an image: see image.h. Layers come through a scan's blocks, so that files are
 * searched as they stream by; configuration and history are texts of their own ("image:env" and
 * so on), for which some rules behave otherwise.
 */
#include "secret/image.h"

#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "secret/crew.h"
#include "secret/engine.h"
#include "secret/instructions.h"
#include "secret/mask.h"
#include "secret/remedy.h"
#include "base/banned.h"

enum { LEAST_MASKED = 4, MOST_PENDING = 8192, MARKS = 1 << 16 };

/* Findings [first, first + n) of a scan came from this entry. */
struct stk_secret_place {
	size_t first, n;
	const struct stk_entry *entry;
};

/* Files that the crew has and that may yet have to be kept. Marks tell quickly, if not surely, that an entry lies where
 * one of them or a folder above it does. */
struct stk_secret_pending {
	struct stk_arena arena;
	struct {
		struct stk_entry *v;
		size_t n, cap;
	} files;
	uint64_t first; /* number of files.v[0] */
	struct stk_scan *scan;
	uint64_t at_file[MARKS / 64], above[MARKS / 64];
};

/* One line an item, so that line numbers count them. */
static void add_line(struct stk_buf *out, struct stk_str text)
{
	for (size_t i = 0; i < text.n; i++)
		stk_buf_byte(out, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
	stk_buf_byte(out, '\n');
}

/* Under a name such as "image:env", by which rules and remedies know what kind of text it is. */
static void scan_lines(struct stk_secret_image *s, const char *path, const struct stk_buf *text)
{
	if (text->n)
		stk_secret_scan_text(s->scan, stk_str_from(path), stk_buf_str(text));
}

/* NAME=value, as a file of variables would have it. */
static void scan_pairs(struct stk_secret_image *s, const char *path, const struct stk_env *v, size_t n)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_MANIFEST * 2);
	for (size_t i = 0; i < n; i++)
		add_line(&text,
			 stk_arena_printf(s->arena, STK_FMT "=" STK_FMT, STK_ARG(v[i].name), STK_ARG(v[i].value)));
	scan_lines(s, path, &text);
}

/* A command is one line, its words with blanks between. */
static void add_command(struct stk_buf *out, struct stk_arena *arena, const struct stk_strs *words)
{
	struct stk_str line = { 0 };
	for (size_t i = 0; i < words->n; i++)
		line = i ? stk_arena_printf(arena, STK_FMT " " STK_FMT, STK_ARG(line), STK_ARG(words->v[i]))
			 : words->v[i];
	add_line(out, line);
}

static void scan_commands(struct stk_secret_image *s)
{
	const struct stk_image_config *config = &s->image->config;
	const struct stk_strs *commands[] = { &config->entrypoint, &config->cmd, &config->healthcheck };
	STK_BUF text = stk_buf_new(STK_LIMIT_MANIFEST * 2);
	for (size_t i = 0; i < STK_LEN(commands); i++)
		add_command(&text, s->arena, commands[i]);
	for (size_t i = 0; i < config->onbuild.n; i++)
		add_line(&text, config->onbuild.v[i]);
	scan_lines(s, "image:cmd", &text);
}

/* Without the words that the old builder put before an instruction that runs nothing. */
static void write_history(const struct stk_image *image, struct stk_buf *out)
{
	for (size_t i = 0; i < image->history.n; i++)
		add_line(out,
			 stk_str_trim(stk_str_strip_prefix(image->history.v[i].created_by, S("/bin/sh -c #(nop)"))));
}

static void scan_config(struct stk_secret_image *s)
{
	const struct stk_image_config *config = &s->image->config;
	STK_BUF history = stk_buf_new(STK_LIMIT_MANIFEST * 2);
	scan_pairs(s, "image:env", config->env.v, config->env.n);
	scan_pairs(s, "image:label", config->labels.v, config->labels.n);
	scan_commands(s);
	write_history(s->image, &history);
	s->before_history = s->scan->found.n;
	scan_lines(s, "image:history", &history);
	s->config_found = s->scan->found.n;
}

/* A build argument's finding is the whole assignment; its value alone may stand elsewhere. */
static void add_value(struct stk_arena *arena, struct stk_str value, struct stk_strs *out)
{
	struct stk_str rest = value;
	stk_str_cut(&rest, '=');
	if (value.n >= LEAST_MASKED)
		*STK_PUSH(arena, out) = value;
	if (rest.n >= LEAST_MASKED)
		*STK_PUSH(arena, out) = rest;
}

int stk_secret_image_values(struct stk_arena *arena, struct stk_image *image, struct stk_strs *out, struct stk_err *err)
{
	/* Also what is too uncertain to be reported must not be shown. */
	struct stk_secret_options how = { .least = STK_CONFIDENCE_LOW, .show = true, .no_inline = true };
	struct stk_secret_engine *engine;
	if (stk_secret_engine_new(&how, &engine, err) < 0)
		return -1;
	struct stk_secret_image all = { .arena = arena, .engine = engine, .image = image };
	all.scan = stk_secret_scan_new(engine, arena);
	scan_config(&all);
	for (size_t i = 0; i < all.scan->found.n; i++)
		if (!all.scan->found.v[i].weak) /* "postgres" is a word in other places too */
			add_value(arena, all.scan->found.v[i].value, out);
	stk_secret_scan_free(all.scan);
	stk_secret_engine_free(engine);
	return 0;
}

/* What shows instructions shows them masked from now on: the model itself is changed. */
static void mask_instructions(struct stk_secret_image *s, const struct stk_strs *values)
{
	STK_BUF history = stk_buf_new(STK_LIMIT_MANIFEST * 2);
	write_history(s->image, &history);
	struct stk_str written = stk_arena_str(s->arena, stk_buf_str(&history));
	/* By place too: an encoded secret does not stand there by its value. */
	size_t first = s->before_history;
	struct stk_str placed =
		stk_secret_mask(s->arena, written, s->scan->found.v + first, values->n ? s->scan->found.n - first : 0);
	struct stk_str rest = stk_secret_mask_values(s->arena, placed, values);
	for (size_t i = 0; i < s->image->history.n; i++) {
		struct stk_history *line = &s->image->history.v[i];
		struct stk_str before = stk_str_cut_line(&written), shown = stk_str_cut_line(&rest);
		*STK_PUSH(s->arena, &s->recorded) = line->created_by;
		*STK_PUSH(s->arena, &s->instructions) = shown;
		if (stk_str_eq(shown, before))
			continue;
		line->created_by = shown;
		if (line->layer > 0 && (size_t)line->layer <= s->image->layers.n)
			s->image->layers.v[line->layer - 1].instruction = shown;
	}
}

/* Every file with contents; hard links have their first name's. */
static enum stk_want wants(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	struct stk_secret_image *s = context;
	(void)scan;
	if (entry->type != STK_TAR_FILE || !entry->size)
		return STK_WANT_NOTHING;
	s->reading = false;
	return STK_WANT_BLOCKS;
}

/* One bit of a filter: a path that is not marked was surely not handed over. */
static void mark(uint64_t *marks, struct stk_str path)
{
	uint64_t bit = stk_str_hash(path) % MARKS;
	marks[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool is_marked(const uint64_t *marks, struct stk_str path)
{
	uint64_t bit = stk_str_hash(path) % MARKS;
	return marks[bit / 64] >> bit % 64 & 1;
}

/* The entry is copied, as it is the scan's only while its file is read. */
static void pend(struct stk_secret_pending *pending, const struct stk_entry *entry)
{
	struct stk_entry *copy = STK_PUSH(&pending->arena, &pending->files);
	*copy = *entry;
	copy->path = stk_arena_str(&pending->arena, entry->path);
	copy->link = stk_arena_str(&pending->arena, entry->link);
	copy->capability = stk_arena_str(&pending->arena, entry->capability);
	mark(pending->at_file, entry->path);
	for (size_t i = 0; i < entry->path.n; i++)
		if (entry->path.p[i] == '/')
			mark(pending->above, stk_str_slice(entry->path, 0, i));
}

/* The crew found something in file `number`: only now the scan keeps the entry. */
static void place(void *context, uint64_t number, size_t first, size_t n)
{
	struct stk_secret_image *s = context;
	const struct stk_entry *entry = &s->pending->files.v[number - s->pending->first];
	*STK_PUSH(s->arena, &s->places) =
		(struct stk_secret_place){ first, n, stk_scan_keep_late(s->pending->scan, entry) };
}

/* Takes in what the crew found until now. */
static void settle(struct stk_secret_image *s, struct stk_scan *scan)
{
	struct stk_secret_pending *pending = s->pending;
	if (!s->crew || !pending->files.n)
		return;
	pending->scan = scan;
	stk_secret_crew_collect(s->crew, s->scan, place, s);
	pending->first += pending->files.n;
	pending->files.n = pending->files.cap = 0;
	pending->files.v = NULL;
	stk_arena_free(&pending->arena);
	memset(pending->at_file, 0, sizeof(pending->at_file));
	memset(pending->above, 0, sizeof(pending->above));
}

/* Before an entry hides a file that is still being searched, the results are taken in, since keeping it later
   would keep what hides it. */
static bool changes(void *context, struct stk_scan *scan, struct stk_str path, enum stk_tar_type type)
{
	struct stk_secret_image *s = context;
	bool hides = s->crew && (!path.n || is_marked(s->pending->at_file, path) ||
				 (type != STK_TAR_DIR && is_marked(s->pending->above, path)));
	if (hides)
		settle(s, scan);
	return hides;
}

static void layer_ends(void *context, struct stk_scan *scan, const struct stk_layer *layer)
{
	(void)layer;
	settle(context, scan);
}

/* Lists of packages are for telling vendors' files from others and are read as a whole; all else is searched. */
static void begin_file(struct stk_secret_image *s, const struct stk_entry *entry)
{
	s->reading = true;
	s->listing = stk_secret_vendor_is_list(entry->path);
	s->before = s->scan->found.n;
	if (s->listing) {
		s->list = stk_buf_new(STK_MIB(16));
	} else if (s->crew) {
		stk_secret_crew_begin(s->crew, entry->path);
		pend(s->pending, entry);
	} else {
		stk_secret_begin(s->scan, entry->path);
	}
}

static void block(void *context, struct stk_scan *scan, const struct stk_entry *entry, uint64_t offset,
		  struct stk_str bytes)
{
	struct stk_secret_image *s = context;
	(void)scan;
	(void)offset;
	if (!s->reading)
		begin_file(s, entry);
	if (s->listing)
		stk_buf_add(&s->list, bytes);
	else if (s->crew)
		stk_secret_crew_piece(s->crew, bytes);
	else
		stk_secret_piece(s->scan, bytes);
}

static void done(void *context, struct stk_scan *scan, const struct stk_entry *entry, bool complete)
{
	struct stk_secret_image *s = context;
	(void)complete; /* a layer that breaks off is the scan's gap already */
	if (!s->reading)
		return;
	s->reading = false;
	if (s->listing) {
		stk_secret_vendor_add(&s->vendor, s->arena, entry->path, stk_buf_str(&s->list));
		stk_buf_free(&s->list);
		return;
	}
	if (s->crew) {
		stk_secret_crew_end(s->crew);
		if (s->pending->files.n >= MOST_PENDING)
			settle(s, scan);
		return;
	}
	stk_secret_end(s->scan, true);
	if (s->scan->found.n > s->before)
		*STK_PUSH(s->arena, &s->places) = (struct stk_secret_place){ s->before, s->scan->found.n - s->before,
									     stk_scan_keep(scan, entry) };
}

void stk_secret_image_begin(struct stk_secret_image *s, const struct stk_secret_engine *engine, struct stk_arena *arena,
			    struct stk_image *image, const struct stk_strs *values)
{
	*s = (struct stk_secret_image){ .arena = arena, .engine = engine, .image = image };
	s->visitor = (struct stk_visitor){
		.context = s, .wants = wants, .block = block, .done = done, .changes = changes, .layer = layer_ends
	};
	s->scan = stk_secret_scan_new(engine, arena);
	scan_config(s);
	mask_instructions(s, values);
	s->crew = stk_secret_crew_new(engine, stk_secret_engine_options(engine)->threads);
	s->pending = s->crew ? STK_NEW(arena, struct stk_secret_pending, 1) : NULL;
}

void stk_secret_image_end(struct stk_secret_image *s)
{
	stk_secret_crew_free(s->crew, s->scan);
	s->crew = NULL;
	if (s->pending)
		stk_arena_free(&s->pending->arena);
	stk_secret_scan_free(s->scan);
}

/* The Dockerfile's side of a finding. */
struct origin {
	struct stk_report *report;
	size_t target;
	const uint32_t *lines;
	struct stk_str dockerfile;
};

static void say_instruction(struct stk_secret_image *s, const struct origin *o, struct stk_finding *finding,
			    size_t history)
{
	if (history >= s->instructions.n)
		return;
	finding->location.instruction = s->instructions.v[history];
	if (s->image->history.v[history].layer > 0) {
		const struct stk_layer *layer = stk_image_layer(s->image, s->image->history.v[history].layer);
		finding->location.layer_index = s->image->history.v[history].layer;
		finding->location.layer = layer ? layer->diff_id : (struct stk_str){ 0 };
	}
	stk_finding_evidence(o->report, finding, "brought in by %s",
			     stk_arena_str(s->arena, stk_instruction_text(s->arena, s->instructions.v[history])).p);
	if (o->lines[history])
		stk_finding_evidence(o->report, finding, STK_FMT ":%u", STK_ARG(o->dockerfile), o->lines[history]);
}

/* SIZE_MAX where no line of the history made the layer. */
static size_t history_of_layer(const struct stk_image *image, int32_t layer)
{
	for (size_t i = 0; i < image->history.n; i++)
		if (layer && image->history.v[i].layer == layer)
			return i;
	return SIZE_MAX;
}

/* A deleted file is still in its layer, for whoever pulls the image. */
static void say_state(struct stk_secret_image *s, const struct origin *o, struct stk_finding *finding,
		      const struct stk_entry *entry)
{
	if (!entry->removed_in)
		return;
	finding->message =
		stk_arena_printf(s->arena, STK_FMT "; still in layer %d, %s in layer %d", STK_ARG(finding->message),
				 entry->layer, entry->replaced ? "replaced" : "deleted", entry->removed_in);
	size_t history = history_of_layer(s->image, entry->removed_in);
	if (history < s->instructions.n)
		stk_finding_evidence(
			o->report, finding, "%s by %s", entry->replaced ? "replaced" : "deleted",
			stk_arena_str(s->arena, stk_instruction_text(s->arena, s->instructions.v[history])).p);
}

static void report_file(struct stk_secret_image *s, const struct origin *o, const struct stk_secret *secret,
			const struct stk_entry *entry)
{
	struct stk_finding *finding = stk_secret_report(o->report, o->target, secret);
	const struct stk_layer *layer = stk_image_layer(s->image, entry->layer);
	finding->location.path = secret->path;
	finding->location.layer_index = entry->layer;
	finding->location.layer = layer ? layer->diff_id : (struct stk_str){ 0 };
	say_state(s, o, finding, entry);
	say_instruction(s, o, finding, history_of_layer(s->image, entry->layer));
	finding->remedy =
		stk_secret_remedy(s->arena, secret, entry->removed_in ? STK_SECRET_DELETED : STK_SECRET_IN_LAYER);
}

static enum stk_secret_way config_way(struct stk_str path)
{
	return stk_str_is(path, "image:env")	 ? STK_SECRET_IN_ENV
	       : stk_str_is(path, "image:label") ? STK_SECRET_IN_LABEL
	       : stk_str_is(path, "image:cmd")	 ? STK_SECRET_IN_COMMAND
						 : STK_SECRET_IN_HISTORY;
}

/* The history's own finding of the same secret, which tells where a value of the configuration came from. */
static const struct stk_secret *in_history(const struct stk_secret_image *s, const struct stk_secret *secret)
{
	for (size_t i = s->config_found; i-- > 0;) {
		const struct stk_secret *other = &s->scan->found.v[i];
		if (stk_str_is(other->path, "image:history") && stk_str_eq(other->fingerprint, secret->fingerprint))
			return other;
	}
	return NULL;
}

/* A secret of ENV stands in the history too: it is told once, at its better known place. */
static bool in_config(const struct stk_secret_image *s, const struct stk_secret *secret)
{
	for (size_t i = 0; i < s->config_found; i++)
		if (!stk_str_is(s->scan->found.v[i].path, "image:history") &&
		    stk_str_eq(s->scan->found.v[i].fingerprint, secret->fingerprint))
			return true;
	return false;
}

static void report_config(struct stk_secret_image *s, const struct origin *o, const struct stk_secret *secret)
{
	enum stk_secret_way way = config_way(secret->path);
	const struct stk_secret *line = way == STK_SECRET_IN_HISTORY ? secret : in_history(s, secret);
	if (way == STK_SECRET_IN_HISTORY && in_config(s, secret))
		return;
	struct stk_finding *finding = stk_secret_report(o->report, o->target, secret);
	finding->location.path = secret->path;
	if (line)
		say_instruction(s, o, finding, line->line - 1);
	finding->remedy = stk_secret_remedy(s->arena, secret, way);
}

static void report_layers(struct stk_secret_image *s, const struct origin *o)
{
	struct stk_map seen = { 0 };
	enum stk_confidence least = stk_secret_engine_least(s->engine);
	for (size_t i = 0; i < s->places.n; i++) {
		struct stk_secret *v = s->scan->found.v + s->places.v[i].first;
		size_t n = s->places.v[i].n;
		stk_secret_vendor_apply(&s->vendor, S(""), least, v, &n, &s->scan->weaker);
		for (size_t k = 0; k < n; k++)
			if (!stk_secret_repeats_git(&seen, s->arena, &v[k]))
				report_file(s, o, &v[k], s->places.v[i].entry);
	}
}

void stk_secret_image_report(struct stk_secret_image *s, struct stk_report *report, size_t target,
			     struct stk_str dockerfile, struct stk_str dockerfile_name)
{
	uint32_t *lines = STK_NEW(s->arena, uint32_t, s->image->history.n);
	struct origin o = { report, target, lines, dockerfile_name };
	if (dockerfile.n)
		stk_instruction_lines(s->arena, &s->recorded, dockerfile, lines);
	for (size_t i = 0; i < s->config_found; i++)
		report_config(s, &o, &s->scan->found.v[i]);
	report_layers(s, &o);
	for (size_t i = 0; i < s->scan->gaps.n; i++)
		stk_report_gap(report, target, s->scan->gaps.v[i].what, s->scan->gaps.v[i].why);
	stk_secret_image_end(s);
}

size_t stk_secret_image_weaker(const struct stk_secret_image *s)
{
	return s->scan->weaker;
}

size_t stk_secret_image_spoilt(const struct stk_secret_image *s)
{
	return s->scan->spoilt;
}
