/* SPDX-License-Identifier: Apache-2.0 */
/* One easy handle an exchange; libcurl does the protocol, this file decides where bytes go and what errors say. */
#include "io/http.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "io/curl.h"
#include "base/banned.h"

#define LIMIT_BODY STK_MIB(64)
enum { LIMIT_HEADERS = 500, CONNECT_SECONDS = 10, STALL_SECONDS = 30, REDIRECTS = 10 };

/* What libcurl's callbacks share: they get it as their context. */
struct exchange {
	const struct stk_curl *api;
	CURL *curl;
	struct stk_arena *arena;
	const struct stk_http_request *request;
	struct stk_http_reply *reply;
	struct stk_buf body;
	struct stk_err stopped; /* why the sink or the ceiling ended it */
	bool aborted;
};

static void take_length(struct exchange *x, struct stk_str range)
{
	/* "bytes 100-199/200" */
	struct stk_str rest = stk_str_strip_prefix(range, S("bytes "));
	uint64_t from;
	if (stk_str_u64(stk_str_cut(&rest, '-'), 10, &from))
		x->reply->offset = from;
}

static size_t on_header(char *text, size_t size, size_t n, void *context)
{
	struct exchange *x = context;
	struct stk_str line = stk_str_trim((struct stk_str){ text, size * n });
	if (stk_str_starts(line, S("HTTP/"))) { /* a new reply: the one before was a redirect or 100 */
		x->reply->headers.n = 0;
		x->reply->offset = 0;
		x->reply->etag = x->reply->last_modified = x->reply->content_type = S("");
		return size * n;
	}
	struct stk_str value = line, name = stk_str_cut(&value, ':');
	/* The empty line at the end has no colon. Beyond LIMIT_HEADERS a hostile server is
	   ignored, not refused. */
	if (name.n == line.n || x->reply->headers.n >= LIMIT_HEADERS)
		return size * n;
	struct stk_http_header *header = STK_PUSH(x->arena, &x->reply->headers);
	header->name = stk_arena_str(x->arena, name);
	header->value = stk_arena_str(x->arena, stk_str_trim(value));
	if (stk_str_eq_nocase(name, S("etag")))
		x->reply->etag = header->value;
	else if (stk_str_eq_nocase(name, S("last-modified")))
		x->reply->last_modified = header->value;
	else if (stk_str_eq_nocase(name, S("content-type")))
		x->reply->content_type = header->value;
	else if (stk_str_eq_nocase(name, S("content-range")))
		take_length(x, header->value);
	return size * n;
}

/* libcurl takes anything but the length it offered as "stop", hence the 0; why is kept in
   x->stopped, because libcurl's own words would be "failed writing body". */
static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
	struct exchange *x = context;
	struct stk_str block = { bytes, size * n };
	long status = 0;
	x->api->easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
	x->reply->status = status;
	/* The body of an error is a message, and never goes where the file was to go. */
	if (x->request->sink && status >= 200 && status < 300) {
		if (x->request->sink(x->request->context, block, &x->stopped) == 0)
			return block.n;
		x->aborted = true;
		return 0;
	}
	stk_buf_add(&x->body, block);
	if (!x->body.overflow)
		return block.n;
	x->aborted = true;
	stk_fail(&x->stopped, STK_ELIMIT, "%s: the reply is larger than %zu MiB", x->request->url, x->body.limit >> 20);
	return 0;
}

/* Called by libcurl about once a second, also while nothing comes: so a user may stop it. */
static int on_progress(void *context, curl_off_t total, curl_off_t done, curl_off_t up_total, curl_off_t up_done)
{
	struct exchange *x = context;
	(void)up_total;
	(void)up_done;
	if (x->request->progress(x->request->context, (uint64_t)done, (uint64_t)total) == 0)
		return 0;
	x->aborted = true;
	stk_fail(&x->stopped, STK_EIO, "%s: stopped", x->request->url);
	return 1;
}

/* libcurl copies the text. Out of memory loses the line, not the list. */
static struct curl_slist *add_line(const struct stk_curl *api, struct curl_slist *list, struct stk_arena *arena,
				   const char *name, const char *value)
{
	struct curl_slist *longer = api->slist_append(list, stk_arena_printf(arena, "%s: %s", name, value).p);
	return longer ? longer : list;
}

static struct curl_slist *request_lines(const struct exchange *x)
{
	const struct stk_curl *api = x->api;
	const struct stk_http_request *r = x->request;
	/* "Expect:" without a value takes libcurl's "Expect: 100-continue" away, for whose answer libcurl waits up to a
	 * second. */
	struct curl_slist *lines = api->slist_append(NULL, "Expect:");
	if (r->body.n || r->content_type)
		lines = add_line(x->api, lines, x->arena, "Content-Type",
				 r->content_type ? r->content_type : "application/json");
	if (r->etag)
		lines = add_line(x->api, lines, x->arena, "If-None-Match", r->etag);
	if (r->last_modified)
		lines = add_line(x->api, lines, x->arena, "If-Modified-Since", r->last_modified);
	for (const char *const *line = r->headers; line && *line; line++) {
		struct curl_slist *longer = api->slist_append(lines, *line);
		lines = longer ? longer : lines;
	}
	return lines;
}

/* What holds for every request: protocols, time, certificates. */
static void set_transport(const struct stk_curl *api, CURL *curl, const struct stk_http_request *r)
{
	/* A redirect to file:// or gopher:// would make this a tool against its own network. */
	api->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	api->easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	/* Threads: libcurl must not use alarm(2) for its timeouts. */
	api->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	api->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	/* Less than a byte a second for that long is standing still; a large file may take as
	   long as it wants. */
	api->easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	api->easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)(r->timeout ? r->timeout : STALL_SECONDS));
	api->easy_setopt(curl, CURLOPT_USERAGENT, "strake/" STK_VERSION);
	api->easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
	if (r->unix_socket)
		api->easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, r->unix_socket);
	if (r->ca_file)
		api->easy_setopt(curl, CURLOPT_CAINFO, r->ca_file);
	if (r->certificate_file)
		api->easy_setopt(curl, CURLOPT_SSLCERT, r->certificate_file);
	if (r->key_file)
		api->easy_setopt(curl, CURLOPT_SSLKEY, r->key_file);
	if (r->insecure) {
		api->easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		api->easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (r->user_password) {
		api->easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		api->easy_setopt(curl, CURLOPT_USERPWD, r->user_password);
	}
}

/* GET unless there is a body; redirects are followed for what changes nothing. */
static void set_method(const struct stk_curl *api, CURL *curl, const struct stk_http_request *r)
{
	/* A POST is not followed: repeating it elsewhere could do something twice. */
	if (r->body.n || (r->method && strcmp(r->method, "POST") == 0)) {
		api->easy_setopt(curl, CURLOPT_POST, 1L);
		api->easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		api->easy_setopt(curl, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
	} else {
		api->easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
		api->easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	}
	if (r->method && strcmp(r->method, "HEAD") == 0)
		api->easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (r->method)
		api->easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
	if (r->offset)
		api->easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)r->offset);
}

/* One exchange on a handle of its own. libcurl's error text is better than its code's name. */
static int perform(struct exchange *x, struct stk_err *err)
{
	char text[CURL_ERROR_SIZE] = "";
	const struct stk_curl *api = x->api;
	CURL *curl = x->curl;
	struct curl_slist *lines = request_lines(x);
	api->easy_setopt(curl, CURLOPT_URL, x->request->url);
	api->easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
	api->easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
	api->easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	api->easy_setopt(curl, CURLOPT_HEADERDATA, x);
	api->easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	api->easy_setopt(curl, CURLOPT_WRITEDATA, x);
	if (x->request->progress) {
		api->easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
		api->easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
		api->easy_setopt(curl, CURLOPT_XFERINFODATA, x);
	}
	set_transport(api, curl, x->request);
	set_method(api, curl, x->request);
	CURLcode code = api->easy_perform(curl);
	api->slist_free_all(lines);
	/* Our own reason first: libcurl's code would only say that a callback failed. */
	if (x->aborted) {
		if (err)
			*err = x->stopped;
		return -1;
	}
	api->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x->reply->status);
	/* A server that does not resume is no failure: the body starts at 0 or the status says 416. */
	if (code == CURLE_RANGE_ERROR || (code == CURLE_HTTP_RETURNED_ERROR && x->reply->status))
		return 0;
	if (code != CURLE_OK)
		return stk_fail(err, STK_EIO, "%s: %s", x->request->url, text[0] ? text : api->easy_strerror(code));
	return 0;
}

int stk_http(struct stk_arena *arena, const struct stk_http_request *request, struct stk_http_reply *reply,
	     struct stk_err *err)
{
	const struct stk_curl *api = stk_curl(err);
	*reply = (struct stk_http_reply){ .body = S("") };
	struct exchange x = {
		.api = api, .curl = api ? api->easy_init() : NULL, .arena = arena, .request = request, .reply = reply
	};
	if (!api)
		return -1;
	if (!x.curl)
		return stk_fail(err, STK_EIO, "%s: out of memory", request->url);
	x.body = stk_buf_new(request->limit ? request->limit : LIMIT_BODY);
	int failed = perform(&x, err);
	reply->body = stk_arena_str(arena, stk_buf_str(&x.body));
	stk_buf_free(&x.body);
	api->easy_cleanup(x.curl);
	return failed;
}

struct stk_str stk_http_header(const struct stk_http_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->headers.n; i++)
		if (stk_str_eq_nocase(reply->headers.v[i].name, stk_str_from(name)))
			return reply->headers.v[i].value;
	return S("");
}

struct stk_str stk_http_escape(struct stk_arena *arena, struct stk_str text, const char *keep)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		/* strchr finds a NUL at the end of any string, so it is tested before. */
		if (stk_is_alnum(c) || (c && (strchr("-._~", c) || strchr(keep, c))))
			stk_buf_byte(&out, c);
		else
			stk_buf_printf(&out, "%%%02X", (uint8_t)c);
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}
