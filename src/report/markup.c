/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for XML and HTML. All of it comes from scanned files, so everything is escaped for both
 * element and quoted attribute, control bytes are made visible, and an address becomes a link
 * only if it is plain http or https.
 */
#include "report/markup.h"

#include <string.h>

#include "text/utf8.h"
#include "base/banned.h"

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static const char *xml_entity(char c)
{
	return c == '>' || c == '\'' ? NULL : entity(c);
}

static void add_escaped(struct stk_buf *out, struct stk_str text, const char *(*entity_of)(char c))
{
	for (size_t i = 0; i < text.n;) {
		const char *name = entity_of(text.p[i]);
		size_t end = i + 1;
		if (name) {
			stk_buf_add(out, stk_str_from(name));
		} else if (text.p[i] == '\n' || text.p[i] == '\t') {
			stk_buf_byte(out, text.p[i]);
		} else {
			/* Whole runs, since a character is more than one byte and only complete
			   ones are printable. Newline and tab stay what they are: the text may
			   stand in <pre>. */
			while (end < text.n && !entity_of(text.p[end]) && text.p[end] != '\n' && text.p[end] != '\t')
				end++;
			stk_utf8_printable(out, stk_str_slice(text, i, end));
		}
		i = end;
	}
}

void stk_markup_text(struct stk_buf *out, struct stk_str text)
{
	add_escaped(out, text, entity);
}

void stk_markup_attribute(struct stk_buf *out, const char *name, struct stk_str value)
{
	stk_buf_printf(out, " %s=\"", name);
	stk_markup_text(out, value);
	stk_buf_byte(out, '"');
}

void stk_markup_xml_attribute(struct stk_buf *out, const char *name, struct stk_str value)
{
	stk_buf_printf(out, " %s=\"", name);
	add_escaped(out, value, xml_entity);
	stk_buf_byte(out, '"');
}

void stk_markup_data_uri(struct stk_buf *out, const char *media_type, struct stk_str text)
{
	stk_buf_printf(out, "data:%s,", media_type);
	for (size_t i = 0; i < text.n; i++) {
		if (stk_is_alnum(text.p[i]) || (text.p[i] && strchr("-._~/:;,=()", text.p[i])))
			stk_buf_byte(out, text.p[i]);
		else
			stk_buf_printf(out, "%%%02X", (unsigned char)text.p[i]);
	}
}

/* Not a parser of addresses: whatever is unusual is no link and stays text. javascript: and
   data: never pass. */
bool stk_markup_safe_url(struct stk_str url)
{
	if (!stk_str_starts_nocase(url, S("https://")) && !stk_str_starts_nocase(url, S("http://")))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 127 || strchr("\"'<>\\", url.p[i]))
			return false;
	return true;
}
