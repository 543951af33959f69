/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A scan's parts: scan.c (windows), resolve.c (which match reports), archive.c and git.c (what
 * is inside). Private to these.
 *
 * A file is read in windows that overlap, so that memory is bounded and no match is cut; each
 * window is searched, then what can be decoded in it, and the candidates of all are resolved
 * together. Files inside files are frames on a stack.
 */

#include "secret/decode.h"
#include "secret/filter.h"

enum { STK_SECRET_DEPTH = 4 };	       /* archives in archives */
enum { STK_SECRET_DECIDE_AT = 8192 };  /* bytes that tell what a file is */
#define STK_SECRET_WINDOW  STK_MIB(4)  /* bytes searched at a time */
#define STK_SECRET_OVERLAP STK_KIB(64) /* longer than any rule's match */
#define STK_SECRET_CONTEXT STK_KIB(4)  /* kept before a window, for what stands before a match */
#define STK_SECRET_ARCHIVE                                                                                             \
	STK_MIB(256) /* an archive that must be held whole: zip, git pack, compressed inside another */
#define STK_SECRET_MEMBER   STK_MIB(128)	/* a member of a zip */
#define STK_SECRET_UNPACKED ((uint64_t)4 << 30) /* bytes that one file may unpack to, all levels together */
#define STK_SECRET_DENSE    STK_MIB(64)		/* and one compressed stream, if that is more than */
#define STK_SECRET_RATIO    1100   /* times its size, which deflate never reaches: small bombs would take seconds */
#define STK_SECRET_MEMBERS  200000 /* members of one archive */
#define STK_SECRET_PER_FILE 10000  /* findings of one file */

/* A text that is being searched: a window of a file, or something decoded from one. */
struct stk_piece {
	const struct stk_piece *parent;	   /* what it was decoded from, or NULL */
	const struct stk_derived *derived; /* how its bytes map to the parent's */
	struct stk_str text;
	size_t from, to; /* matches begin in here */
	bool binary;
	unsigned depth; /* of encodings */
};

struct stk_candidate {
	const struct stk_secret_rule *rule;
	size_t begin, end;		   /* of the secret, in the window */
	struct stk_str value, match, name; /* point into pieces; match: the rule's whole match */
	struct stk_secret_judgement judgement;
	const struct stk_piece *piece;
	struct stk_str encoding;
};

enum stk_frame_mode {
	STK_FRAME_UNDECIDED,
	STK_FRAME_TEXT,
	STK_FRAME_BINARY,
	STK_FRAME_UTF16,
	STK_FRAME_WHOLE,
	STK_FRAME_SKIP
};

/* A file being read, or a member of one. */
struct stk_frame {
	struct stk_frame *below;
	struct stk_arena arena;
	struct stk_str path;
	unsigned path_class;
	struct stk_secret_paths scoped; /* rules that the path brings in */
	enum stk_frame_mode mode;
	char order;	     /* of UTF-16 */
	char *data;	     /* window buffer */
	size_t n, cap, from; /* [from, n) was not searched yet */
	uint64_t base, size; /* offset of data[0]; bytes so far */
	uint32_t line;	     /* of data[0] */
	size_t before;	     /* findings when it began */
	bool hit, too_large;
	bool public_pem, read_through; /* of the first window: nothing private, nothing but assignments */
};

struct stk_secret_work {
	struct stk_secret_matcher matcher;
	struct stk_frame *top;
	unsigned depth;
	uint64_t unpacked;	/* by the file at the bottom */
	uint64_t bound;		/* of unpacked, by the compressed stream that is open; 0: none is */
	struct stk_arena arena; /* of the window being searched */
	struct {
		struct stk_candidate *v;
		size_t n, cap;
	} candidates;
};

/* Begins a member of the file on top; its path is the file's with "!" and the name. False when archives are too deep: a
 * gap. */
bool stk_secret_begin_member(struct stk_secret_scan *scan, struct stk_str name);
void stk_secret_gap(struct stk_secret_scan *scan, struct stk_str what, const char *why);
/* Says that the file on top breaks off: a gap, or among test data a count. Broken archives are what archivers are
   tested with, and the sources of Go and Python have some; a scan of every image with these would be incomplete. */
void stk_secret_spoilt(struct stk_secret_scan *scan, const char *why);
/* Counts unpacked bytes; false, with a gap, when there are too many. */
bool stk_secret_unpacked(struct stk_secret_scan *scan, uint64_t n);
/* May there be more? */
bool stk_secret_may_unpack(const struct stk_secret_scan *scan);

/* Decides by a file's first bytes, STK_SECRET_DECIDE_AT or all there are, how it is searched: frame->mode and order. */
void stk_secret_decide(struct stk_frame *frame, struct stk_str start);
/* Text or, with a NUL in its first bytes, binary: for what is neither archive nor media. */
enum stk_frame_mode stk_secret_plain_mode(struct stk_str start);
/* Takes down what speaks against a finding by the file's name alone: a first window that holds nothing but a public
 * key, or assignments that were judged one by one. */
void stk_secret_note_harmless(struct stk_frame *frame, struct stk_str window);

/* Keeps the best of overlapping candidates and makes findings of them. The window's first byte stands at frame->base.
 */
void stk_secret_resolve(struct stk_secret_scan *scan, struct stk_frame *frame, struct stk_str window);

/* Is this, by its first bytes, something with other files inside? */
bool stk_secret_is_archive(struct stk_str start, struct stk_str path);
/* Looks into an archive whose bytes are all here; its frame is on top. False when it is none after all. */
bool stk_secret_open_archive(struct stk_secret_scan *scan, struct stk_str bytes);
/* A git pack, or a loose object. */
bool stk_secret_open_pack(struct stk_secret_scan *scan, struct stk_str bytes);
bool stk_secret_open_object(struct stk_secret_scan *scan, struct stk_str bytes);
