/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where exactly Hadolint's parser (language-docker) gives up, for the line and column of its parse errors. It reads
 * from left to right and judges flags and paths once it has read them all, so the place is mostly behind what is wrong.
 */
#include "dockerfile/rules_hadolint.h"
#include "base/banned.h"

static size_t skip_blanks(struct stk_str text, size_t i)
{
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t'))
		i++;
	return i;
}

static size_t line_end(struct stk_str text, size_t i)
{
	while (i < text.n && text.p[i] != '\n' && text.p[i] != '\r')
		i++;
	return i;
}

/* A keyword that goes on lacks its blank: RUNX. */
static size_t place_in_keyword(const struct stk_instruction *at)
{
	for (enum stk_keyword k = STK_ADD; k < STK_UNKNOWN_KEYWORD; k++) {
		struct stk_str name = stk_str_from(stk_keyword_name(k));
		if (stk_str_starts_nocase(at->name, name))
			return at->name_span.begin + name.n;
	}
	return at->name_span.begin;
}

/* Behind the mount, or at a key or type that is none. */
static size_t place_in_mount(const struct stk_flag *flag, struct stk_str value)
{
	for (struct stk_str rest = value; rest.n;) {
		struct stk_str field = stk_str_cut(&rest, ',');
		struct stk_str text = field, name = stk_str_cut(&text, '=');
		size_t at = flag->value_span.begin + (size_t)(field.p - value.p);
		if (!stk_hadolint_is_mount_key(name))
			return at;
		if (stk_str_is(name, "type") && !stk_is_one_of(text, "bind cache tmpfs secret ssh"))
			return at + name.n + 1;
	}
	return flag->span.end;
}

static size_t place_in_flag(const struct stk_dockerfile *file, const struct stk_instruction *at,
			    const struct stk_flag *flag)
{
	struct stk_str value = stk_str_slice(file->text, flag->value_span.begin, flag->value_span.end);
	bool health = at->keyword == STK_HEALTHCHECK && flag->known && value.n;
	size_t n = stk_hadolint_duration_length(value);
	if (at->keyword == STK_RUN)
		return stk_str_is(flag->name, "mount") ? place_in_mount(flag, value) : flag->value_span.begin;
	if (health && stk_str_is(flag->name, "retries") && !stk_is_digit(value.p[0]))
		return flag->value_span.begin;
	if (health && !stk_str_is(flag->name, "retries") && (n < value.n || stk_is_digit(value.p[n - 1])))
		return flag->value_span.begin + n;
	if (at->keyword == STK_FROM && !flag->known)
		return flag->span.begin;
	if (flag->has_value && !value.n)
		return skip_blanks(file->text, flag->span.end);
	if (!flag->has_value && !flag->known)
		return flag->span.begin;
	return skip_blanks(file->text, at->flags.v[at->flags.n - 1].span.end);
}

/* Behind the first tag or digest, or at the word that is too much. */
static size_t place_in_from(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	bool named = at->words.n > 1 && stk_str_eq_nocase(at->words.v[1].raw, S("as"));
	if (at->words.n > 1 && at->words.n != 3)
		return at->words.v[named && at->words.n > 3 ? 3 : 1].span.begin;
	if (at->words.n == 3 && !named)
		return at->words.v[1].span.begin;
	if (at->stage >= file->stages.n)
		return at->span.begin;
	struct stk_hadolint_image image = stk_hadolint_from(file, at->stage);
	const struct stk_word *word = &file->stages.v[at->stage].image;
	size_t n = stk_hadolint_outside_braces(image.tag, ':', ':');
	struct stk_str part = n == SIZE_MAX ? image.digest : image.tag;
	if (n == SIZE_MAX)
		n = stk_hadolint_outside_braces(part, '@', '@');
	return n == SIZE_MAX ? word->span.begin : word->span.begin + (size_t)(part.p + n - word->raw.p);
}

static size_t place_in_ports(const struct stk_instruction *at, size_t place)
{
	for (size_t i = 0; i < at->words.n; i++) {
		const struct stk_word *word = &at->words.v[i];
		if (place < word->span.begin || place >= word->span.end)
			continue;
		size_t n = stk_hadolint_port_length(word->raw);
		n += n < word->raw.n && word->raw.p[n] == '/';
		return word->span.begin + n;
	}
	return place;
}

/* Where language-docker's parser (Megaparsec) reports the error that BuildKit's rules found
   elsewhere. The column is part of Hadolint's message, so it is worked out for each kind of
   mistake; where nothing fits, the error's own place is kept. */
size_t stk_hadolint_gives_up_at(const struct stk_dockerfile *file, const struct stk_syntax_error *error)
{
	const struct stk_instruction *at = error->instruction;
	size_t place = error->span.begin, name_end;
	if (!at)
		return place;
	if (at->inner)
		at = at->inner;
	if (place < at->span.begin || place >= at->head.end) /* around a heredoc, or the end of a text */
		return skip_blanks(file->text, place);
	if (at->keyword == STK_UNKNOWN_KEYWORD)
		return place_in_keyword(at);
	name_end = at->name_span.end;
	if (name_end - at->name_span.begin != at->name.n)
		return at->name_span.begin;
	if (name_end >= file->text.n || (file->text.p[name_end] != ' ' && file->text.p[name_end] != '\t'))
		return place == at->name_span.begin ? name_end : place;
	for (size_t i = 0; i < at->flags.n; i++)
		if (place == at->flags.v[i].span.begin || place == at->flags.v[i].value_span.begin)
			return place_in_flag(file, at, &at->flags.v[i]);
	if (at->keyword == STK_FROM)
		return place_in_from(file, at);
	if (at->keyword == STK_EXPOSE && place > at->name_span.begin)
		return place_in_ports(at, place);
	bool lacks_value = (at->keyword == STK_ENV || at->keyword == STK_LABEL) && at->words.n < 2;
	return place == at->name_span.begin || lacks_value ? line_end(file->text, at->head.end) : place;
}
