/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * HTTP over libcurl: TCP with TLS as the system trusts it, or a unix socket. One call is one
 * exchange, with a connection of its own; redirects are followed for GET. What libcurl cannot
 * be told to refuse is refused here: other protocols, endless headers, replies larger than
 * asked for, servers that stand still.
 *
 * Only src/docker and `strake db update` come here. May be called from several threads, each
 * with its own arena.
 */

#include "base/arena.h"
#include "base/err.h"

/* Everything but url may stay zero. Strings must stay until stk_http returns. */
struct stk_http_request {
	const char *url;		  /* "https://host/path"; with a socket "http://localhost/v1.41/info" */
	const char *method;		  /* NULL: GET, or POST when there is a body */
	const char *unix_socket;	  /* path of the socket to talk through, or NULL */
	struct stk_str body;		  /* sent as it is */
	const char *content_type;	  /* of the body; NULL: application/json */
	const char *const *headers;	  /* further lines "Name: value", NULL-terminated; or NULL */
	const char *etag, *last_modified; /* of the copy at hand: the reply may be 304 then; NULL: none */
	uint64_t offset;  /* resume: ask for the bytes from here on; reply.offset says whether the server does so */
	size_t limit;	  /* bytes of a reply kept in memory; 0: 64 MiB */
	unsigned timeout; /* seconds the exchange may stand still; 0: 30. Connecting may take 10 */
	const char *ca_file, *certificate_file, *key_file; /* TLS of our own choosing; NULL: the system's */
	bool insecure;					   /* do not verify the server */
	const char *user_password;			   /* "user:password" for basic authentication, or NULL */
	/* Takes the body of a 2xx reply piece by piece; nonzero stops the exchange with the error that was set. NULL:
	 * reply.body. */
	int (*sink)(void *context, struct stk_str block, struct stk_err *err);
	/* Called now and then; total is 0 when the length is not known. Nonzero stops. May be NULL. */
	int (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

struct stk_http_header {
	struct stk_str name, value;
};

/* Texts lie on the arena that stk_http was given. */
struct stk_http_reply {
	long status;	     /* 200, 404, ... */
	struct stk_str body; /* of errors always, of others when there is no sink */
	struct stk_str etag, last_modified, content_type;
	uint64_t offset; /* where the body starts: request.offset when the server resumes (206), else 0 */
	struct {
		struct stk_http_header *v;
		size_t n, cap;
	} headers; /* of the last reply, names as sent */
};

/* Performs the exchange. -1 when no reply came (name unknown, refused, TLS, cut off, stopped); any status is a success
 * here. */
int stk_http(struct stk_arena *arena, const struct stk_http_request *request, struct stk_http_reply *reply,
	     struct stk_err *err);
/* The value of a header whatever its case, or the empty string. */
struct stk_str stk_http_header(const struct stk_http_reply *reply, const char *name);
/* Percent-encodes everything but letters, digits and "-._~" and what stands in `keep`. */
struct stk_str stk_http_escape(struct stk_arena *arena, struct stk_str text, const char *keep);
