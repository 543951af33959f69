/* SPDX-License-Identifier: Apache-2.0 */
/* The allow conditions of the rules, in the order in which they are cheap: a row a condition. */
#include "secret/filter.h"

#include <math.h>
#include <string.h>

#include "secret/known.h"
#include "secret/user.h"
#include "secret/value.h"
#include "text/base64.h"
#include "base/banned.h"

/* IN_BINARY: tokens, keys and URLs say what they are; rules of a lower priority live from what stands around. */
enum { RUN_BEYOND = 24, MINIFIED_LINE = 2000, SHORT_SECRET = 16, IN_BINARY = 75 };
#define SHORT_SHARE 0.85 /* of the entropy that as many different characters have */

struct stk_str stk_secret_line(struct stk_str text, size_t at)
{
	size_t begin = at < text.n ? at : text.n, end = begin;
	while (begin > 0 && text.p[begin - 1] != '\n')
		begin--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	return stk_str_slice(text, begin, end);
}

static struct stk_str secret_of(const struct stk_secret_match *match)
{
	return stk_str_slice(match->text, match->span.begin, match->span.end);
}

static struct stk_str match_of(const struct stk_secret_match *match)
{
	return stk_str_slice(match->text, match->span.match_begin, match->span.match_end);
}

static bool is_type(struct stk_str word)
{
	return stk_str_eq_nocase(word, S("string")) || stk_str_is(word, "str");
}

static bool is_name_byte(char c)
{
	return stk_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* The identifier before the operator before the secret: over quotes, signs and a type. */
static struct stk_str name_of(const struct stk_secret_match *match)
{
	size_t i = match->span.begin, least = i > 120 ? i - 120 : 0;
	/* A type may stand between name and value: "password: str = ...". */
	for (unsigned words = 0; words < 2; words++) {
		while (i > least && !is_name_byte(match->text.p[i - 1]))
			i--;
		size_t end = i;
		while (i > least && is_name_byte(match->text.p[i - 1]))
			i--;
		struct stk_str name = stk_str_slice(match->text, i, end);
		while (name.n && !stk_is_alpha(name.p[0]) && name.p[0] != '_')
			name = stk_str_slice(name, 1, name.n);
		if (!is_type(name))
			return name;
	}
	return (struct stk_str){ 0 };
}

/* In lower case without separators, so that "public_key", "publicKey" and "public-key" are one. At most cap bytes. */
static struct stk_str fold_name(struct stk_str name, char *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < name.n && n < cap; i++)
		if (stk_is_alnum(name.p[i]))
			out[n++] = stk_lower(name.p[i]);
	return (struct stk_str){ out, n };
}

/* Names that hold one of these say what the value is, and it is no secret: a hash, an identifier, a public half. */
static const char *const harmless_parts[] = {
	"publickey",	  "pubkey",
	"sha1",		  "sha256",
	"sha512",	  "md5",
	"digest",	  "checksum",
	"chksum",	  "commit",
	"revision",	  "etag",
	"fingerprint",	  "keyid",
	"keyname",	  "keyalias",
	"tokenurl",	  "tokenuri",
	"tokenendpoint",  "tokentype",
	"secretname",	  "primarykey",
	"foreignkey",	  "partitionkey",
	"sortkey",	  "cachekey",
	"keyword",	  "tokeniz",
	"tokenis",	  "csrf",
	"xsrf",		  "pagetoken",
	"nexttoken",	  "continuationtoken",
	"synctoken",	  "idempoten",
	"integrity",	  "hash",
	"accessor",	  "accessid",
	"credentialsid",  "credentialid",
	"keyvault",	  "authsource",
	"keyboard",	  "keymap",
	"keycode",	  "keybind",
	"hotkey",	  "shortcut",
	"locktoken",	  "uuid",
	"guid",		  "kmskey",
	"keyarn",	  "lastset",
	"passwordpolicy", "license",
	"antiforgery",	  "sitekey",
	"publishable",	  "gpgkey",
	"signature",	  "nonce",
	"clientid",	  "tenantid",
	"subscriptionid", "requestid",
	"correlationid",  "traceid",
	"secretref",	  "secretarn",
	"keyring",	  "monkey",
	"author",	  "objectkey",
	"s3key",	  "mapkey",
	"sortby",	  "translationkey",
	"labelkey",	  "publictoken",
	"keyframe",	  "tokenid",
};

/* The last word of a name is what it is about: "token_url" is a URL. */
static const char *const harmless_ends[] = {
	"url",	    "uri",	 "endpoint", "name",   "path",	 "file",     "filename", "dir",
	"type",	    "length",	 "size",     "count",  "expiry", "expires",  "ttl",	 "timeout",
	"version",  "label",	 "title",    "hint",   "host",	 "policy",   "class",	 "field",
	"format",   "regex",	 "pattern",  "prefix", "suffix", "rotation", "provider", "issuer",
	"audience", "algorithm", "encoding", "method", "param",	 "header",
};

static bool about_something_else(struct stk_str name)
{
	char buffer[128];
	struct stk_str folded = fold_name(name, buffer, sizeof(buffer));
	for (size_t i = 0; i < STK_LEN(harmless_parts); i++)
		if (stk_str_contains(folded, stk_str_from(harmless_parts[i])))
			return true;
	for (size_t i = 0; i < STK_LEN(harmless_ends); i++)
		if (stk_str_ends(folded, stk_str_from(harmless_ends[i])))
			return true;
	return false;
}

/* Names that promise a secret by themselves; a bare "key" or "token" before hexadecimal digits is more often a hash. */
static bool strong_name(struct stk_str name)
{
	static const char *const parts[] = { "secret",	     "passw",	     "passphrase",  "apikey",
					     "accesskey",    "privatekey",   "authtoken",   "accesstoken",
					     "authkey",	     "credential",   "apitoken",    "bearertoken",
					     "clientsecret", "servicetoken", "deploytoken", "bottoken",
					     "refreshtoken", "sessiontoken" };
	char buffer[128];
	struct stk_str folded = fold_name(name, buffer, sizeof(buffer));
	for (size_t i = 0; i < STK_LEN(parts); i++)
		if (stk_str_contains(folded, stk_str_from(parts[i])))
			return true;
	return false;
}

/* Behind a run of "A" that is a token's prefix, not its randomness. */
static struct stk_str random_part(struct stk_str secret)
{
	size_t run = 0;
	while (run < secret.n && secret.p[run] == 'A')
		run++;
	return run > 8 ? stk_str_slice(secret, run, secret.n) : secret;
}

static bool repeats(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match);
	return stk_value_repeats(match->rule->allow & STK_ALLOW_VARIETY ? secret : random_part(secret));
}

static bool monotonous(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_monotonous(secret_of(match));
}

static bool sequence(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_sequence(secret_of(match));
}

/* "sq0csp-<your-token-here>": what the expression took ends where the placeholder begins. */
static bool runs_into_placeholder(const struct stk_secret_match *match)
{
	struct stk_str rest = stk_str_slice(match->text, match->span.end, match->span.end + 64);
	size_t close = stk_str_find_byte(rest, '>');
	return close != SIZE_MAX && close > 2 && rest.p[0] == '<' && stk_is_alpha(rest.p[1]) &&
	       stk_value_placeholder(stk_str_slice(rest, 1, close));
}

static bool placeholder(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_placeholder(secret_of(match)) || runs_into_placeholder(match);
}

static bool template(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_template(secret_of(match));
}

static bool known(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_known(secret_of(match));
}

/* A token is a word of its own; inside a run of base64 much longer than itself it is there by chance. */
static bool in_run(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	size_t begin = match->span.begin, end = match->span.end, extra = 0;
	/* What goes on in base64's alphabet on either side is a piece of something larger, an
	   image or a certificate. */
	while (begin > 0 && extra < RUN_BEYOND &&
	       (stk_is_alnum(match->text.p[begin - 1]) || match->text.p[begin - 1] == '+' ||
		match->text.p[begin - 1] == '/')) {
		begin--;
		extra++;
	}
	while (end < match->text.n && extra < RUN_BEYOND &&
	       (stk_is_alnum(match->text.p[end]) || match->text.p[end] == '+' || match->text.p[end] == '/')) {
		end++;
		extra++;
	}
	return extra >= RUN_BEYOND;
}

static bool example(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_str_ends(secret_of(match), S("EXAMPLE")) || stk_str_ends(secret_of(match), S("EXAMPLEKEY"));
}

static bool path_value(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_path(secret_of(match));
}

static bool sha1(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match);
	for (size_t i = 0; i < secret.n; i++)
		if (secret.p[i] >= 'A' && secret.p[i] <= 'Z')
			return false;
	return secret.n == 40 && stk_value_hex(secret);
}

static bool uuid(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_uuid_nil(secret_of(match));
}

static struct stk_str host_of(struct stk_str url)
{
	size_t at = stk_str_rfind_byte(url, '@');
	struct stk_str host = at == SIZE_MAX ? (struct stk_str){ 0 } : stk_str_slice(url, at + 1, url.n);
	size_t n = 0;
	while (n < host.n && (stk_is_alnum(host.p[n]) || host.p[n] == '.' || host.p[n] == '-'))
		n++;
	return stk_str_slice(host, 0, n);
}

static bool example_host(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	static const char *const ends[] = { ".example",	    ".test",	    ".invalid",	 ".example.com",
					    ".example.org", ".example.net", ".bogus.net" };
	static const char *const wholes[] = { "example.com", "example.org",  "example.net", "example",	 "host",
					      "hostname",    "server",	     "yourhost",    "your-host", "myhost",
					      "domain.com",  "mydomain.com", "company.com" };
	struct stk_str host = host_of(match_of(match));
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(host, stk_str_from(ends[i])))
			return true;
	for (size_t i = 0; i < STK_LEN(wholes); i++)
		if (stk_str_eq_nocase(host, stk_str_from(wholes[i])))
			return true;
	return false;
}

/* Between "://" and the colon before the password. */
static struct stk_str user_of(const struct stk_secret_match *match)
{
	struct stk_str url = stk_str_slice(match->text, match->span.match_begin, match->span.begin);
	size_t scheme = stk_str_find(url, S("://"));
	struct stk_str user = scheme == SIZE_MAX ? (struct stk_str){ 0 } : stk_str_slice(url, scheme + 3, url.n);
	return stk_str_strip_suffix(user, S(":"));
}

/* Rules for URLs capture the password, or "user:password". */
static struct stk_str password_of(const struct stk_secret_match *match)
{
	struct stk_str secret = secret_of(match), rest = secret;
	stk_str_cut(&rest, ':');
	return user_of(match).n || !rest.n ? secret : rest;
}

static bool weak_userinfo(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match), password = password_of(match);
	struct stk_str user = user_of(match);
	if (!user.n && password.n < secret.n)
		user = stk_str_slice(secret, 0, secret.n - password.n - 1);
	return stk_str_eq_nocase(user, password) || stk_value_weak(password) || stk_value_placeholder(password) ||
	       stk_value_template(password);
}

/* A name, or the call of a function. */
static bool identifier(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match);
	size_t call = stk_str_find_byte(secret, '(');
	return (stk_value_identifier(secret) && !stk_value_scattered(secret)) ||
	       (call != SIZE_MAX && (call == 0 || stk_value_identifier(stk_str_slice(secret, 0, call))));
}

static bool other_name(const struct stk_secret_match *match, struct stk_str name)
{
	return about_something_else(name) || (stk_value_hex(secret_of(match)) && !strong_name(name));
}

static bool wordy(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match), line = stk_secret_line(match->text, match->span.begin);
	struct stk_str start = stk_str_trim_left(stk_str_slice(line, 0, 80));
	return stk_value_wordy(secret) || stk_str_contains(line, S("--mount=type=secret")) ||
	       stk_str_starts(start, S("import ")) || stk_str_starts(start, S("from ")) ||
	       stk_str_contains(start, S("require("));
}

static bool vendor(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return (match->path_class & STK_PATH_VENDOR) != 0;
}

static bool minified(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str near = match->text;
	size_t from = match->span.begin > MINIFIED_LINE ? match->span.begin - MINIFIED_LINE : 0;
	return stk_secret_line(stk_str_slice(near, from, match->span.begin + MINIFIED_LINE), match->span.begin - from)
		       .n > MINIFIED_LINE;
}

static bool weak(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	return stk_value_weak(secret_of(match));
}

/* One document's secret is not another's, and a certificate is public. */
static bool yaml(const struct stk_secret_match *match, struct stk_str name)
{
	(void)name;
	struct stk_str secret = secret_of(match);
	STK_BUF plain = stk_buf_new(1 << 16);
	if (stk_str_contains(match_of(match), S("\n---")) || stk_str_starts(secret, S("LS0tLS1CRUdJTiBDRVJU")))
		return true;
	bool decoded = stk_base64_decode(&plain, secret) && stk_value_printable(stk_buf_str(&plain)) && plain.n;
	return decoded && (stk_value_placeholder(stk_buf_str(&plain)) || stk_value_template(stk_buf_str(&plain)));
}

static const struct {
	uint32_t flag;
	bool (*worthless)(const struct stk_secret_match *match, struct stk_str name);
} conditions[] = {
	{ STK_ALLOW_MINIFIED, minified },
	{ STK_ALLOW_VENDOR, vendor },
	{ STK_ALLOW_NAME, other_name },
	{ STK_ALLOW_REPEAT, repeats },
	{ STK_ALLOW_VARIETY, monotonous },
	{ STK_ALLOW_SEQUENCE, sequence },
	{ STK_ALLOW_PLACEHOLDER, placeholder },
	{ STK_ALLOW_TEMPLATE, template },
	{ STK_ALLOW_RUN, in_run },
	{ STK_ALLOW_EXAMPLE, example },
	{ STK_ALLOW_PATH, path_value },
	{ STK_ALLOW_SHA1, sha1 },
	{ STK_ALLOW_UUID, uuid },
	{ STK_ALLOW_HOST, example_host },
	{ STK_ALLOW_USERINFO, weak_userinfo },
	{ STK_ALLOW_IDENTIFIER, identifier },
	{ STK_ALLOW_WORDS, wordy },
	{ STK_ALLOW_WEAK, weak },
	{ STK_ALLOW_YAML, yaml },
	{ STK_ALLOW_KNOWN, known },
};

static bool stands_behind(const struct stk_secret_match *match)
{
	if (match->rule->not_after == STK_NOT_AFTER_NOTHING || match->span.begin == 0)
		return true;
	char before = match->text.p[match->span.begin - 1];
	return !stk_is_alnum(before) && (match->rule->not_after != STK_NOT_AFTER_BASE64 || before != '+');
}

/* In binary files bytes match by chance: the secret must be a printable word of its own. */
static bool stands_in_binary(const struct stk_secret_match *match)
{
	struct stk_str secret = secret_of(match);
	if (match->rule->confidence != STK_CONFIDENCE_HIGH || match->rule->priority < IN_BINARY)
		return false;
	for (size_t i = 0; i < secret.n; i++)
		if ((unsigned char)secret.p[i] >= 0x7f ||
		    ((unsigned char)secret.p[i] < 0x20 && !stk_is_space(secret.p[i])))
			return false;
	/* In a binary a longer word is a symbol's name. */
	return match->span.end == match->text.n || !stk_is_alnum(match->text.p[match->span.end]);
}

static bool has_default(const struct stk_secret_match *match)
{
	struct stk_str line = stk_str_trim_left(stk_secret_line(match->text, match->span.begin));
	if (!(match->path_class & STK_PATH_CONFIG) || stk_str_starts(line, S("#")))
		return false; /* a default in a comment is not live */
	if (match->rule->allow & STK_ALLOW_USERINFO) {
		struct stk_str password = password_of(match), user = user_of(match);
		return stk_value_weak(password) || (user.n && stk_str_eq_nocase(user, password));
	}
	return (match->rule->allow & STK_ALLOW_WEAK) && stk_value_weak(secret_of(match));
}

static bool worthless(const struct stk_secret_match *match, struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(conditions); i++)
		if ((match->rule->allow & conditions[i].flag) && conditions[i].worthless(match, name))
			return true;
	const struct stk_secret_extra *extra = match->rule->extra;
	return extra && stk_secret_allows_hit(&extra->allows, match->rule, match->path,
					      stk_secret_line(match->text, match->span.begin), match_of(match),
					      secret_of(match));
}

/* Six different characters have 2.6 bits each: what is asked of a short value grows with its length. */
static bool too_plain(const struct stk_secret_match *match, struct stk_str secret)
{
	double least = (double)match->rule->entropy;
	if (secret.n < SHORT_SECRET && least > SHORT_SHARE * log2((double)secret.n))
		least = SHORT_SHARE * log2((double)secret.n);
	return least > 0 && stk_value_entropy(random_part(secret)) < least;
}

static bool nearby(const struct stk_secret_match *match)
{
	return !match->rule->nearby || stk_str_contains_nocase(match->text, stk_str_from(match->rule->nearby));
}

static void lower(enum stk_confidence *confidence)
{
	if (*confidence > STK_CONFIDENCE_LOW)
		*confidence -= 1;
}

bool stk_secret_judge(const struct stk_secret_match *match, struct stk_secret_judgement *out)
{
	struct stk_str secret = secret_of(match);
	*out = (struct stk_secret_judgement){ .confidence = match->rule->confidence,
					      .severity = match->rule->row->severity };
	if (!secret.n || !stands_behind(match) || (match->binary && !stands_in_binary(match)) || !nearby(match))
		return false;
	out->name = name_of(match);
	out->weak = has_default(match);
	if ((match->rule->allow & STK_SURE_IN_CONFIG) && (match->path_class & STK_PATH_CONFIG))
		out->confidence = STK_CONFIDENCE_MEDIUM;
	if (!out->weak && (too_plain(match, secret) || worthless(match, out->name)))
		return false;
	enum stk_verdict verdict =
		match->rule->validate ? match->rule->validate(match_of(match), secret, &out->detail) : STK_VERDICT_KEEP;
	if (verdict == STK_VERDICT_DROP)
		return false;
	if (out->detail.severity != STK_SEV_UNKNOWN)
		out->severity = out->detail.severity;
	if (verdict == STK_VERDICT_LOW || out->weak)
		out->confidence = STK_CONFIDENCE_LOW;
	else if (verdict != STK_VERDICT_SURE && (match->path_class & STK_PATH_TEST))
		lower(&out->confidence);
	if (stk_secret_is_strangers(match->path_class))
		out->confidence = STK_CONFIDENCE_LOW;
	if (out->weak)
		out->severity = STK_SEV_LOW;
	return true;
}
