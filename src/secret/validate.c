/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checksums: GitHub (base62 of a CRC-32), GitLab's routable tokens (base36), Grafana (little-endian hexadecimal),
 * Atlassian. Structures: PEM and OpenSSH bodies, JSON Web Tokens (RFC 7519), Basic credentials (RFC 7617), AWS key ids,
 * snowflakes.
 */
#include "secret/validate.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/time.h"
#include "secret/value.h"
#include "text/base64.h"
#include "text/json.h"
#include "base/banned.h"

static uint32_t crc_of(struct stk_str s)
{
	return (uint32_t)crc32(0, (const unsigned char *)s.p, (unsigned)s.n);
}

/* Does `digits` hold the number in this base, left-padded with the first digit? */
static bool is_number(struct stk_str digits, uint32_t number, const char *alphabet)
{
	uint32_t base = (uint32_t)strlen(alphabet);
	for (size_t i = digits.n; i-- > 0; number /= base)
		if (digits.p[i] != alphabet[number % base])
			return false;
	return number == 0;
}

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* A body of 30 digits and six that are its checksum. */
static bool checked_body(struct stk_str secret)
{
	struct stk_str body = stk_str_slice(secret, 4, 34), sum = stk_str_slice(secret, 34, 40);
	return secret.n == 40 && is_number(sum, crc_of(body), base62);
}

enum stk_verdict stk_secret_github_crc32(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	if (secret.n != 40) /* the stateless form, an id and a JSON Web Token */
		return STK_VERDICT_KEEP;
	if (checked_body(secret))
		return STK_VERDICT_SURE;
	snprintf(detail->note, sizeof(detail->note), "its checksum is wrong: probably made up");
	return STK_VERDICT_LOW;
}

/* npm announced GitHub's form, but published samples do not verify: a pass is proof, a failure says nothing. */
enum stk_verdict stk_secret_npm_crc32(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	(void)detail;
	return checked_body(secret) ? STK_VERDICT_SURE : STK_VERDICT_KEEP;
}

/* <prefix><payload>.[<version>.]<length, base36 x 2><crc32 of everything before, base36 x 7>; older tokens have no dot.
 */
enum stk_verdict stk_secret_gitlab_routable_crc32(struct stk_str match, struct stk_str secret,
						  struct stk_secret_detail *detail)
{
	(void)match;
	size_t dot = stk_str_rfind_byte(secret, '.');
	if (dot == SIZE_MAX || secret.n - dot != 10)
		return STK_VERDICT_KEEP;
	struct stk_str before = stk_str_slice(secret, 0, secret.n - 7);
	if (is_number(stk_str_slice(secret, before.n, secret.n), crc_of(before),
		      "0123456789abcdefghijklmnopqrstuvwxyz"))
		return STK_VERDICT_SURE;
	snprintf(detail->note, sizeof(detail->note), "its checksum is wrong: probably made up");
	return STK_VERDICT_LOW;
}

enum stk_verdict stk_secret_grafana_crc32(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	size_t bar = stk_str_rfind_byte(secret, '_');
	char want[9];
	if (bar == SIZE_MAX || secret.n - bar != 9)
		return STK_VERDICT_LOW;
	snprintf(want, sizeof(want), "%08x", __builtin_bswap32(crc_of(stk_str_slice(secret, 0, bar))));
	if (stk_str_is(stk_str_slice(secret, bar + 1, secret.n), want))
		return STK_VERDICT_SURE;
	snprintf(detail->note, sizeof(detail->note), "its checksum is wrong: probably made up");
	return STK_VERDICT_LOW;
}

enum stk_verdict stk_secret_atlassian_crc32(struct stk_str match, struct stk_str secret,
					    struct stk_secret_detail *detail)
{
	(void)match;
	char want[9];
	if (secret.n < 9)
		return STK_VERDICT_LOW;
	snprintf(want, sizeof(want), "%08X", crc_of(stk_str_slice(secret, 0, secret.n - 8)));
	if (stk_str_is(stk_str_slice(secret, secret.n - 8, secret.n), want))
		return STK_VERDICT_SURE;
	snprintf(detail->note, sizeof(detail->note), "its checksum is wrong: probably made up");
	return STK_VERDICT_LOW;
}

/* The id carries its account: base32 behind the prefix, 40 bits of it. An ASIA id is worth nothing without a session
 * token. */
enum stk_verdict stk_secret_aws_key_id(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	uint64_t bits = 0;
	for (size_t i = 4; i < 14 && i < secret.n; i++) {
		char c = secret.p[i];
		bits = bits << 5 | (uint64_t)(stk_is_digit(c) ? c - '2' + 26 : c - 'A');
	}
	uint64_t account = (bits >> 2 & 0x7fffffffff80) >> 7;
	/* Accounts have twelve digits; what says otherwise was made up, and older ids (A3T) say nothing. */
	if (account < 1000000000000 && !stk_str_starts(secret, S("A3T")))
		snprintf(detail->note, sizeof(detail->note), "belongs to AWS account %012llu",
			 (unsigned long long)account);
	if (stk_str_starts(secret, S("ASIA")))
		detail->severity = STK_SEV_MEDIUM;
	return STK_VERDICT_KEEP;
}

enum stk_verdict stk_secret_stripe_mode(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	if (!stk_str_contains(secret, S("_test_")))
		return STK_VERDICT_KEEP;
	detail->severity = STK_SEV_MEDIUM;
	snprintf(detail->note, sizeof(detail->note), "a key of the test mode");
	return STK_VERDICT_KEEP;
}

/* se= is the expiry, percent-encoded: 2024-05-01T00%3A00%3A00Z. */
enum stk_verdict stk_secret_azure_sas(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)secret;
	size_t at = stk_str_find(match, S("se="));
	int64_t expiry;
	if (at == SIZE_MAX || !stk_time_parse(stk_str_slice(match, at + 3, at + 13), &expiry) ||
	    expiry > stk_time_now())
		return STK_VERDICT_KEEP;
	detail->severity = STK_SEV_INFO;
	snprintf(detail->note, sizeof(detail->note), "expired on " STK_FMT,
		 STK_ARG(stk_str_slice(match, at + 3, at + 13)));
	return STK_VERDICT_LOW;
}

enum stk_verdict stk_secret_discord_snowflake(struct stk_str match, struct stk_str secret,
					      struct stk_secret_detail *detail)
{
	(void)match;
	(void)detail;
	STK_BUF id = stk_buf_new(64);
	if (!stk_base64_decode(&id, stk_str_slice(secret, 0, stk_str_find_byte(secret, '.'))) || id.n < 17 || id.n > 20)
		return STK_VERDICT_DROP;
	for (size_t i = 0; i < id.n; i++)
		if (!stk_is_digit(id.p[i]))
			return STK_VERDICT_DROP;
	return STK_VERDICT_KEEP;
}

/* Basic authentication (RFC 7617): "user:password" in Base64, where both are there and the
   password is a value, not a placeholder. */
enum stk_verdict stk_secret_base64_userpass(struct stk_str match, struct stk_str secret,
					    struct stk_secret_detail *detail)
{
	(void)match;
	STK_BUF pair = stk_buf_new(STK_KIB(64));
	if (!stk_base64_decode(&pair, secret))
		return STK_VERDICT_DROP;
	struct stk_str password = stk_buf_str(&pair), user = stk_str_cut(&password, ':');
	if (!user.n || !password.n || !stk_value_printable(stk_buf_str(&pair)) || stk_value_placeholder(password) ||
	    stk_value_template(password))
		return STK_VERDICT_DROP;
	if (user.n < 40)
		snprintf(detail->note, sizeof(detail->note), "of user \"" STK_FMT "\"", STK_ARG(user));
	return STK_VERDICT_KEEP;
}

/* "auth" is base64 of user:password; "identitytoken" and "registrytoken" are opaque. */
enum stk_verdict stk_secret_docker_auth(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	return stk_str_starts(match, S("\"auth\"")) ? stk_secret_base64_userpass(match, secret, detail)
						    : STK_VERDICT_KEEP;
}

enum stk_verdict stk_secret_putty_key(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)secret;
	if (stk_str_contains(match, S("Encryption: none")))
		return STK_VERDICT_KEEP;
	detail->severity = STK_SEV_MEDIUM;
	snprintf(detail->note, sizeof(detail->note), "encrypted with a passphrase");
	return STK_VERDICT_KEEP;
}

/* The base64 digits of a PEM body that may stand in a string literal: quotes, "\n", "+" at line ends and white space
 * go. */
static void pem_digits(struct stk_str body, struct stk_buf *out)
{
	for (size_t i = 0; i < body.n; i++) {
		/* Keys in JSON and YAML have their line ends written as \n; in source code
		   pieces are joined by "+". */
		if (body.p[i] == '\\') {
			i += i + 1 < body.n && (body.p[i + 1] == 'n' || body.p[i + 1] == 'r');
			continue;
		}
		bool joint = body.p[i] == '+' && (i + 1 == body.n || !stk_is_base64(body.p[i + 1])) && i &&
			     !stk_is_base64(body.p[i - 1]);
		if (stk_is_base64(body.p[i]) && body.p[i] != '-' && body.p[i] != '_' && !joint)
			stk_buf_byte(out, body.p[i]);
	}
}

/* openssh-key-v1: magic, then cipher and key derivation as strings with 32-bit lengths. */
static bool openssh_encrypted(struct stk_str der)
{
	struct stk_str rest = stk_str_slice(der, 15, der.n);
	if (rest.n < 8)
		return false;
	const uint8_t *p = (const uint8_t *)rest.p;
	uint32_t n = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return n < rest.n - 4 && !stk_str_is(stk_str_slice(rest, 4, 4 + n), "none");
}

/* "MIIEpQ...", "MIIEpQIBAAKCAQEA.": a manual shows how a key begins. */
static bool is_cut_short(struct stk_str body)
{
	for (size_t i = 1; i < body.n; i++)
		if (body.p[i] == '.' && stk_is_base64(body.p[i - 1]))
			return true;
	return false;
}

enum stk_verdict stk_secret_pem_body(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	bool encrypted = stk_str_contains(secret, S("ENCRYPTED"));
	bool headers = stk_str_contains(secret, S("Proc-Type")) || stk_str_contains(secret, S("Version:"));
	size_t begin = stk_str_find(secret, S("KEY-----"));
	struct stk_str body = stk_str_slice(secret, begin == SIZE_MAX ? 0 : begin + 8, secret.n);
	size_t end = stk_str_find(body, S("-----END"));
	if (end != SIZE_MAX)
		body.n = end;
	STK_BUF digits = stk_buf_new(STK_KIB(64)), der = stk_buf_new(STK_KIB(64));
	pem_digits(body, &digits);
	if (!headers) {
		stk_base64_decode(&der, stk_buf_str(&digits));
		if (stk_str_starts(stk_buf_str(&der), S("openssh-key-v1")))
			encrypted = openssh_encrypted(stk_buf_str(&der));
		/* Neither OpenSSH's format nor DER (a SEQUENCE begins with 0x30): a placeholder
		   between the lines. */
		else if (der.n < 32 || der.p[0] != 0x30)
			return STK_VERDICT_DROP;
		/* Decoded key material is not left in memory that is given back. */
		explicit_bzero(der.p, der.n);
	}
	if (digits.p)
		explicit_bzero(digits.p, digits.n);
	if (encrypted) {
		detail->severity = STK_SEV_MEDIUM;
		snprintf(detail->note, sizeof(detail->note), "encrypted with a passphrase");
	}
	return is_cut_short(body) ? STK_VERDICT_LOW : STK_VERDICT_KEEP;
}

static const struct stk_json *jwt_part(struct stk_arena *arena, struct stk_str text)
{
	STK_BUF bytes = stk_buf_new(STK_KIB(64));
	struct stk_json *json;
	if (!stk_base64_decode(&bytes, text) || stk_json_parse(arena, stk_buf_str(&bytes), &json, NULL) < 0)
		return NULL;
	return json->type == STK_JSON_OBJECT ? json : NULL;
}

/* {"some": "payload"} names nobody, says nothing of a time and is in every manual. */
static bool says_nothing(const struct stk_json *claims)
{
	static const char *const telling[] = { "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "role" };
	static const char *const names[] = { "issuer", "subject", "audience" };
	size_t told = 0;
	for (size_t i = 0; i < STK_LEN(telling); i++) {
		const struct stk_json *claim = stk_json_get(claims, telling[i]);
		told += claim && !(i < STK_LEN(names) && stk_str_is(claim->text, names[i]));
	}
	return told == 0 && claims->n <= 3;
}

/* What the claims say: whose it is, and whether it still opens anything. */
static enum stk_verdict judge_claims(struct stk_arena *arena, const struct stk_json *claims,
				     struct stk_secret_detail *detail)
{
	struct stk_str issuer = stk_json_str(claims, "iss"), role = stk_json_str(claims, "role"),
		       subject = stk_json_str(claims, "sub");
	int64_t expiry = stk_json_int(claims, "exp");
	if (stk_str_is(subject, "1234567890"))
		return STK_VERDICT_DROP; /* the sample that every documentation shows */
	/* Tokens of a cluster, and Supabase's key that passes all row security. */
	if (stk_str_contains(issuer, S("kubernetes/serviceaccount")) || stk_str_is(role, "service_role"))
		detail->severity = STK_SEV_CRITICAL;
	if (issuer.n && issuer.n < 60)
		snprintf(detail->note, sizeof(detail->note), "issued by \"" STK_FMT "\"", STK_ARG(issuer));
	if (expiry > 0 && expiry < stk_time_now()) {
		detail->severity = STK_SEV_INFO;
		snprintf(detail->note, sizeof(detail->note), "expired on " STK_FMT,
			 STK_ARG(stk_time_date(arena, expiry)));
		return STK_VERDICT_LOW;
	}
	return stk_str_is(role, "anon") || says_nothing(claims) ? STK_VERDICT_LOW : STK_VERDICT_KEEP;
}

enum stk_verdict stk_secret_jwt_json(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)
{
	(void)match;
	STK_ARENA arena = { 0 };
	struct stk_str rest = secret, head = stk_str_cut(&rest, '.'), payload = stk_str_cut(&rest, '.');
	const struct stk_json *header = jwt_part(&arena, head), *claims = jwt_part(&arena, payload);
	if (!header || !claims || !stk_json_get(header, "alg"))
		return STK_VERDICT_DROP;
	return judge_claims(&arena, claims, detail);
}

/* The next big-endian number of so many bytes; false when they are not there. */
static bool take_number(struct stk_str *rest, size_t n, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n && i < rest->n; i++)
		*out = *out << 8 | (uint8_t)rest->p[i];
	bool there = rest->n >= n;
	*rest = stk_str_slice(*rest, n, rest->n);
	return there;
}

/* A length of so many bytes, and as much as it says. */
static bool skip_counted(struct stk_str *rest, size_t n)
{
	uint64_t length;
	if (!take_number(rest, n, &length) || length > rest->n)
		return false;
	*rest = stk_str_slice(*rest, (size_t)length, rest->n);
	return true;
}

/* Magic, version, number of entries; an entry of kind 2, a certificate, has alias, date, type and the certificate. */
bool stk_secret_is_trust_store(struct stk_str bytes)
{
	uint64_t magic, version, entries, kind, date;
	if (!take_number(&bytes, 4, &magic) || (magic != 0xfeedfeed && magic != 0xcececece) ||
	    !take_number(&bytes, 4, &version) || !take_number(&bytes, 4, &entries) || !entries)
		return false;
	for (; entries > 0; entries--)
		if (!take_number(&bytes, 4, &kind) || kind != 2 || !skip_counted(&bytes, 2) ||
		    !take_number(&bytes, 8, &date) || (version >= 2 && !skip_counted(&bytes, 2)) ||
		    !skip_counted(&bytes, 4))
			return false;
	return true;
}
