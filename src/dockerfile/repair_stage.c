/* SPDX-License-Identifier: Apache-2.0 */
/* Stages under another name. */
#include "dockerfile/repair.h"
#include "base/banned.h"

/* "build" becomes "build-1", or the first such name that nobody uses; empty when there are too many. */
static struct stk_str free_name(struct stk_repair *repair, struct stk_str name)
{
	const struct stk_dockerfile *file = repair->context->file;
	for (unsigned i = 1; i < 100 && stk_repair_afford(repair, file->text.n / 4); i++) {
		struct stk_str candidate = stk_arena_printf(repair->context->arena, STK_FMT "-%u", STK_ARG(name), i);
		if (!stk_str_contains_nocase(file->text, candidate))
			return candidate;
	}
	return S("");
}

static bool rename_text(struct stk_repair *repair, struct stk_str text, struct stk_span span, struct stk_str from,
			struct stk_str to)
{
	struct stk_str typed = stk_str_slice(repair->context->file->text, span.begin, span.end);
	repair->failed |= stk_str_find_byte(text, '$') != SIZE_MAX;
	if (!stk_str_eq_nocase(text, from))
		return false;
	repair->failed |= !stk_str_eq(typed, text);
	stk_repair_replace(repair, span.begin, span.end, to);
	return true;
}

/* from= among the options of a mount. */
static bool rename_mount(struct stk_repair *repair, const struct stk_mount *mount, struct stk_str from,
			 struct stk_str to)
{
	struct stk_str value =
		stk_str_slice(repair->context->file->text, mount->flag->value_span.begin, mount->flag->value_span.end);
	size_t at = 0;
	repair->failed |= stk_str_find_byte(mount->from, '$') != SIZE_MAX;
	if (!stk_str_eq_nocase(mount->from, from))
		return false;
	for (struct stk_str rest = value; rest.n;) {
		struct stk_str option = stk_str_cut(&rest, ','), name = stk_str_strip_prefix(option, S("from="));
		if (name.n < option.n && stk_str_eq(name, mount->from)) {
			size_t begin = mount->flag->value_span.begin + at + (option.n - name.n);
			stk_repair_replace(repair, begin, begin + name.n, to);
			return true;
		}
		at += option.n + 1;
	}
	repair->failed = true; /* quoted, or a capital letter in "from" */
	return true;
}

bool stk_repair_rename_stage(struct stk_repair *repair, size_t stage, size_t until)
{
	const struct stk_dockerfile *file = repair->context->file;
	const struct stk_word *alias = &file->stages.v[stage].alias;
	if (!stk_repair_afford(repair, file->instructions.n + file->text.n / 16))
		return false;
	struct stk_str to = free_name(repair, alias->value);
	bool seen = false;
	repair->failed |= !to.n || alias->span.end - alias->span.begin != alias->raw.n;
	stk_repair_replace(repair, alias->span.begin, alias->span.end, to);
	for (size_t i = file->stages.v[stage].first + 1; i < file->instructions.n && !repair->failed; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_instruction_flag(at, "from") : NULL;
		/* The later stage's own FROM still means the earlier one. */
		if (at->stage == SIZE_MAX || at->stage > until || (at->stage == until && at->keyword != STK_FROM))
			break;
		if (at->keyword == STK_FROM && at->words.n)
			rename_text(repair, at->words.v[0].raw, at->words.v[0].span, alias->value, to);
		if (from)
			seen |= rename_text(repair, from->value, from->value_span, alias->value, to);
		for (size_t k = 0; k < at->mounts.n; k++)
			if (at->mounts.v[k].from.n)
				seen |= rename_mount(repair, &at->mounts.v[k], alias->value, to);
		repair->failed |= at->inner != NULL || at->broken;
	}
	return seen;
}
