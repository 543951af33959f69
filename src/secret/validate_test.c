/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checksums and structures. The checksums of the rows were computed with another implementation (Python's zlib and
 * integers). Texts are cut in two, so that no scanner takes them for a leak.
 */
#include "secret/validate.h"

#include "secret/scan_test.h"
#include "test.h"

#define BODY "q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaE"
#define JWT                                                                                                            \
	"eyJhbGciOiJIUzI1NiJ9"                                                                                         \
	"."

struct row {
	stk_secret_validator *validate;
	const char *match, *secret; /* match NULL: the secret alone */
	enum stk_verdict want;
	enum stk_severity severity;
	const char *note; /* part of it */
};

static void check(const struct row *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct stk_secret_detail detail = { 0 };
		struct stk_str secret = stk_str_from(t[i].secret),
			       match = t[i].match ? stk_str_from(t[i].match) : secret;
		enum stk_verdict got = t[i].validate(match, secret, &detail);
		if (got != t[i].want || detail.severity != t[i].severity ||
		    !stk_str_contains(stk_str_from(detail.note), stk_str_from(t[i].note ? t[i].note : "")))
			fail_msg("row %zu (%.12s...): verdict %d, severity %d, \"%s\"", i, t[i].secret, got,
				 detail.severity, detail.note);
	}
}

CASE(checksums)
{
	static const struct row t[] = {
		{ stk_secret_github_crc32, NULL,
		  "gh"
		  "p_" BODY "2zdxQn",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_github_crc32, NULL,
		  "gh"
		  "p_q7Rk2mWvT9xLb4NcJ8hYd3GfZ00039"
		  "00MB3l",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_github_crc32, NULL,
		  "gh"
		  "p_" BODY "2zdxQm",
		  STK_VERDICT_LOW, 0, "checksum is wrong" },
		{ stk_secret_github_crc32, NULL,
		  "gh"
		  "p_Q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaE"
		  "2zdxQn",
		  STK_VERDICT_LOW, 0, "checksum is wrong" },
		{ stk_secret_github_crc32, NULL,
		  "gh"
		  "s_12_" JWT "x.y",
		  STK_VERDICT_KEEP, 0, NULL }, /* the stateless form has none */
		{ stk_secret_npm_crc32, NULL,
		  "np"
		  "m_" BODY "2zdxQn",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_npm_crc32, NULL,
		  "np"
		  "m_" BODY "000000",
		  STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_gitlab_routable_crc32, NULL,
		  "gl"
		  "pat-Zk3vT9xLb4NcJ8hYd3GfZs6PaEq.01.0z1433yf0",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_gitlab_routable_crc32, NULL,
		  "gl"
		  "pat-Zk3vT9xLb4NcJ8hYd3GfZs6PaEq.01.0z1433yf1",
		  STK_VERDICT_LOW, 0, "wrong" },
		{ stk_secret_gitlab_routable_crc32, NULL,
		  "gl"
		  "pat-Zk3vT9xLb4NcJ8hYd3Gf",
		  STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_grafana_crc32, NULL,
		  "gl"
		  "sa_q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaEk5_26d38799",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_grafana_crc32, NULL,
		  "gl"
		  "sa_q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaEk5_9987d326",
		  STK_VERDICT_LOW, 0, "wrong" },
		{ stk_secret_grafana_crc32, NULL,
		  "gl"
		  "sa_short",
		  STK_VERDICT_LOW, 0, NULL },
		{ stk_secret_atlassian_crc32, NULL,
		  "ATA"
		  "TT3xFfGF0q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaE=C33BA25B",
		  STK_VERDICT_SURE, 0, NULL },
		{ stk_secret_atlassian_crc32, NULL,
		  "ATA"
		  "TT3xFfGF0q7Rk2mWvT9xLb4NcJ8hYd3GfZs6PaE=C33BA25C",
		  STK_VERDICT_LOW, 0, "wrong" },
		{ stk_secret_atlassian_crc32, NULL, "ATATT3x", STK_VERDICT_LOW, 0, NULL },
	};
	check(t, STK_LEN(t));
}

CASE(json_web_tokens)
{
	static const struct row t[] = {
		{ stk_secret_jwt_json, NULL,
		  JWT "eyJpc3MiOiJodHRwczovL2lkcC5jb3JwLmludGVybmFsIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2ln", STK_VERDICT_KEEP,
		  0, "issued by \"https://idp.corp.internal\"" },
		{ stk_secret_jwt_json, NULL, JWT "eyJleHAiOjE1Nzc4MzY4MDB9.c2ln", STK_VERDICT_LOW, STK_SEV_INFO,
		  "expired on 2020-01-01" },
		{ stk_secret_jwt_json, NULL, JWT "eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln", STK_VERDICT_DROP, 0,
		  NULL }, /* everybody's sample */
		{ stk_secret_jwt_json, NULL,
		  "eyJ0eXAiOiJKV1QifQ"
		  ".eyJpc3MiOiJ4In0.c2ln",
		  STK_VERDICT_DROP, 0, NULL }, /* no algorithm */
		{ stk_secret_jwt_json, NULL,
		  "eyJhbGciOiJSUzI1NiJ9"
		  ".eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.c2ln",
		  STK_VERDICT_KEEP, STK_SEV_CRITICAL, NULL },
		{ stk_secret_jwt_json, NULL, JWT "eyJyb2xlIjoiYW5vbiJ9.c2ln", STK_VERDICT_LOW, 0, NULL },
		/* {"some":"payload"}, {"iss":"issuer","sub":"subject"}, {"sub":"ci"} */
		{ stk_secret_jwt_json, NULL, JWT "eyJzb21lIjoicGF5bG9hZCJ9.c2ln", STK_VERDICT_LOW, 0, NULL },
		{ stk_secret_jwt_json, NULL, JWT "eyJpc3MiOiJpc3N1ZXIiLCJzdWIiOiJzdWJqZWN0In0.c2ln", STK_VERDICT_LOW, 0,
		  NULL },
		{ stk_secret_jwt_json, NULL, JWT "eyJzdWIiOiJjaSJ9.c2ln", STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_jwt_json, NULL, JWT "eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln", STK_VERDICT_KEEP,
		  STK_SEV_CRITICAL, NULL },
		{ stk_secret_jwt_json, NULL, JWT "bm90IGpzb24.c2ln", STK_VERDICT_DROP, 0, NULL },
		{ stk_secret_jwt_json, NULL, JWT "W10.c2ln", STK_VERDICT_DROP, 0,
		  NULL }, /* a list is no set of claims */
		{ stk_secret_jwt_json, NULL, "a.b.c", STK_VERDICT_DROP, 0, NULL },
		{ stk_secret_jwt_json, NULL, "", STK_VERDICT_DROP, 0, NULL },
	};
	check(t, STK_LEN(t));
}

CASE(credentials_in_base64)
{
	static const struct row t[] = {
		{ stk_secret_base64_userpass, NULL,
		  "ZGVwbG95Ok"
		  "szdjlReDFMbVo=",
		  STK_VERDICT_KEEP, 0, "of user \"deploy\"" },
		{ stk_secret_base64_userpass, NULL, "ZGVwbG95OmNoYW5nZW1l", STK_VERDICT_DROP, 0,
		  NULL }, /* deploy:changeme */
		{ stk_secret_base64_userpass, NULL, "bm9jb2xvbmhlcmU=", STK_VERDICT_DROP, 0, NULL },
		{ stk_secret_base64_userpass, NULL, "ZGVwbG95Og==", STK_VERDICT_DROP, 0, NULL }, /* no password */
		{ stk_secret_base64_userpass, NULL, "OkszdjlReDFM", STK_VERDICT_DROP, 0, NULL }, /* no user */
		{ stk_secret_base64_userpass, NULL, "!!", STK_VERDICT_DROP, 0, NULL },
		{ stk_secret_docker_auth, "\"auth\": \"ZGVwbG95OmNoYW5nZW1l\"", "ZGVwbG95OmNoYW5nZW1l",
		  STK_VERDICT_DROP, 0, NULL },
		{ stk_secret_docker_auth, "\"identitytoken\": \"K3v9Qx1LmZ\"", "K3v9Qx1LmZ", STK_VERDICT_KEEP, 0,
		  NULL }, /* opaque */
		{ stk_secret_discord_snowflake, NULL, "MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y", STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_discord_snowflake, NULL, "MTIzNDU2Nzg5MDEyM3g1Njc4.x.y", STK_VERDICT_DROP, 0,
		  NULL }, /* not all digits */
		{ stk_secret_discord_snowflake, NULL, "MTIz.x.y", STK_VERDICT_DROP, 0, NULL },
	};
	check(t, STK_LEN(t));
}

#define PEM(kind, body) "-----BEGIN " kind "KEY-----\n" body "\n-----END " kind "KEY-----"
#define DER		"MIIEpAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJic="

/* Head of a JKS with so many entries, a certificate of three bytes under the alias "a", a private key of three. */
#define JKS(entries)	"\xfe\xed\xfe\xed\0\0\0\2\0\0\0" entries
#define JKS_CERTIFICATE "\0\0\0\2\0\1a\0\0\0\0\0\0\0\0\0\5X.509\0\0\0\3abc"
#define JKS_KEY		"\0\0\0\1\0\1a\0\0\0\0\0\0\0\0\0\0\0\3abc\0\0\0\0"

CASE(trust_stores_hold_certificates_only)
{
	static const struct {
		struct stk_str bytes;
		bool want;
	} t[] = {
		{ S(JKS("\1") JKS_CERTIFICATE), true },
		{ S(JKS("\2") JKS_CERTIFICATE JKS_CERTIFICATE "digest"), true },
		{ S(JKS("\1") JKS_KEY), false },
		{ S(JKS("\2") JKS_CERTIFICATE JKS_KEY), false },
		{ S(JKS("\2") JKS_CERTIFICATE), false }, /* breaks off */
		{ S(JKS("\0")), false },
		{ S("\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff\xff" JKS_CERTIFICATE), false },
		{ S("PK\3\4"), false },
		{ S(""), false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_secret_is_trust_store(t[i].bytes) != t[i].want)
			fail_msg("row %zu", i);
}

CASE(private_keys)
{
	static const struct row t[] = {
		{ stk_secret_pem_body, NULL, PEM("RSA PRIVATE ", DER), STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_pem_body, NULL,
		  "-----BEGIN RSA PRIVATE "
		  "KEY-----\\n" DER "\\n-----END",
		  STK_VERDICT_KEEP, 0, NULL }, /* in a literal */
		{ stk_secret_pem_body, NULL, PEM("RSA PRIVATE ", "..."), STK_VERDICT_DROP, 0, NULL },
		/* How it begins, as a manual prints it. */
		{ stk_secret_pem_body, NULL,
		  PEM("RSA PRIVATE ", "MIIEpQIBAAKCAQEAn330NEISY7wf0Zt5bB4uL1mC9dR2xK7vQ3sW8yT6hJ0pGqEa."),
		  STK_VERDICT_LOW, 0, NULL },
		{ stk_secret_pem_body, NULL,
		  PEM("RSA PRIVATE ", "dGhpcyBpcyBub3QgYW55IGtleSBhdCBhbGwsIG9ubHkgc29tZSB0ZXh0IGluIGJhc2U2NA=="),
		  STK_VERDICT_DROP, 0, NULL }, /* text, no ASN.1 */
		{ stk_secret_pem_body, NULL, PEM("ENCRYPTED PRIVATE ", DER), STK_VERDICT_KEEP, STK_SEV_MEDIUM,
		  "passphrase" },
		{ stk_secret_pem_body, NULL, PEM("RSA PRIVATE ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n" DER),
		  STK_VERDICT_KEEP, STK_SEV_MEDIUM, "passphrase" },
		{ stk_secret_pem_body, NULL,
		  PEM("OPENSSH PRIVATE ", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB"), STK_VERDICT_KEEP, 0,
		  NULL },
		{ stk_secret_pem_body, NULL,
		  PEM("OPENSSH PRIVATE ", "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAEbm9uZQAAAAAAAAAB"),
		  STK_VERDICT_KEEP, STK_SEV_MEDIUM, "passphrase" },
		{ stk_secret_pem_body, NULL, PEM("OPENSSH PRIVATE ", "b3BlbnNzaC1rZXktdjE="), STK_VERDICT_KEEP, 0,
		  NULL }, /* cut short */
		{ stk_secret_putty_key, "PuTTY-User-Key-File-3: x\nEncryption: none\n", "x", STK_VERDICT_KEEP, 0,
		  NULL },
		{ stk_secret_putty_key, "PuTTY-User-Key-File-3: x\nEncryption: aes256-cbc\n", "x", STK_VERDICT_KEEP,
		  STK_SEV_MEDIUM, "passphrase" },
	};
	check(t, STK_LEN(t));
}

CASE(what_tokens_say_about_themselves)
{
	static const struct row t[] = {
		{ stk_secret_aws_key_id, NULL,
		  "ASI"
		  "AY34FZKBOKMUTVV7A",
		  STK_VERDICT_KEEP, STK_SEV_MEDIUM, "AWS account 609629065308" },
		{ stk_secret_stripe_mode, NULL,
		  "sk"
		  "_test_x",
		  STK_VERDICT_KEEP, STK_SEV_MEDIUM, "test mode" },
		{ stk_secret_stripe_mode, NULL,
		  "sk"
		  "_live_x",
		  STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_azure_sas, "?sv=2022&se=2020-01-01T00%3A00%3A00Z&sig=x", "x", STK_VERDICT_LOW,
		  STK_SEV_INFO, "expired on 2020-01-01" },
		{ stk_secret_azure_sas, "?sv=2022&se=2099-01-01T00%3A00%3A00Z&sig=x", "x", STK_VERDICT_KEEP, 0, NULL },
		{ stk_secret_azure_sas, "?sv=2022&se=never&sig=x", "x", STK_VERDICT_KEEP, 0, NULL },
	};
	check(t, STK_LEN(t));
}

CASE(rules_that_ask_for_a_structure)
{
	static const struct {
		const char *path, *text, *found;
	} t[] = {
		{ "root/.docker/config.json",
		  "{\"auths\":{\"r\":{\"auth\":\"ZGVwbG95Ok"
		  "szdjlReDFMbVo=\"}}}",
		  "docker-config-auth" },
		{ "root/.docker/config.json",
		  "{\"auths\":{\"r\":{\"identitytoken\":\"Zk3vT9xLb4"
		  "NcJ8hYd3Gf\"}}}",
		  "docker-config-auth" },
		{ "root/.docker/config.json", "{\"auths\":{\"r\":{\"auth\":\"ZGVwbG95OmNoYW5nZW1l\"}}}", "" },
		{ "a.txt",
		  "token: " JWT
		  "eyJpc3MiOiJodHRwczovL2lkcC5jb3JwLmludGVybmFsIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJlc2lnbmF0dXJl\n",
		  "jwt" },
		{ "a.txt",
		  "Authorization: Basic ZGVwbG95Ok"
		  "szdjlReDFMbVo=\n",
		  "base64-basic-auth-header" },
		{ "jaas.conf",
		  "org.apache.kafka.X.PlainLoginModule required\n username=\"a\"\n password=\"Zk3vT9xLb4N\";\n",
		  "kafka-jaas-password" },
	};
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	for (size_t i = 0; i < STK_LEN(t); i++) {
		bool hit = !*t[i].found;
		size_t n = test_secrets_scan(&s, t[i].path, stk_str_from(t[i].text));
		for (size_t k = 0; k < n; k++)
			hit |= stk_str_is(stk_str_from(stk_secret_rule_name(s.scan->found.v[k].rule)), t[i].found);
		if (!hit || (!*t[i].found && n))
			fail_msg("%s: " STK_FMT, t[i].text, STK_ARG(test_secrets_found(&s)));
	}
	test_secrets_close(&s);
}
