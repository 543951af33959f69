/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of words, and a few forms of values: see credential.h. The lists are those of
 * BuildKit's rule SecretsUsedInArgOrEnv and Trivy's DS-0031, word by word; ours extend them.
 * Forms of tokens are what their issuers document; the catalogue of src/secret has hundreds
 * more.
 */
#include <string.h>

#include "text/credential.h"
#include "text/glob.h"
#include "base/banned.h"

static bool in_list(struct stk_str word, const char *const *list)
{
	for (; *list; list++)
		if (stk_str_eq_nocase(word, stk_str_from(*list)))
			return true;
	return false;
}

/* Is one of the words between underscores in the list? */
static bool has_word(struct stk_str name, const char *const *list)
{
	while (name.n)
		if (in_list(stk_str_cut(&name, '_'), list))
			return true;
	return false;
}

static const char *const buildkit_words[] = { "apikey", "auth",	  "credential", "credentials", "key", "password",
					      "pword",	"passwd", "secret",	"token",       NULL };
static const char *const buildkit_excuses[] = { "public", "file", "version", NULL };

bool stk_credential_name_buildkit(struct stk_str name)
{
	return has_word(name, buildkit_words) && !has_word(name, buildkit_excuses);
}

/* Added to BuildKit's words by Trivy, which also excuses less. */
static const char *const trivy_words[] = { "usr", "psw", NULL };
static const char *const trivy_excuses[] = { "public", NULL };
static const char *const trivy_names[] = {
	"AWS_ACCESS_KEY_ID",	   "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",  "AZURE_CLIENT_ID",
	"AZURE_CLIENT_SECRET",	   "GITHUB_TOKEN",	    "GH_TOKEN",		  "GH_ENTERPRISE_TOKEN",
	"GITHUB_ENTERPRISE_TOKEN", "OPENAI_API_KEY",	    "HF_TOKEN",		  "DIGITALOCEAN_ACCESS_TOKEN",
	"DOCKERHUB_PASSWORD",	   "FIREBASE_TOKEN",	    "CI_DEPLOY_PASSWORD", "GOOGLE_API_KEY",
	"LANGSMITH_API_KEY",	   "LANGCHAIN_API_KEY",	    "HEROKU_API_KEY",	  NULL,
};

static bool is_listed(struct stk_str name)
{
	for (size_t i = 0; trivy_names[i]; i++)
		if (stk_str_is(name, trivy_names[i]))
			return true;
	return false;
}

bool stk_credential_name_trivy(struct stk_str name)
{
	struct stk_str bare = stk_str_strip_prefix(stk_str_strip_prefix(name, S("VITE_")), S("REACT_APP_"));
	return is_listed(bare) ||
	       ((has_word(name, buildkit_words) || has_word(name, trivy_words)) && !has_word(name, trivy_excuses));
}

static const char *const last_words[] = { "pass",      "pwd",	    "passphrase", "apitoken",	      "authtoken",
					  "accesskey", "secretkey", "privatekey", "connectionstring", NULL };
/* A last word that says it is about a credential without being one. */
static const char *const about[] = {
	"file",	   "files",  "path",	 "dir",		"url",	      "uri",	 "endpoint", "host",	  "port",
	"version", "ttl",    "expiry",	 "expires",	"expiration", "timeout", "enabled",  "disabled",  "enable",
	"disable", "size",   "length",	 "bits",	"type",	      "method",	 "mode",     "algorithm", "alg",
	"header",  "issuer", "audience", "fingerprint", "id",	      "name",	 "names",    "required",  "prefix",
	"suffix",  "count",  "format",	 "server",	"repo",	      "backend", "provider", "realm",	  "domain",
	"scope",   "scopes", "min",	 "max",		NULL,
};
static const char *const excuses[] = { "public", "file", "version", "gpg", "fingerprint", NULL };

static struct stk_str last_word(struct stk_str name)
{
	size_t at = stk_str_rfind_byte(name, '_');
	return at == SIZE_MAX ? name : stk_str_slice(name, at + 1, name.n);
}

bool stk_credential_name(struct stk_str name)
{
	if (is_listed(name))
		return true;
	/* "about" is asked of the last word only: TOKEN_FILE holds a path, FILE_TOKEN holds a
	   token. */
	if (has_word(name, excuses) || in_list(last_word(name), about))
		return false;
	return stk_credential_name_buildkit(name) || stk_credential_name_trivy(name) ||
	       in_list(last_word(name), last_words);
}

/* ---- values ---- */

/* A token's beginning, how many bytes of token characters must follow at least, and what it is. */
struct form {
	struct stk_str prefix;
	size_t n;
	const char *kind;
}; /* n: bytes of token characters that must follow */

static const struct form forms[] = {
	{ { "AKIA", sizeof "AKIA" - 1 }, 16, "an AWS access key" },
	{ { "ASIA", sizeof "ASIA" - 1 }, 16, "an AWS access key" },
	{ { "ghp_", sizeof "ghp_" - 1 }, 36, "a GitHub token" },
	{ { "gho_", sizeof "gho_" - 1 }, 36, "a GitHub token" },
	{ { "ghs_", sizeof "ghs_" - 1 }, 36, "a GitHub token" },
	{ { "ghu_", sizeof "ghu_" - 1 }, 36, "a GitHub token" },
	{ { "github_pat_", sizeof "github_pat_" - 1 }, 22, "a GitHub token" },
	{ { "glpat-", sizeof "glpat-" - 1 }, 20, "a GitLab token" },
	{ { "xoxb-", sizeof "xoxb-" - 1 }, 20, "a Slack token" },
	{ { "xoxp-", sizeof "xoxp-" - 1 }, 20, "a Slack token" },
	{ { "sk_live_", sizeof "sk_live_" - 1 }, 16, "a Stripe key" },
	{ { "rk_live_", sizeof "rk_live_" - 1 }, 16, "a Stripe key" },
	{ { "npm_", sizeof "npm_" - 1 }, 36, "an npm token" },
	{ { "dckr_pat_", sizeof "dckr_pat_" - 1 }, 20, "a Docker Hub token" },
	{ { "pypi-AgEIcHlwaS5vcmc", sizeof "pypi-AgEIcHlwaS5vcmc" - 1 }, 16, "a PyPI token" },
	{ { "AIza", sizeof "AIza" - 1 }, 35, "a Google API key" },
	{ { "sk-ant-", sizeof "sk-ant-" - 1 }, 24, "an Anthropic key" },
	{ { "sk-proj-", sizeof "sk-proj-" - 1 }, 24, "an OpenAI key" },
	{ { "SG.", sizeof "SG." - 1 }, 40, "a SendGrid key" },
	{ { "hf_", sizeof "hf_" - 1 }, 30, "a Hugging Face token" },
	{ { "-----BEGIN ", sizeof "-----BEGIN " - 1 }, 8, "a private key" },
};

static bool is_token_byte(char c)
{
	return stk_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ' ';
}

/* The shortest of the forms, a prefix with what must follow. */
enum { SHORTEST_FORM = 18 };

static bool has_form(struct stk_str value, const char **kind)
{
	if (value.n < SHORTEST_FORM)
		return false;
	for (size_t i = 0; i < STK_LEN(forms); i++) {
		size_t from = forms[i].prefix.n, n = 0;
		/* The first byte sorts nearly all of them out: this is asked of every value in
		   every file. */
		if (value.p[0] != forms[i].prefix.p[0] || !stk_str_starts(value, forms[i].prefix))
			continue;
		while (from + n < value.n && is_token_byte(value.p[from + n]))
			n++;
		if (n >= forms[i].n) {
			*kind = forms[i].kind;
			/* "-----BEGIN " begins certificates and public keys too. */
			return forms[i].prefix.p[0] != '-' || stk_str_contains(value, S("PRIVATE KEY"));
		}
	}
	return false;
}

enum { SHORTEST_ADDRESS = sizeof "a://b:c@" - 1 };

/* scheme://user:password@host, where the password is no variable or placeholder. */
static bool has_url_password(struct stk_str value)
{
	size_t scheme = stk_str_find(value, S("://"));
	if (scheme == SIZE_MAX || !scheme)
		return false;
	struct stk_str rest = stk_str_slice(value, scheme + 3, value.n);
	size_t end = 0;
	while (end < rest.n && rest.p[end] != '/' && !stk_is_space(rest.p[end]) && rest.p[end] != '"' &&
	       rest.p[end] != '\'')
		end++;
	size_t at = stk_str_rfind_byte(stk_str_slice(rest, 0, end), '@');
	struct stk_str password = stk_str_slice(rest, 0, at == SIZE_MAX ? 0 : at);
	struct stk_str user = stk_str_cut(&password, ':');
	return at != SIZE_MAX && user.n < at && password.n && stk_str_find_byte(password, '$') == SIZE_MAX &&
	       password.p[0] != '<' && password.p[0] != '*';
}

/* What people write where a secret belongs: words, marks inside longer texts, a variable or
   path, one character repeated. */
static bool is_placeholder(struct stk_str value)
{
	static const char *const words[] = { "true",	"false",       "yes",	  "no",	       "on",	   "off",
					     "none",	"null",	       "nil",	  "undefined", "changeme", "todo",
					     "dummy",	"placeholder", "example", "0",	       "1",	   "xxx",
					     "default", "redacted",    NULL };
	static const char *const marks[] = { "change_me", "changeme", "change-me",   "replace_me", "replaceme",
					     "your_",	  "your-",    "placeholder", "dummy",	   "not-set",
					     "notset",	  "example",  "xxxx" };
	if (in_list(value, words) || value.p[0] == '<' || value.p[0] == '/' || value.p[0] == '$')
		return true;
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_str_contains_nocase(value, stk_str_from(marks[i])))
			return true;
	size_t same = 0;
	while (same < value.n && value.p[same] == value.p[0])
		same++;
	return same == value.n;
}

bool stk_credential_certain(struct stk_str value, const char **kind)
{
	const char *unused;
	kind = kind ? kind : &unused;
	*kind = NULL;
	value = stk_str_trim(value);
	if (has_form(value, kind))
		return true;
	if (value.n < SHORTEST_ADDRESS || !has_url_password(value))
		return false;
	*kind = "an address with a password";
	return true;
}

enum stk_credential_value stk_credential_value(struct stk_str value, const char **kind)
{
	if (stk_credential_certain(value, kind))
		return STK_VALUE_CERTAIN;
	value = stk_str_trim(value);
	return !value.n || is_placeholder(value) || stk_str_contains(value, S("${")) ? STK_VALUE_NONE
										     : STK_VALUE_POSSIBLE;
}

/* ---- files ---- */

static const struct {
	const char *pattern, *kind;
} files[] = {
	{ ".env", "environment settings" },
	{ ".env.*", "environment settings" },
	{ "*.env", "environment settings" },
	{ "id_rsa", "a private SSH key" },
	{ "id_dsa", "a private SSH key" },
	{ "id_ecdsa", "a private SSH key" },
	{ "id_ed25519", "a private SSH key" },
	{ ".npmrc", "npm's login" },
	{ ".netrc", "logins of curl and git" },
	{ "_netrc", "logins of curl and git" },
	{ ".pypirc", "PyPI's login" },
	{ ".git-credentials", "git's logins" },
	{ ".dockercfg", "registry logins" },
	{ ".dockerconfigjson", "registry logins" },
	{ ".htpasswd", "password hashes" },
	{ ".pgpass", "PostgreSQL's passwords" },
	{ ".my.cnf", "MySQL's login" },
	{ "*.pem", "a key or certificate" },
	{ "*.key", "a private key" },
	{ "*.p12", "a key store" },
	{ "*.pfx", "a key store" },
	{ "*.jks", "a key store" },
	{ "*.keystore", "a key store" },
	{ "*.ppk", "a private SSH key" },
	{ "*.kdbx", "a password store" },
	{ "credentials.json", "cloud credentials" },
	{ "service-account*.json", "cloud credentials" },
	{ "gcp-key*.json", "cloud credentials" },
	{ "secrets.yml", "secrets" },
	{ "secrets.yaml", "secrets" },
	{ "secrets.json", "secrets" },
	{ "kubeconfig", "cluster logins" },
	{ "terraform.tfstate", "Terraform's state with its secrets" },
};

bool stk_credential_file(struct stk_str path, const char **kind)
{
	static const char *const examples[] = {
		"example", "sample", "template", "dist", "test", "pub", "defaults", NULL
	};
	const char *unused;
	kind = kind ? kind : &unused;
	/* COPY names folders with a slash at the end. */
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (stk_str_ends(path, S(".aws/credentials")) || stk_str_ends(path, S(".docker/config.json")) ||
	    stk_str_ends(path, S(".kube/config"))) {
		*kind = "logins";
		return true;
	}
	struct stk_str base = stk_str_after_last(path, '/');
	/* .env.example and id_rsa.pub are meant to be published. */
	for (struct stk_str rest = base; rest.n;)
		if (in_list(stk_str_cut(&rest, '.'), examples))
			return false;
	for (size_t i = 0; i < STK_LEN(files); i++)
		if ((files[i].pattern[0] == '*' || (base.n && files[i].pattern[0] == base.p[0])) &&
		    stk_glob_match(stk_str_from(files[i].pattern), base)) {
			*kind = files[i].kind;
			return true;
		}
	return false;
}
