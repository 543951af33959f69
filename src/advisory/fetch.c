/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beside NAME.zip stands NAME.zip.state with the URL and the validators (RFC 9110: ETag, Last-Modified) it came with; a
 * transfer under way is NAME.zip.part with its own state, resumed with Range and If-Range so that two versions are
 * never mixed.
 */
#include "advisory/fetch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/file.h"
#include "io/http.h"
#include "io/zip.h"
#include "base/banned.h"

enum { TRIES = 4 };

struct copy { /* one file and its state */
	struct stk_str file, state, url, etag, last_modified;
};

struct transfer {
	struct stk_fetch *fetch;
	struct stk_arena *arena;
	const char *url;
	struct copy whole, part;
	struct stk_http_reply reply;
	int fd;		 /* of the part */
	bool begun;	 /* the first block of this reply was written */
	uint64_t offset; /* asked for */
};

/* Names only; recall reads what is there. */
static struct copy copy_at(struct stk_arena *arena, struct stk_str file, const char *ending)
{
	struct copy copy = { .file = stk_arena_printf(arena, STK_FMT "%s", STK_ARG(file), ending) };
	copy.state = stk_arena_printf(arena, STK_FMT ".state", STK_ARG(copy.file));
	return copy;
}

/* The state goes with the file: without one it would speak of another file. */
static void forget(const struct copy *copy)
{
	unlink(copy->file.p);
	unlink(copy->state.p);
}

/* Reads what is known of a copy; a copy of another URL, or one without validators, is as good as none. */
static bool recall(struct transfer *t, struct copy *copy)
{
	struct stk_err ignored;
	struct stk_str text;
	if (!stk_file_exists(copy->file.p) || stk_file_read(t->arena, copy->state.p, STK_KIB(64), &text, &ignored) < 0)
		return false;
	copy->url = stk_str_cut_line(&text);
	copy->etag = stk_arena_str(t->arena, stk_str_cut_line(&text));
	copy->last_modified = stk_arena_str(t->arena, stk_str_cut_line(&text));
	return stk_str_is(copy->url, t->url) && (copy->etag.n || copy->last_modified.n);
}

static int remember(struct transfer *t, const struct copy *copy, struct stk_str etag, struct stk_str last_modified,
		    struct stk_err *err)
{
	/* Three lines: URL, ETag, Last-Modified. Replaced as a whole, so that it never speaks
	   of another file. */
	return stk_file_replace(copy->state.p,
				stk_arena_printf(t->arena, "%s\n" STK_FMT "\n" STK_FMT "\n", t->url, STK_ARG(etag),
						 STK_ARG(last_modified)),
				err);
}

/* The server's answer is known with the first block: it goes on where we asked, or starts anew. */
static int begin(struct transfer *t, struct stk_err *err)
{
	/* If-Range makes a server send the rest only of the same file (RFC 9110, 13.1.5); 200
	   is a new file from its beginning. */
	bool resumed = t->offset && t->reply.status == 206 && t->reply.offset == t->offset;
	t->begun = true;
	if (t->reply.status == 206 && !resumed)
		return stk_fail(err, STK_EFORMAT, "%s: the server sent another part of the file than was asked for",
				t->url);
	if (resumed)
		return 0;
	if (ftruncate(t->fd, 0) < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
		return stk_fail(err, STK_EIO, STK_FMT ": %m", STK_ARG(t->part.file));
	return remember(t, &t->part, t->reply.etag, t->reply.last_modified, err);
}

static int take_block(void *context, struct stk_str block, struct stk_err *err)
{
	struct transfer *t = context;
	if (!t->begun && begin(t, err) < 0)
		return -1;
	t->fetch->bytes += block.n;
	while (block.n) {
		/* write(2) may take less than it was given. */
		ssize_t n = write(t->fd, block.p, block.n);
		if (n < 0)
			return stk_fail(err, STK_EIO, STK_FMT ": %m", STK_ARG(t->part.file));
		block = stk_str_slice(block, (size_t)n, block.n);
	}
	return 0;
}

/* libcurl counts this exchange alone; what was there before is added. */
static int report_progress(void *context, uint64_t done, uint64_t total)
{
	struct transfer *t = context;
	return t->fetch->progress(t->fetch->context, done + t->offset, total ? total + t->offset : 0);
}

static const char *text_or_null(struct stk_str s)
{
	return s.n ? s.p : NULL;
}

/* One exchange. A part at hand is gone on with; else the whole copy's validators are sent. */
static int exchange(struct transfer *t, struct stk_err *err)
{
	bool have_whole = recall(t, &t->whole), have_part = recall(t, &t->part);
	off_t size = have_part ? lseek(t->fd, 0, SEEK_END) : lseek(t->fd, 0, SEEK_SET);
	const char *if_range[2] = { NULL };
	struct stk_http_request request = {
		.url = t->url, .sink = take_block, .context = t, .progress = t->fetch->progress ? report_progress : NULL
	};
	t->begun = false;
	t->offset = size > 0 ? (uint64_t)size : 0;
	request.offset = t->offset;
	if (t->offset) {
		struct stk_str validator =
			/* If-Range takes strong validators only (RFC 9110, 13.1.5). */
			t->part.etag.n && !stk_str_starts(t->part.etag, S("W/")) ? t->part.etag : t->part.last_modified;
		if_range[0] = stk_arena_printf(t->arena, "If-Range: " STK_FMT, STK_ARG(validator)).p;
		request.headers = validator.n ? if_range : NULL;
		request.offset = t->offset = validator.n ? t->offset : 0;
	} else if (have_whole) {
		request.etag = text_or_null(t->whole.etag);
		request.last_modified = text_or_null(t->whole.last_modified);
	}
	return stk_http(t->arena, &request, &t->reply, err);
}

/* What came must be a zip before it takes the place of the copy at hand. */
static int accept_part(struct transfer *t, struct stk_err *err)
{
	STK_ZIP zip;
	bool known = recall(t, &t->part);
	if (stk_zip_open_file(&zip, t->part.file.p, err) < 0) {
		forget(&t->part);
		stk_fail(err, STK_EFORMAT, "%s: the reply is no zip archive", t->url);
		return stk_hint(err, "does the URL name OSV's bulk data, <URL>/<Ecosystem>/all.zip?");
	}
	if (rename(t->part.file.p, t->whole.file.p) < 0)
		return stk_fail(err, STK_EIO, STK_FMT ": %m", STK_ARG(t->whole.file));
	t->fetch->fetched++;
	unlink(t->part.state.p);
	if (known)
		return remember(t, &t->whole, t->part.etag, t->part.last_modified, err);
	unlink(t->whole.state.p);
	return 0;
}

/* 404 is mostly a misspelt ecosystem. */
static int status_error(const struct transfer *t, struct stk_err *err)
{
	enum stk_errc code = t->reply.status == 404 ? STK_ENOTFOUND : STK_EIO;
	stk_fail(err, code, "%s: the server answered %ld", t->url, t->reply.status);
	return code == STK_ENOTFOUND
		       ? stk_hint(err, "ecosystems are written as OSV does, e.g. Debian, Alpine, Ubuntu, PyPI")
		       : -1;
}

/* 1: done, 0: try again, -1: failed. */
static int settle(struct transfer *t, struct stk_err *err)
{
	if (t->reply.status == 304) {
		forget(&t->part);
		t->fetch->unchanged++;
		return 1;
	}
	if (t->reply.status == 200 && t->offset &&
	    !t->begun) { /* it does not resume, or has another version: libcurl stopped */
		forget(&t->part);
		return 0;
	}
	if (t->reply.status == 200 || t->reply.status == 206) {
		if (!t->begun && begin(t, err) < 0) /* an empty body */
			return -1;
		return accept_part(t, err) < 0 ? -1 : 1;
	}
	/* Whatever came is of no use: throw it away, and begin again or give up. */
	bool stale = t->reply.status == 416 && t->offset; /* the part is longer than what the server has now */
	forget(&t->part);
	return stale ? 0 : status_error(t, err);
}

/* Each try has a descriptor of its own: the part may have been thrown away. */
static int try_once(struct transfer *t, struct stk_err *err)
{
	STK_FD fd = open(t->part.file.p, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return stk_fail(err, STK_EIO, STK_FMT ": %m", STK_ARG(t->part.file));
	/* Two updates at once would write into one another's part. The lock goes with the
	   descriptor, also when the process is killed. */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return stk_fail(err, STK_EUSAGE, STK_FMT ": another update is running", STK_ARG(t->part.file));
	t->fd = fd;
	if (exchange(t, err) < 0)
		return t->begun && err->code == STK_EIO ? 0 : -1; /* something came: worth going on */
	return settle(t, err);
}

/* Each try goes on where the one before stopped. fetch->inputs sums up what all files were, for the database's header.
 */
static int fetch(struct stk_fetch *fetch, struct stk_arena *arena, const char *url, struct stk_str file,
		 struct stk_err *err)
{
	struct transfer t = { .fetch = fetch,
			      .arena = arena,
			      .url = url,
			      .whole = copy_at(arena, file, ""),
			      .part = copy_at(arena, file, ".part") };
	for (int i = 0; i < TRIES; i++) {
		int done = try_once(&t, err);
		if (done > 0) {
			recall(&t, &t.whole);
			fetch->inputs =
				fetch->inputs * 31 +
				stk_str_hash(stk_arena_printf(arena, "%s\n" STK_FMT "\n" STK_FMT, url,
							      STK_ARG(t.whole.etag), STK_ARG(t.whole.last_modified)));
			return 0;
		}
		if (done < 0)
			return -1;
	}
	return stk_hint(err, "run it again: it goes on where it stopped");
}

int stk_fetch_zip(struct stk_fetch *f, struct stk_arena *arena, const char *url, struct stk_str *path,
		  struct stk_err *err)
{
	struct stk_str folder = stk_arena_printf(arena, "%s/url-%016llx", f->folder,
						 (unsigned long long)stk_str_hash(stk_str_from(url)));
	*path = stk_arena_printf(arena, STK_FMT "/all.zip", STK_ARG(folder));
	return stk_folder_make(folder.p, 0777, err) < 0 ? -1 : fetch(f, arena, url, *path, err);
}

int stk_fetch_ecosystem(struct stk_fetch *f, struct stk_arena *arena, struct stk_str ecosystem, struct stk_str *path,
			struct stk_err *err)
{
	if (!ecosystem.n || ecosystem.p[0] == '.' || stk_str_find_byte(ecosystem, '/') != SIZE_MAX)
		return stk_fail(err, STK_EUSAGE, "\"" STK_FMT "\" is no ecosystem", STK_ARG(ecosystem));
	struct stk_str folder = stk_arena_printf(arena, "%s/" STK_FMT, f->folder, STK_ARG(ecosystem));
	struct stk_str url = stk_arena_printf(arena, "%s/" STK_FMT "/all.zip", f->base,
					      STK_ARG(stk_http_escape(arena, ecosystem, "")));
	*path = stk_arena_printf(arena, STK_FMT "/all.zip", STK_ARG(folder));
	if (stk_folder_make(folder.p, 0777, err) < 0)
		return -1;
	return fetch(f, arena, url.p, *path, err) < 0 ? stk_within(err, STK_FMT, STK_ARG(ecosystem)) : 0;
}
