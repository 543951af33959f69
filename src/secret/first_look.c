/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is by its first bytes: how it is to be searched, and whether its name alone may still be a finding.
 */
#include <string.h>

#include "secret/scan_private.h"
#include "secret/validate.h"
#include "base/banned.h"

/* Pictures, sound and fonts: compressed, and nobody's place for a credential. */
static bool is_media(struct stk_str start)
{
	static const struct {
		const char *magic;
		size_t n, at;
	} media[] = {
		{ "\x89PNG\r\n", 6, 0 }, { "\xff\xd8\xff", 3, 0 },
		{ "GIF8", 4, 0 },	 { "wOFF", 4, 0 },
		{ "wOF2", 4, 0 },	 { "OTTO\0", 5, 0 },
		{ "\0\1\0\0\0", 5, 0 },	 { "WEBPVP8", 7, 8 },
		{ "ftyp", 4, 4 },	 { "OggS", 4, 0 },
		{ "fLaC", 4, 0 },	 { "ID3\3", 4, 0 },
		{ "ID3\4", 4, 0 },	 { "\x1a\x45\xdf\xa3", 4, 0 },
	};
	for (size_t i = 0; i < STK_LEN(media); i++)
		if (start.n >= media[i].at + media[i].n &&
		    memcmp(start.p + media[i].at, media[i].magic, media[i].n) == 0)
			return true;
	return false;
}

enum stk_frame_mode stk_secret_plain_mode(struct stk_str start)
{
	struct stk_str head = stk_str_slice(start, 0, STK_SECRET_DECIDE_AT);
	return memchr(head.p, 0, head.n) ? STK_FRAME_BINARY : STK_FRAME_TEXT;
}

void stk_secret_decide(struct stk_frame *frame, struct stk_str start)
{
	struct stk_str head = stk_str_slice(start, 0, STK_SECRET_DECIDE_AT);
	if (stk_secret_is_archive(head, frame->path))
		frame->mode = STK_FRAME_WHOLE;
	else if (is_media(head))
		frame->mode = STK_FRAME_SKIP;
	else if ((frame->order = stk_decode_is_utf16(head)) != 0)
		frame->mode = STK_FRAME_UTF16;
	else
		frame->mode = stk_secret_plain_mode(head);
}

static bool holds_public_key(struct stk_str window)
{
	const struct stk_str begin = S("-----BEGIN ");
	for (struct stk_str rest = window;;) {
		size_t at = stk_str_find(rest, begin);
		if (at == SIZE_MAX)
			return stk_str_contains(window, S("ssh-rsa "));
		rest = stk_str_slice(rest, at + begin.n, rest.n);
		if (stk_str_starts(rest, S("CERT")) || stk_str_starts(rest, S("PUBLIC")) ||
		    stk_str_starts(rest, S("PGP PUBLIC")))
			return true;
	}
}

/* A .env file that could be read as such, or has nothing but comments, holds nothing but what was judged line by line.
 */
static bool is_assignments(struct stk_str text)
{
	text = stk_str_strip_prefix(text, S("\xef\xbb\xbf"));
	while (text.n) {
		struct stk_str line = stk_str_trim(stk_str_cut_line(&text)), name = line;
		if (!line.n || line.p[0] == '#')
			continue;
		name = stk_str_trim(stk_str_strip_prefix(stk_str_cut(&line, '='), S("export ")));
		for (size_t i = 0; i < name.n; i++)
			if (!stk_is_alnum(name.p[i]) && name.p[i] != '_' && name.p[i] != '.')
				return false;
		return name.n && line.p > name.p && line.p[-1] == '=';
	}
	return true;
}

void stk_secret_note_harmless(struct stk_frame *frame, struct stk_str window)
{
	if (holds_public_key(window))
		frame->public_pem = !stk_str_contains(window, S("PRIVATE KEY"));
	else
		frame->public_pem = stk_secret_is_trust_store(window);
	if ((frame->path_class & STK_PATH_CONFIG) && frame->mode == STK_FRAME_TEXT)
		frame->read_through = is_assignments(window);
}
