/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of any size go through windows of four megabytes that overlap by more than the longest match; a match belongs
 * to the window in which it begins. Memory is one window a level of nesting.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/digest.h"
#include "secret/classify.h"
#include "secret/scan_private.h"
#include "secret/user.h"
#include "base/banned.h"

enum { ENCODINGS = 3 };

struct stk_secret_scan *stk_secret_scan_new(const struct stk_secret_engine *engine, struct stk_arena *arena)
{
	struct stk_secret_scan *scan = STK_NEW(arena, struct stk_secret_scan, 1);
	scan->arena = arena;
	scan->engine = engine;
	scan->work = calloc(1, sizeof(*scan->work));
	struct stk_err err;
	if (!scan->work || stk_secret_matcher_init(&scan->work->matcher, engine, &err) < 0)
		abort(); /* out of memory: as the arena ends the process */
	return scan;
}

static void pop(struct stk_secret_scan *scan)
{
	struct stk_frame *frame = scan->work->top;
	scan->work->top = frame->below;
	scan->work->depth--;
	if (frame->data)
		explicit_bzero(frame->data, frame->n);
	free(frame->data);
	stk_arena_free(&frame->arena);
	free(frame);
}

void stk_secret_scan_free(struct stk_secret_scan *scan)
{
	if (!scan || !scan->work)
		return;
	while (scan->work->top)
		pop(scan);
	stk_secret_matcher_done(&scan->work->matcher);
	stk_arena_free(&scan->work->arena);
	free(scan->work);
	scan->work = NULL;
}

void stk_secret_gap(struct stk_secret_scan *scan, struct stk_str what, const char *why)
{
	*STK_PUSH(scan->arena, &scan->gaps) = (struct stk_secret_gap){ stk_arena_str(scan->arena, what),
								       stk_arena_str(scan->arena, stk_str_from(why)) };
}

void stk_secret_spoilt(struct stk_secret_scan *scan, const char *why)
{
	if (scan->work->top->path_class & STK_PATH_TEST)
		scan->spoilt++;
	else
		stk_secret_gap(scan, scan->work->top->path, why);
}

static uint64_t most_unpacked(const struct stk_secret_work *work)
{
	return work->bound && work->bound < STK_SECRET_UNPACKED ? work->bound : STK_SECRET_UNPACKED;
}

bool stk_secret_may_unpack(const struct stk_secret_scan *scan)
{
	return scan->work->unpacked <= most_unpacked(scan->work);
}

bool stk_secret_unpacked(struct stk_secret_scan *scan, uint64_t n)
{
	bool before = stk_secret_may_unpack(scan);
	scan->work->unpacked += n;
	bool now = stk_secret_may_unpack(scan);
	if (before && !now)
		stk_secret_gap(
			scan, scan->work->top->path,
			most_unpacked(scan->work) == STK_SECRET_UNPACKED
				? "unpacks to more than 4 GiB"
				: "unpacks to more than a thousand times its size: the rest was not looked into");
	return now;
}

static void push(struct stk_secret_scan *scan, struct stk_str path)
{
	struct stk_frame *frame = calloc(1, sizeof(*frame));
	if (!frame)
		abort();
	frame->below = scan->work->top;
	frame->path = stk_arena_str(&frame->arena, path);
	frame->path_class = stk_secret_path_class(frame->path);
	frame->line = 1;
	frame->before = scan->found.n;
	stk_secret_match_path(&scan->work->matcher, &frame->arena, frame->path, &frame->scoped);
	const struct stk_secret_rules *user = stk_secret_engine_options(scan->engine)->user;
	if (user && stk_secret_allows_path(&user->allows, frame->path)) {
		frame->mode = STK_FRAME_SKIP;
		frame->hit = true;
	}
	scan->work->top = frame;
	scan->work->depth++;
}

void stk_secret_begin(struct stk_secret_scan *scan, struct stk_str path)
{
	if (!scan->work->depth)
		scan->work->unpacked = 0;
	push(scan, path);
}

bool stk_secret_begin_member(struct stk_secret_scan *scan, struct stk_str name)
{
	STK_BUF path = stk_buf_new(STK_KIB(64));
	stk_buf_add(&path, scan->work->top->path);
	stk_buf_byte(&path, '!');
	stk_buf_add(&path, name);
	if (path.overflow || scan->work->depth > STK_SECRET_DEPTH) {
		stk_secret_gap(scan, scan->work->top->path, "archives are nested too deeply");
		return false;
	}
	push(scan, stk_buf_str(&path));
	return true;
}

/* Carries a stretch of a piece up to the window; false when it is not inside anything that came from there. */
static bool origin(const struct stk_piece *piece, size_t *begin, size_t *end)
{
	for (; piece->parent; piece = piece->parent) {
		const struct stk_segment *first = stk_derived_at(piece->derived, *begin);
		if (!first)
			return false;
		if (first->linear) {
			size_t unit = (first->end - first->begin) / (first->n ? first->n : 1);
			size_t last = *end > first->at + first->n ? first->n : *end - first->at;
			*begin = first->begin + (*begin - first->at) * unit;
			*end = first->begin + last * unit;
		} else {
			*begin = first->begin;
			*end = first->end;
		}
	}
	return true;
}

/* "base64, percent": innermost first. */
static struct stk_str encoding_of(struct stk_arena *arena, const struct stk_piece *piece, size_t at)
{
	struct stk_str text = { 0 };
	for (; piece->parent; piece = piece->parent) {
		const struct stk_segment *segment = stk_derived_at(piece->derived, at);
		if (segment && segment->how)
			text = text.n ? stk_arena_printf(arena, STK_FMT ", %s", STK_ARG(text), segment->how)
				      : stk_str_from(segment->how);
		at = segment ? segment->begin : 0;
	}
	return text;
}

static bool disabled(const struct stk_secret_scan *scan, const struct stk_secret_rule *rule)
{
	const struct stk_secret_rules *user = stk_secret_engine_options(scan->engine)->user;
	if (!user || rule->extra)
		return false;
	for (size_t i = 0; i < user->disabled.n; i++)
		if (stk_rule_is(rule->row, user->disabled.v[i]))
			return true;
	for (size_t i = 0; i < user->only.n; i++)
		if (stk_rule_is(rule->row, user->only.v[i]))
			return false;
	return user->only.n > 0;
}

static void consider(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *piece,
		     size_t rule, const struct stk_secret_span *span)
{
	struct stk_secret_match match = { .rule = stk_secret_engine_rule(scan->engine, rule),
					  .path = frame->path,
					  .path_class = frame->path_class,
					  .binary = piece->binary,
					  .text = piece->text,
					  .span = *span };
	struct stk_candidate candidate = { .rule = match.rule, .begin = span->begin, .end = span->end, .piece = piece };
	if (span->match_begin < piece->from || span->match_begin >= piece->to ||
	    !origin(piece, &candidate.begin, &candidate.end) || !stk_secret_judge(&match, &candidate.judgement) ||
	    disabled(scan, match.rule))
		return;
	candidate.value = stk_str_slice(piece->text, span->begin, span->end);
	candidate.match = stk_str_slice(piece->text, span->match_begin, span->match_end);
	candidate.name = candidate.judgement.name;
	candidate.encoding = encoding_of(&scan->work->arena, piece, span->begin);
	*STK_PUSH(&scan->work->arena, &scan->work->candidates) = candidate;
}

static void try_rule(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *piece,
		     size_t rule, size_t begin, size_t end)
{
	struct stk_secret_span span;
	size_t at = begin, found = 0;
	while (found < STK_SECRET_PER_FILE &&
	       stk_secret_confirm(&scan->work->matcher, rule, piece->text, &at, end, &span)) {
		consider(scan, frame, piece, rule, &span);
		found++;
	}
}

static void search_piece(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *piece);

/* What was decoded is searched as a text of its own. */
static void search_derived(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *parent,
			   const struct stk_derived *made, unsigned depth)
{
	if (!made->segments.n)
		return;
	struct stk_derived *derived = STK_NEW(&scan->work->arena, struct stk_derived, 1);
	struct stk_piece *piece = STK_NEW(&scan->work->arena, struct stk_piece, 1);
	*derived = *made;
	struct stk_str text = stk_arena_str(&scan->work->arena, stk_buf_str(&made->text));
	*piece = (struct stk_piece){ .parent = parent, .derived = derived, .text = text, .to = text.n, .depth = depth };
	search_piece(scan, frame, piece);
}

static void search_fields(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *piece)
{
	struct stk_derived derived;
	if (frame->path_class & STK_PATH_DOCKERFILE) {
		stk_decode_dockerfile(&scan->work->arena, piece->text, &derived);
		search_derived(scan, frame, piece, &derived, ENCODINGS);
		stk_buf_free(&derived.text);
	}
	if (frame->path_class & (STK_PATH_CONFIG | STK_PATH_FIELDS)) {
		stk_decode_defaults(&scan->work->arena, piece->text, &derived);
		search_derived(scan, frame, piece, &derived, ENCODINGS);
		stk_buf_free(&derived.text);
	}
	if (!(frame->path_class & STK_PATH_FIELDS))
		return;
	stk_decode_pairs(&scan->work->arena, piece->text, &derived);
	search_derived(scan, frame, piece, &derived, ENCODINGS);
	stk_buf_free(&derived.text);
	if (stk_str_ends(frame->path, S(".tf"))) {
		stk_decode_variables(&scan->work->arena, piece->text, &derived);
		search_derived(scan, frame, piece, &derived, ENCODINGS);
		stk_buf_free(&derived.text);
	}
}

/* Can a rule that is bound to a kind of file match in this text? Its keywords are looked for here, as the engine only
 * looks for those of the rules for all files. */
static bool may_match(const struct stk_secret_rule *rule, struct stk_str text)
{
	struct stk_str rest = stk_str_from(rule->keywords);
	if (!rule->regex || !rest.n)
		return rule->regex != NULL;
	while (rest.n) {
		struct stk_str keyword = stk_str_cut(&rest, ' ');
		if (stk_str_find_byte(keyword, '\037') != SIZE_MAX || stk_str_contains_nocase(text, keyword))
			return true;
	}
	return false;
}

/* One piece of a file against all rules: those with a keyword where the matcher found it, those
   bound to this kind of file over the whole piece; then what is encoded in it. Encodings nest
   ENCODINGS deep and no further, and fields are only taken apart in the file itself. */
static void search_piece(struct stk_secret_scan *scan, const struct stk_frame *frame, const struct stk_piece *piece)
{
	struct stk_secret_matcher *matcher = &scan->work->matcher;
	scan->bytes += piece->to - piece->from;
	stk_secret_match(matcher, piece->text);
	for (size_t i = 0; i < matcher->hits.n; i++)
		try_rule(scan, frame, piece, matcher->hits.v[i].rule, matcher->hits.v[i].begin, matcher->hits.v[i].end);
	for (size_t i = 0; i < frame->scoped.n && !piece->binary; i++)
		if (may_match(stk_secret_engine_rule(scan->engine, frame->scoped.v[i]), piece->text))
			try_rule(scan, frame, piece, frame->scoped.v[i], piece->from, piece->to);
	if (piece->binary || piece->depth >= ENCODINGS)
		return;
	struct stk_derived derived;
	stk_decode(&scan->work->arena, piece->text, &derived);
	search_derived(scan, frame, piece, &derived, piece->depth + 1);
	stk_buf_free(&derived.text);
	if (!piece->parent)
		search_fields(scan, frame, piece);
}

static bool all_zero(struct stk_str s)
{
	return s.n && s.p[0] == 0 && memcmp(s.p, s.p + 1, s.n - 1) == 0;
}

/* Does a rule that the path brings in need nothing but the path? */
static bool is_found_by_name(const struct stk_secret_scan *scan, const struct stk_frame *frame)
{
	for (size_t i = 0; i < frame->scoped.n; i++)
		if (!stk_secret_engine_rule(scan->engine, frame->scoped.v[i])->regex)
			return true;
	return false;
}

/* Searches [from, to) of a window whose first byte is frame->base. */
static void search_window(struct stk_secret_scan *scan, struct stk_frame *frame, struct stk_str window, size_t from,
			  size_t to)
{
	if (from >= to || frame->mode == STK_FRAME_SKIP || all_zero(window))
		return;
	struct stk_piece piece = { .text = window, .from = from, .to = to, .binary = frame->mode == STK_FRAME_BINARY };
	struct stk_derived derived;
	scan->work->candidates.n = scan->work->candidates.cap = 0;
	scan->work->candidates.v = NULL;
	scan->work->matcher.failed = false;
	if (frame->base == 0 && is_found_by_name(scan, frame))
		stk_secret_note_harmless(frame, window);
	if (frame->mode == STK_FRAME_UTF16) {
		stk_decode_utf16(&scan->work->arena, window, frame->order, &derived);
		search_derived(scan, frame, &piece, &derived, 1);
		stk_buf_free(&derived.text);
	} else {
		search_piece(scan, frame, &piece);
	}
	stk_secret_resolve(scan, frame, window);
	stk_arena_free(&scan->work->arena);
	if (scan->work->matcher.failed)
		stk_secret_gap(scan, frame->path, "a rule's search was stopped at its limit");
}

/* Moves the window on so that it starts `by` bytes later. */
static void advance(struct stk_frame *frame, struct stk_str window, size_t by)
{
	frame->line += (uint32_t)stk_count_lines(window.p, by);
	frame->base += by;
}

/* Windows over bytes that are all here. */
static void search_all(struct stk_secret_scan *scan, struct stk_frame *frame, struct stk_str text)
{
	size_t begin = 0, from = 0;
	for (;;) {
		size_t most = from + STK_SECRET_WINDOW + STK_SECRET_OVERLAP;
		struct stk_str window = stk_str_slice(text, begin, begin + most);
		bool last = begin + most >= text.n;
		size_t to = last ? window.n + 1 : window.n - STK_SECRET_OVERLAP;
		search_window(scan, frame, window, from, to);
		if (last)
			return;
		size_t by = to - STK_SECRET_CONTEXT;
		advance(frame, window, by);
		begin += by;
		from = STK_SECRET_CONTEXT;
	}
}

/* The buffer is full: searches it and keeps its end. */
static void search_buffer(struct stk_secret_scan *scan, struct stk_frame *frame)
{
	struct stk_str window = { frame->data, frame->n };
	size_t to = frame->n - STK_SECRET_OVERLAP, by = to - STK_SECRET_CONTEXT;
	search_window(scan, frame, window, frame->from, to);
	advance(frame, window, by);
	memmove(frame->data, frame->data + by, frame->n - by);
	frame->n -= by;
	frame->from = STK_SECRET_CONTEXT;
}

static void reserve(struct stk_frame *frame, size_t n)
{
	if (n <= frame->cap)
		return;
	size_t cap = frame->cap ? frame->cap : STK_KIB(16);
	while (cap < n)
		cap *= 2;
	char *data = realloc(frame->data, cap);
	if (!data)
		abort();
	frame->data = data;
	frame->cap = cap;
}

static size_t ceiling(const struct stk_frame *frame)
{
	return frame->mode == STK_FRAME_WHOLE ? STK_SECRET_ARCHIVE
					      : STK_SECRET_CONTEXT + STK_SECRET_WINDOW + STK_SECRET_OVERLAP;
}

static void add_bytes(struct stk_secret_scan *scan, struct stk_frame *frame, struct stk_str bytes)
{
	while (bytes.n && !frame->too_large) {
		size_t room = ceiling(frame) - frame->n, n = bytes.n < room ? bytes.n : room;
		reserve(frame, frame->n + n);
		memcpy(frame->data + frame->n, bytes.p, n);
		frame->n += n;
		bytes = stk_str_slice(bytes, n, bytes.n);
		if (frame->n < ceiling(frame))
			continue;
		if (frame->mode == STK_FRAME_WHOLE)
			frame->too_large = true;
		else
			search_buffer(scan, frame);
	}
}

void stk_secret_piece(struct stk_secret_scan *scan, struct stk_str bytes)
{
	struct stk_frame *frame = scan->work->top;
	frame->size += bytes.n;
	if (frame->mode == STK_FRAME_SKIP || !bytes.n)
		return;
	if (frame->mode == STK_FRAME_UNDECIDED && frame->n + bytes.n >= STK_SECRET_DECIDE_AT) {
		if (frame->n) {
			struct stk_str first = stk_str_slice(bytes, 0, STK_SECRET_DECIDE_AT);
			reserve(frame, frame->n + first.n);
			memcpy(frame->data + frame->n, first.p, first.n);
			stk_secret_decide(frame, (struct stk_str){ frame->data, frame->n + first.n });
		} else {
			stk_secret_decide(frame, bytes);
		}
	}
	if (frame->mode != STK_FRAME_SKIP)
		add_bytes(scan, frame, bytes);
}

void stk_secret_hole(struct stk_secret_scan *scan, uint64_t n)
{
	static const char zeros[4096];
	struct stk_frame *frame = scan->work->top;
	/* One block of zeros ends every match and every line's claim to be text; the others add nothing. */
	uint64_t shown = n < sizeof(zeros) ? n : sizeof(zeros);
	stk_secret_piece(scan, (struct stk_str){ zeros, (size_t)shown });
	frame->size += n - shown;
	frame->base += n - shown;
}

/* A file whose name alone says what it is: only when nothing in it was reported, and it is not a public key after all.
 */
static void apply_path_rules(struct stk_secret_scan *scan, struct stk_frame *frame)
{
	if (frame->hit || !frame->size || frame->public_pem || frame->read_through)
		return;
	for (size_t i = 0; i < frame->scoped.n; i++) {
		const struct stk_secret_rule *rule = stk_secret_engine_rule(scan->engine, frame->scoped.v[i]);
		if (rule->regex || disabled(scan, rule))
			continue;
		enum stk_confidence confidence = rule->confidence;
		if ((frame->path_class & (STK_PATH_TEST | STK_PATH_VENDOR)) && confidence > STK_CONFIDENCE_LOW)
			confidence -= 1;
		if (stk_secret_is_strangers(frame->path_class))
			confidence = STK_CONFIDENCE_LOW;
		if (confidence < stk_secret_engine_options(scan->engine)->least) {
			scan->weaker++;
			return;
		}
		struct stk_str path = stk_arena_str(scan->arena, frame->path);
		char fingerprint[33];
		stk_secret_fingerprint(stk_secret_rule_name(rule), path, fingerprint);
		*STK_PUSH(scan->arena, &scan->found) = (struct stk_secret){
			.rule = rule,
			.severity = rule->row->severity,
			.confidence = confidence,
			.path = path,
			.fingerprint = stk_arena_str(scan->arena, stk_str_from(fingerprint)),
		};
		return;
	}
}

/* Findings of a file that is all here know its digest: a package's record may tell that it came so. */
static void note_digest(struct stk_secret_scan *scan, const struct stk_frame *frame, struct stk_str bytes)
{
	struct stk_secret_digests digests = { .known = true };
	uint8_t sum[STK_DIGEST_MAX];
	if (scan->work->depth != 1 || scan->found.n == frame->before || bytes.n != frame->size)
		return;
	stk_digest_of(STK_MD5, bytes, sum);
	memcpy(digests.md5, sum, sizeof(digests.md5));
	stk_digest_of(STK_SHA1, bytes, sum);
	memcpy(digests.sha1, sum, sizeof(digests.sha1));
	stk_digest_of(STK_SHA256, bytes, sum);
	memcpy(digests.sha256, sum, sizeof(digests.sha256));
	for (size_t i = frame->before; i < scan->found.n; i++)
		scan->found.v[i].digests = digests;
}

static void finish(struct stk_secret_scan *scan, struct stk_frame *frame, bool complete)
{
	if (!complete)
		stk_secret_spoilt(scan, "its contents broke off");
	if (frame->too_large)
		stk_secret_gap(scan, frame->path, "an archive of more than 256 MiB inside another file");
	apply_path_rules(scan, frame);
	pop(scan);
}

void stk_secret_end(struct stk_secret_scan *scan, bool complete)
{
	struct stk_frame *frame = scan->work->top;
	struct stk_str rest = { frame->data, frame->n };
	/* Shorter than what a decision takes: it is made now. */
	if (frame->mode == STK_FRAME_UNDECIDED && frame->n)
		stk_secret_decide(frame, rest);
	if (frame->mode == STK_FRAME_WHOLE && !frame->too_large && !stk_secret_open_archive(scan, rest)) {
		/* It looked like an archive and is none: searched as it is. */
		frame->mode = stk_secret_plain_mode(rest);
		search_all(scan, frame, rest);
	} else if (frame->mode != STK_FRAME_WHOLE && frame->n) {
		search_window(scan, frame, rest, frame->from, frame->n + 1);
	}
	if (complete)
		note_digest(scan, frame, rest);
	finish(scan, frame, complete);
}

void stk_secret_scan_text(struct stk_secret_scan *scan, struct stk_str path, struct stk_str text)
{
	stk_secret_begin(scan, path);
	struct stk_frame *frame = scan->work->top;
	frame->size = text.n;
	if (frame->mode == STK_FRAME_UNDECIDED)
		stk_secret_decide(frame, text);
	if (frame->mode == STK_FRAME_WHOLE && !stk_secret_open_archive(scan, text))
		frame->mode = stk_secret_plain_mode(text);
	if (frame->mode != STK_FRAME_WHOLE && text.n)
		search_all(scan, frame, text);
	note_digest(scan, frame, text);
	finish(scan, frame, true);
}

void stk_secret_scan_stream(struct stk_secret_scan *scan, struct stk_str path, struct stk_stream *stream)
{
	struct stk_err err;
	char *block = malloc(STK_KIB(256));
	ptrdiff_t n = -1;
	stk_secret_begin(scan, path);
	while (block && (n = stream->read(stream, block, STK_KIB(256), &err)) > 0)
		stk_secret_piece(scan, (struct stk_str){ block, (size_t)n });
	if (n < 0 && block)
		stk_secret_gap(scan, path, err.msg);
	stk_secret_end(scan, true);
	free(block);
	stk_stream_close(stream);
}
