/* SPDX-License-Identifier: Apache-2.0 */
/* See registry.h. The request is made at once; a 401 says where a token is to be had, as registries differ in what they
 * ask for. */
#include "docker/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/http.h"
#include "text/base64.h"
#include "text/json.h"
#include "base/banned.h"

#define ACCEPT                                                                                                         \
	"Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, " \
	"application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

enum { TOKEN_BYTES = 1 << 20, MANIFEST_BYTES = 4 << 20 };

struct registry {
	struct stk_arena *arena;
	struct stk_str host; /* whom to ask */
	const char *scheme;
	struct stk_str user_password; /* empty: nobody */
	struct stk_str url;	      /* of the manifest */
	struct stk_str repository;
};

/* ---- challenges ---- */

static void skip_blanks(struct stk_str *rest)
{
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t' || rest->p[0] == ','))
		*rest = stk_str_slice(*rest, 1, rest->n);
}

static struct stk_str cut_token(struct stk_str *rest)
{
	size_t n = 0;
	while (n < rest->n && !stk_str_contains(S(" \t,=\""), stk_str_slice(*rest, n, n + 1)))
		n++;
	struct stk_str token = stk_str_slice(*rest, 0, n);
	*rest = stk_str_slice(*rest, n, rest->n);
	return token;
}

/* A quoted string, without its quotes, or a token. */
static struct stk_str cut_value(struct stk_str *rest)
{
	size_t n = 1;
	if (!stk_str_starts(*rest, S("\"")))
		return cut_token(rest);
	while (n < rest->n && rest->p[n] != '"')
		n += 1 + (rest->p[n] == '\\');
	n = n < rest->n ? n : rest->n;
	struct stk_str value = stk_str_slice(*rest, 1, n);
	*rest = stk_str_slice(*rest, n + 1, rest->n);
	return value;
}

bool stk_challenge_parse(struct stk_str header, struct stk_challenge *out)
{
	struct stk_challenge at = { 0 }, basic = { 0 };
	bool bearer = false;
	skip_blanks(&header);
	for (struct stk_str before = header; header.n; before = header) {
		struct stk_str name = cut_token(&header);
		if (stk_str_starts(header, S("="))) {
			header = stk_str_slice(header, 1, header.n);
			struct stk_str value = cut_value(&header);
			if (stk_str_eq_nocase(name, S("realm")))
				at.realm = value;
			else if (stk_str_eq_nocase(name, S("service")))
				at.service = value;
			else if (stk_str_eq_nocase(name, S("scope")))
				at.scope = value;
		} else if (bearer) {
			break; /* the next challenge */
		} else {
			at = (struct stk_challenge){ .scheme = name };
			bearer = stk_str_eq_nocase(name, S("bearer"));
			if (stk_str_eq_nocase(name, S("basic")))
				basic = at;
		}
		skip_blanks(&header);
		if (header.n == before.n) /* a byte that belongs nowhere */
			break;
	}
	*out = bearer ? at : basic;
	return out->scheme.n > 0;
}

/* ---- who asks whom ---- */

static bool is_local(struct stk_str host)
{
	return stk_str_starts(host, S("127.")) || stk_str_starts(host, S("[::1]")) || stk_str_is(host, "localhost") ||
	       stk_str_starts(host, S("localhost:"));
}

/* "auth" of Docker's settings: base64 of user:password. */
static struct stk_str credentials(struct stk_arena *arena, struct stk_str domain)
{
	struct stk_str folder = stk_str_from(getenv("DOCKER_CONFIG")), text;
	struct stk_json *json;
	if (!folder.n)
		folder = stk_arena_printf(arena, "%s/.docker", getenv("HOME") ? getenv("HOME") : "");
	struct stk_str path = stk_arena_printf(arena, STK_FMT "/config.json", STK_ARG(folder));
	if (!stk_file_exists(path.p) || stk_file_read(arena, path.p, STK_LIMIT_TEXT_FILE, &text, NULL) < 0 ||
	    stk_json_parse(arena, text, &json, NULL) < 0)
		return S("");
	const struct stk_json *auths = stk_json_list(json, "auths");
	for (size_t i = 0; i < auths->n; i++) {
		struct stk_str key = stk_str_strip_prefix(auths->items[i].key, S("https://"));
		key = stk_str_cut(&key, '/');
		bool hub = stk_str_is(domain, "docker.io") && stk_str_is(key, "index.docker.io");
		if (!hub && !stk_str_eq(key, domain))
			continue;
		STK_BUF out = stk_buf_new(STK_KIB(64));
		if (!stk_base64_decode(&out, stk_json_str(&auths->items[i], "auth")) || out.overflow)
			return S("");
		return stk_arena_str(arena, stk_buf_str(&out));
	}
	return S("");
}

static struct registry find(struct stk_arena *arena, const struct stk_reference *reference)
{
	struct stk_str domain = stk_reference_domain(reference);
	struct registry r = { .arena = arena, .scheme = is_local(domain) ? "http" : "https" };
	r.host = stk_str_is(domain, "docker.io") ? S("registry-1.docker.io") : domain;
	r.user_password = credentials(arena, domain);
	r.repository = stk_reference_repository(arena, reference);
	r.url = stk_arena_printf(arena, "%s://" STK_FMT "/v2/" STK_FMT "/manifests/" STK_FMT, r.scheme, STK_ARG(r.host),
				 STK_ARG(r.repository), STK_ARG(reference->tag.n ? reference->tag : S("latest")));
	return r;
}

/* ---- tokens ---- */

/* A token of the place that the challenge names; the password goes there only over TLS or within this machine. */
static int fetch_token(const struct registry *r, const struct stk_challenge *challenge, struct stk_str *token,
		       struct stk_err *err)
{
	struct stk_str realm = challenge->realm, scope = challenge->scope;
	bool local = strcmp(r->scheme, "http") == 0 && stk_str_starts(realm, S("http://")) &&
		     is_local(stk_str_slice(realm, 7, realm.n));
	if (!stk_str_starts(realm, S("https://")) && !local)
		return stk_fail(err, STK_EFORMAT,
				STK_FMT " asks for a token of \"" STK_FMT "\", which is no https address",
				STK_ARG(r->host), STK_ARG(realm));
	if (!scope.n)
		scope = stk_arena_printf(r->arena, "repository:" STK_FMT ":pull", STK_ARG(r->repository));
	bool query = stk_str_find_byte(realm, '?') != SIZE_MAX;
	struct stk_str url =
		stk_arena_printf(r->arena, STK_FMT "%cservice=" STK_FMT "&scope=" STK_FMT, STK_ARG(realm),
				 query ? '&' : '?', STK_ARG(stk_http_escape(r->arena, challenge->service, "")),
				 STK_ARG(stk_http_escape(r->arena, scope, "")));
	struct stk_http_request request = { .url = url.p,
					    .limit = TOKEN_BYTES,
					    .user_password = r->user_password.n ? r->user_password.p : NULL };
	struct stk_http_reply reply = { 0 };
	struct stk_json *json;
	if (stk_http(r->arena, &request, &reply, err) < 0)
		return -1;
	if (reply.status != 200)
		return stk_fail(err, STK_ENOTFOUND, STK_FMT " gives no token: status %ld", STK_ARG(realm),
				reply.status);
	if (stk_json_parse(r->arena, reply.body, &json, err) < 0)
		return stk_within(err, "the token of " STK_FMT, STK_ARG(realm));
	*token = stk_json_str(json, "token");
	if (!token->n)
		*token = stk_json_str(json, "access_token");
	for (size_t i = 0; i < token->n; i++)
		if ((unsigned char)token->p[i] <= ' ' || token->p[i] == 0x7f)
			token->n = 0;
	return token->n ? 0 : stk_fail(err, STK_EFORMAT, STK_FMT " gives no token", STK_ARG(realm));
}

static int ask(const struct registry *r, const char *method, const char *authorization, struct stk_http_reply *reply,
	       struct stk_err *err)
{
	const char *headers[] = { ACCEPT, authorization, NULL };
	struct stk_http_request request = {
		.url = r->url.p, .method = method, .headers = headers, .limit = MANIFEST_BYTES
	};
	if (authorization && !*authorization) { /* basic */
		headers[1] = NULL;
		request.user_password = r->user_password.p;
	}
	*reply = (struct stk_http_reply){ 0 };
	return stk_http(r->arena, &request, reply, err);
}

/* What to send after a 401: a line "Authorization: Bearer ...", or "" for the name and password. */
static int answer(const struct registry *r, const struct stk_http_reply *reply, const char **authorization,
		  struct stk_err *err)
{
	struct stk_challenge challenge = { 0 };
	struct stk_str token = S("");
	for (size_t i = 0; i < reply->headers.n; i++)
		if (stk_str_eq_nocase(reply->headers.v[i].name, S("www-authenticate")) &&
		    stk_challenge_parse(reply->headers.v[i].value, &challenge) &&
		    stk_str_eq_nocase(challenge.scheme, S("bearer")))
			break;
	if (stk_str_eq_nocase(challenge.scheme, S("basic")) && r->user_password.n) {
		*authorization = "";
		return 0;
	}
	if (!stk_str_eq_nocase(challenge.scheme, S("bearer")))
		return stk_fail(err, STK_ENOTFOUND, STK_FMT " wants a name and password; docker login stores them",
				STK_ARG(r->host));
	if (fetch_token(r, &challenge, &token, err) < 0)
		return -1;
	*authorization = stk_arena_printf(r->arena, "Authorization: Bearer " STK_FMT, STK_ARG(token)).p;
	return 0;
}

int stk_registry_digest(struct stk_arena *arena, const struct stk_reference *reference, struct stk_str *digest,
			struct stk_err *err)
{
	struct registry r = find(arena, reference);
	struct stk_http_reply reply;
	const char *authorization = NULL;
	enum stk_digest_kind kind;
	struct stk_str hex;
	if (ask(&r, "HEAD", NULL, &reply, err) < 0)
		return -1;
	if (reply.status == 401 &&
	    (answer(&r, &reply, &authorization, err) < 0 || ask(&r, "HEAD", authorization, &reply, err) < 0))
		return -1;
	struct stk_str said = stk_http_header(&reply, "Docker-Content-Digest");
	if (reply.status == 405 ||
	    (reply.status == 200 && !said.n)) { /* no HEAD, or a proxy that takes the header away */
		if (ask(&r, NULL, authorization, &reply, err) < 0)
			return -1;
		said = stk_digest_text(arena, STK_SHA256, reply.body);
	}
	if (reply.status != 200)
		return stk_fail(err, STK_ENOTFOUND, STK_FMT " does not give " STK_FMT ": status %ld", STK_ARG(r.host),
				STK_ARG(r.repository), reply.status);
	if (!stk_digest_parse(said, &kind, &hex) || kind != STK_SHA256)
		return stk_fail(err, STK_EFORMAT, STK_FMT " answers with no SHA-256 digest", STK_ARG(r.host));
	*digest = stk_arena_str(arena, said);
	return 0;
}
