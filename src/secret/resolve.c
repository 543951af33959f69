/* SPDX-License-Identifier: Apache-2.0 */
/* Of several rules for the same bytes one reports: the more telling one; then place, redacted form and hash are worked
 * out. */
#include <stdlib.h>
#include <string.h>

#include "io/digest.h"
#include "secret/scan_private.h"
#include "secret/user.h"
#include "base/banned.h"

enum { CLUSTER = 256, SHOWN_FROM = 20, SHOWN_HEAD = 4, SHOWN_TAIL = 2 };

void stk_secret_fingerprint(const char *rule_name, struct stk_str value, char out[33])
{
	static const char digits[] = "0123456789abcdef";
	struct stk_digest digest = { 0 };
	uint8_t bytes[STK_DIGEST_MAX];
	stk_digest_begin(&digest, STK_SHA256);
	stk_digest_add(&digest, S("strake/1"));
	stk_digest_add(&digest, stk_str_from(rule_name));
	stk_digest_add(&digest, (struct stk_str){ "", 1 });
	stk_digest_add(&digest, value);
	stk_digest_end(&digest, bytes);
	stk_digest_free(&digest);
	for (size_t i = 0; i < 16; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[32] = 0;
}

struct stk_str stk_secret_redact(struct stk_arena *arena, struct stk_str value)
{
	if (stk_str_starts(value, S("-----BEGIN "))) {
		size_t end = stk_str_find(stk_str_slice(value, 11, value.n), S("-----"));
		if (end != SIZE_MAX && end < 40)
			return stk_arena_printf(arena, STK_FMT "\xe2\x80\xa6",
						STK_ARG(stk_str_slice(value, 0, end + 16)));
	}
	if (value.n < SHOWN_FROM)
		return S("********");
	return stk_arena_printf(arena, STK_FMT "\xe2\x80\xa6" STK_FMT, STK_ARG(stk_str_slice(value, 0, SHOWN_HEAD)),
				STK_ARG(stk_str_slice(value, value.n - SHOWN_TAIL, value.n)));
}

static int by_place(const void *a, const void *b)
{
	const struct stk_candidate *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->rule->priority != y->rule->priority)
		return x->rule->priority > y->rule->priority ? -1 : 1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static bool overlap(const struct stk_candidate *a, const struct stk_candidate *b)
{
	return a->begin < b->end && b->begin < a->end;
}

static bool names(const char *list, const char *name)
{
	struct stk_str rest = stk_str_from(list);
	while (rest.n)
		if (stk_str_is(stk_str_cut(&rest, ' '), name))
			return true;
	return false;
}

/* Does a say more about their common bytes than b? */
static bool better(const struct stk_candidate *a, const struct stk_candidate *b)
{
	if (names(a->rule->supersedes, stk_secret_rule_name(b->rule)))
		return true;
	if (names(b->rule->supersedes, stk_secret_rule_name(a->rule)))
		return false;
	if (a->judgement.confidence != b->judgement.confidence &&
	    (a->rule->priority >= 60) == (b->rule->priority >= 60))
		return a->judgement.confidence > b->judgement.confidence;
	if (a->rule->priority != b->rule->priority)
		return a->rule->priority > b->rule->priority;
	if (a->piece->depth != b->piece->depth)
		return a->piece->depth < b->piece->depth;
	return a->rule < b->rule;
}

static const char *const markers[] = { "strake:allow", "strake:ignore", "gitleaks:allow", "trufflehog:ignore" };

/* The comment on a secret's line that allows it; "strake:allow=RULE" speaks of one rule only. */
static struct stk_str allowed_by(const struct stk_secret_scan *scan, const struct stk_candidate *candidate,
				 struct stk_str line)
{
	if (stk_secret_engine_options(scan->engine)->no_inline)
		return (struct stk_str){ 0 };
	for (size_t i = 0; i < STK_LEN(markers); i++) {
		struct stk_str marker = stk_str_from(markers[i]);
		size_t at = stk_str_find(line, marker);
		if (at == SIZE_MAX)
			continue;
		struct stk_str rest = stk_str_slice(line, at + marker.n, line.n);
		/* "marker=ID" allows one rule, the bare marker all. */
		struct stk_str rule = rest.n && rest.p[0] == '=' ? stk_str_cut_word(&rest) : (struct stk_str){ 0 };
		if (!rule.n || stk_rule_is(candidate->rule->row, stk_str_slice(rule, 1, rule.n)))
			return marker;
	}
	return (struct stk_str){ 0 };
}

static bool allowed_by_user(const struct stk_secret_scan *scan, const struct stk_frame *frame,
			    const struct stk_candidate *candidate, struct stk_str line)
{
	const struct stk_secret_rules *user = stk_secret_engine_options(scan->engine)->user;
	return user && stk_secret_allows_hit(&user->allows, candidate->rule, frame->path, line, candidate->match,
					     candidate->value);
}

/* What stands in a block that is left out: blocks of lines, so that the window has them. */
static bool in_block(const struct stk_secret_scan *scan, const struct stk_candidate *candidate, struct stk_str window)
{
	const struct stk_secret_rules *user = stk_secret_engine_options(scan->engine)->user;
	const struct stk_secret_extra *extra = candidate->rule->extra;
	size_t at = candidate->begin, n = candidate->end - candidate->begin;
	return user && (stk_secret_allows_block(&user->allows, candidate->rule, window, at, n) ||
			(extra && stk_secret_allows_block(&extra->allows, candidate->rule, window, at, n)));
}

/* Of what stands in git's objects, commit and path are learnt at the end: the lists that ask for them wait. */
static const struct stk_secret_conditions *defer(struct stk_secret_scan *scan, const struct stk_frame *frame,
						 const struct stk_candidate *candidate, struct stk_str line)
{
	const struct stk_secret_rules *user = stk_secret_engine_options(scan->engine)->user;
	struct stk_secret_conditions conditions = { 0 };
	if (!stk_str_contains(frame->path, S("objects/")))
		return NULL;
	if (user)
		stk_secret_allows_defer(scan->arena, &user->allows, candidate->rule, line, candidate->value,
					&conditions);
	if (candidate->rule->extra)
		stk_secret_allows_defer(scan->arena, &candidate->rule->extra->allows, candidate->rule, line,
					candidate->value, &conditions);
	if (!conditions.n)
		return NULL;
	struct stk_secret_conditions *kept = STK_NEW(scan->arena, struct stk_secret_conditions, 1);
	*kept = conditions;
	return kept;
}

/* Lines are counted from where the last finding stood. */
struct place {
	size_t at;
	uint32_t line;
	size_t line_begin;
};

static void move(struct place *place, struct stk_str window, size_t to)
{
	for (size_t i = place->at; i < to && i < window.n; i++) {
		if (window.p[i] != '\n')
			continue;
		place->line++;
		place->line_begin = i + 1;
	}
	place->at = to;
}

static void keep(struct stk_secret_scan *scan, struct stk_frame *frame, const struct stk_candidate *candidate,
		 struct stk_str window, struct place *place)
{
	bool wide = frame->mode == STK_FRAME_UTF16;
	struct stk_str line = wide ? (struct stk_str){ 0 } : stk_secret_line(window, candidate->begin);
	if (allowed_by_user(scan, frame, candidate, line) || in_block(scan, candidate, window))
		return;
	if (candidate->judgement.confidence < stk_secret_engine_options(scan->engine)->least) {
		scan->weaker++;
		return;
	}
	/* What is not shown says nothing of the file: its name may. */
	frame->hit = true;
	move(place, window, candidate->begin);
	struct stk_secret *secret = STK_PUSH(scan->arena, &scan->found);
	char fingerprint[33];
	stk_secret_fingerprint(stk_secret_rule_name(candidate->rule), candidate->value, fingerprint);
	size_t line_end = candidate->begin;
	while (line_end < candidate->end && line_end < window.n && window.p[line_end] != '\n')
		line_end++;
	*secret = (struct stk_secret){
		.rule = candidate->rule,
		.severity = candidate->judgement.severity,
		.confidence = candidate->judgement.confidence,
		.path = stk_arena_str(scan->arena, frame->path),
		.line = place->line,
		.column = (uint32_t)(candidate->begin - place->line_begin) + 1,
		.end_column = (uint32_t)(line_end - place->line_begin) + 1,
		.offset = frame->base + candidate->begin,
		.length = candidate->end - candidate->begin,
		.name = stk_arena_str(scan->arena, candidate->name),
		.redacted = stk_arena_str(scan->arena, stk_secret_redact(&scan->work->arena, candidate->value)),
		.fingerprint = stk_arena_str(scan->arena, stk_str_from(fingerprint)),
		.encoding = stk_arena_str(scan->arena, candidate->encoding),
		.note = stk_arena_str(scan->arena, stk_str_from(candidate->judgement.detail.note)),
		.allowed = allowed_by(scan, candidate, line),
		.weak = candidate->judgement.weak,
		.conditions = defer(scan, frame, candidate, line),
	};
	if (stk_secret_engine_options(scan->engine)->show)
		secret->value = stk_arena_str(scan->arena, candidate->value);
}

/* [begin, end) of the sorted candidates hang together by overlaps: the best ones of them that do not overlap stay. */
static void settle(struct stk_candidate *v, size_t n, bool *out)
{
	for (size_t i = 0; i < n; i++) {
		out[i] = true;
		for (size_t k = 0; k < n && out[i]; k++)
			if (k != i && overlap(&v[i], &v[k]) && better(&v[k], &v[i]))
				out[i] = false;
	}
}

void stk_secret_resolve(struct stk_secret_scan *scan, struct stk_frame *frame, struct stk_str window)
{
	struct stk_candidate *v = scan->work->candidates.v;
	size_t n = scan->work->candidates.n;
	struct place place = { .line = frame->line };
	bool stays[CLUSTER];
	if (n > 1)
		qsort(v, n, sizeof(*v), by_place);
	/* Where the line began before the window, columns count from the window: only lines of megabytes are concerned.
	 */
	for (size_t i = 0, end; i < n; i = end) {
		size_t reach = v[i].end;
		for (end = i + 1; end < n && end - i < CLUSTER && v[end].begin < reach; end++)
			reach = v[end].end > reach ? v[end].end : reach;
		settle(v + i, end - i, stays);
		for (size_t k = i; k < end; k++)
			if (stays[k - i] && scan->found.n - frame->before < STK_SECRET_PER_FILE)
				keep(scan, frame, &v[k], window, &place);
	}
	if (scan->found.n - frame->before >= STK_SECRET_PER_FILE && !frame->too_large) {
		stk_secret_gap(scan, frame->path, "more than 10000 findings: the rest is not listed");
		frame->mode = STK_FRAME_SKIP;
	}
}
