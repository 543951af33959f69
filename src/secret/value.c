/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See value.h. Each test is a guess with a name; which guesses count for a rule is its row's
 * `allow`. All are linear in the value, and lists are tried on values up to a length only: what
 * is longer is no reference.
 */
#include "secret/value.h"

#include <math.h>
#include <string.h>

#include "secret/words.h"
#include "text/base64.h"
#include "base/banned.h"

/* Chance alone puts short words into longer texts. */
enum { LONG_VALUE = 200, RANDOM_VALUE = 24 };

double stk_value_entropy(struct stk_str value)
{
	uint32_t count[256] = { 0 };
	double sum = 0;
	for (size_t i = 0; i < value.n; i++)
		count[(unsigned char)value.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (count[i])
			sum -= count[i] * log2((double)count[i] / (double)value.n);
	return value.n ? sum / (double)value.n : 0;
}

static bool among(struct stk_str value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_str_eq_nocase(value, stk_str_from(list[i])))
			return true;
	return false;
}

static bool holds_one_of(struct stk_str value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_str_contains_nocase(value, stk_str_from(list[i])))
			return true;
	return false;
}

static bool starts_with_one_of(struct stk_str value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_str_starts_nocase(value, stk_str_from(list[i])))
			return true;
	return false;
}

/* Small letters, capitals, or small ones behind one capital: how a word is written. */
static bool is_written(struct stk_str word)
{
	bool small = true, large = true;
	for (size_t i = 0; i < word.n; i++) {
		bool lower = word.p[i] == stk_lower(word.p[i]);
		small &= lower || i == 0;
		large &= !lower || !stk_is_alpha(word.p[i]);
	}
	return small || large;
}

static bool joins(char a, char b)
{
	return stk_is_alpha(a) && stk_is_alpha(b) && (a == stk_lower(a)) == (b == stk_lower(b));
}

/* Four letters stand in one of a thousand random tokens by chance: there they must look like a word, written as one and
 * with an end of a word on one side. */
static bool holds_word(struct stk_str value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(list[i]);
		for (size_t at = 0; at + length <= value.n; at++) {
			struct stk_str here = stk_str_slice(value, at, at + length);
			if (!stk_str_eq_nocase(here, stk_str_from(list[i])))
				continue;
			bool begins = at == 0 || !joins(value.p[at - 1], here.p[0]);
			bool ends = at + length == value.n || !joins(here.p[length - 1], value.p[at + length]);
			if (value.n < RANDOM_VALUE || (is_written(here) && (begins || ends)))
				return true;
		}
	}
	return false;
}

static const char *const placeholder_parts[] = {
	"example",     "placeholder",	"changeme",	"change_me",	"change-me",  "change_this",  "change-this",
	"changethis",  "redacted",	"your_",	"your-",	"yourtoken",  "yourpassword", "yoursecret",
	"yourkey",     "yourapi",	"dummy",	"sample",	"insert_",    "insert-",      "replace_me",
	"replace-me",  "replaceme",	"replace_with", "replace-with", "not-a-real", "not_a_real",   "notreal",
	"put_your",    "put your",	"foobar",	"xxxx",		"****",	      "____",	      "----",
	"<token",      "<pass",		"<secret",	"<key",		"my-secret",  "my_secret",    "mysecret",
	"my_password", "my-password",	"mypassword",	"my_token",	"my-token",   "secret_here",  "token_here",
	"key_here",    "password_here", "enter_",	"enter-your",	"goes-here",  "goes_here",    "test_token",
	"test-token",  "testtoken",	"unspecified",	"undefined",	"notasecret", "not-a-secret", "not_a_secret",
	"deadbeef",    "...",		"\xe2\x80\xa6",
};
/* Too short to be looked for inside a word. */
static const char *const placeholder_words[] = { "todo", "fixme", "fake", "lorem" };
/* The value is this and nothing else. */
static const char *const placeholder_wholes[] = {
	"secret",    "password", "passwd",	 "passphrase",	"token",	"test",	     "testing",
	"admin",     "root",	 "user",	 "username",	"none",		"null",	     "nil",
	"true",	     "false",	 "yes",		 "no",		"on",		"off",	     "hunter2",
	"qwerty",    "abc123",	 "password123",	 "password1",	"pass",		"passw0rd",  "123456",
	"12345678",  "letmein",	 "default",	 "optional",	"required",	"disabled",  "enabled",
	"string",    "value",	 "key",		 "foo",		"bar",		"baz",	     "auto",
	"empty",     "unknown",	 "anonymous",	 "guest",	"prompt",	"ask",	     "basic",
	"bearer",    "oauth",	 "oauth2",	 "text",	"hidden",	"...",	     "changeit",
	"never",     "always",	 "random",	 "generate",	"generated",	"secretkey", "apikey",
	"api_key",   "api-key",	 "access_token", "supersecret", "super-secret", "topsecret", "s3cr3t",
	"secret123", "test123",	 "test1234",	 "admin123",	"proxypass",	"repopwd",
};
/* In a long value, whose random text holds the shorter ones by accident. */
static const char *const placeholder_long_parts[] = { "example",  "placeholder", "redacted",
						      "xxxxxxxx", "........",	 "********" };

bool stk_value_placeholder(struct stk_str value)
{
	/* Cut off for the reader: "eyJhbGci0iJ..." */
	if (stk_str_ends(value, S("...")) || stk_str_ends(value, S("\xe2\x80\xa6")))
		return true;
	if (value.n > LONG_VALUE)
		return holds_one_of(value, placeholder_long_parts, STK_LEN(placeholder_long_parts));
	/* "<token>", and "[password]]" of "redis://[[username]:[password]]@localhost" */
	if (value.n &&
	    ((value.p[0] == '<' && value.p[value.n - 1] == '>') || (value.p[0] == '[' && value.p[value.n - 1] == ']')))
		return true;
	return among(value, placeholder_wholes, STK_LEN(placeholder_wholes)) ||
	       holds_one_of(value, placeholder_parts, STK_LEN(placeholder_parts)) ||
	       holds_word(value, placeholder_words, STK_LEN(placeholder_words));
}

/* Between two signs there is a name: %X%, @X@, __X__. */
static bool wrapped(struct stk_str value, char sign)
{
	if (value.n < 3 || value.p[0] != sign || value.p[value.n - 1] != sign)
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (!stk_is_alnum(value.p[i]) && value.p[i] != '_' && value.p[i] != '-' && value.p[i] != '.' &&
		    value.p[i] != sign)
			return false;
	return true;
}

/* $NAME, as a shell or make reads it. */
static bool is_variable(struct stk_str value)
{
	if (value.n < 2 || value.p[0] != '$' ||
	    !(stk_is_alpha(value.p[1]) || value.p[1] == '_' || value.p[1] == '{' || value.p[1] == '('))
		return false;
	for (size_t i = 1; i < value.n; i++)
		if (!stk_is_alnum(value.p[i]) && value.p[i] != '_')
			return value.p[1] == '{' || value.p[1] == '(';
	return true;
}

/* "{name}", as Python and others format. */
static bool has_braces(struct stk_str value)
{
	size_t open = stk_str_find_byte(value, '{');
	size_t n = open == SIZE_MAX ? 0 : stk_str_find_byte(stk_str_slice(value, open, value.n), '}');
	if (open == SIZE_MAX || n == SIZE_MAX || n < 3)
		return false;
	for (size_t i = open + 1; i < open + n; i++)
		if (!stk_is_alnum(value.p[i]) && value.p[i] != '_' && value.p[i] != '.')
			return false;
	return !stk_is_digit(value.p[open + 1]);
}

/* The first MARKS of them are looked for in long values too. */
enum { MARKS = 4 };
static const char *const template_parts[] = {
	"${",
	"$(",
	"{{",
	"}}",
	"#{",
	"<%",
	"%>",
	"%(",
	"secretkeyref",
	"process.env",
	"os.environ",
	"getenv(",
	"env[",
	"env.get(",
	"environ.get",
	"environ[",
	"system.getenv",
	"vault.",
	"arn:aws:secretsmanager",
	"arn:aws:ssm",
	"valuefrom",
	"config.get",
	"settings.get",
	".read()",
	"readfile(",
	"file(",
	"secrets[",
	"$env:",
	"env(",
	"fetch(",
};
static const char *const template_starts[] = {
	"enc(",		 "enc[",	 "{cipher}",  "!vault",
	"!ref",		 "!sub",	 "!getatt",   "vault:",
	"ssm:",		 "op://",	 "gcpkms:",   "awskms:",
	"azurekeyvault", "keyvault:",	 "ref+",      "secretsmanager:",
	"var.",		 "local.",	 "module.",   "data.",
	"secrets.",	 "secret.",	 "self.",     "this.",
	"ctx.",		 "args.",	 "opts.",     "options.",
	"config.",	 "settings.",	 "params.",   "props.",
	"env.",		 "request.",	 "response.", "process.",
	"os.get",	 "aws_ssm",	 "projects/", "@microsoft.keyvault",
	"file://",	 "/run/secrets",
};

/* Not a secret but the way to one: a variable, a template, a call that reads it from elsewhere.
   Long values are only searched for the marks that open the list, since a key's random text
   holds short words by accident. */
bool stk_value_template(struct stk_str value)
{
	return is_variable(value) || (value.n <= LONG_VALUE && has_braces(value)) || wrapped(value, '%') ||
	       wrapped(value, '@') || wrapped(value, '_') ||
	       (value.n <= LONG_VALUE && starts_with_one_of(value, template_starts, STK_LEN(template_starts))) ||
	       holds_one_of(value, template_parts, value.n <= LONG_VALUE ? STK_LEN(template_parts) : MARKS);
}

bool stk_value_repeats(struct stk_str value)
{
	size_t run = 1;
	for (size_t i = 1; i < value.n && value.n < LONG_VALUE; i++) {
		run = value.p[i] == value.p[i - 1] ? run + 1 : 1;
		if (run >= 6)
			return true;
	}
	return false;
}

bool stk_value_monotonous(struct stk_str value)
{
	bool seen[256] = { false };
	size_t different = 0;
	for (size_t i = 0; i < value.n; i++) {
		different += !seen[(unsigned char)value.p[i]];
		seen[(unsigned char)value.p[i]] = true;
	}
	return value.n >= 16 && different < 6;
}

bool stk_value_sequence(struct stk_str value)
{
	static const char *const keyboard[] = { "qwertyu", "asdfghj", "zxcvbnm", "1q2w3e4r" };
	size_t run = 1;
	if (value.n >= LONG_VALUE)
		return false;
	for (size_t i = 1; i < value.n; i++) {
		char before = stk_lower(value.p[i - 1]), here = stk_lower(value.p[i]);
		run = here == before + 1 && stk_is_alnum(here) ? run + 1 : 1;
		if (run >= 6)
			return true;
	}
	return holds_one_of(value, keyboard, STK_LEN(keyboard));
}

/* A dot and two to five letters at the end, as of "id_rsa.pem", "vault.yaml", "config.json". */
static bool has_extension(struct stk_str value)
{
	static const char *const extensions[] = {
		"pem",	"key", "crt",	     "cer",  "json",  "yaml",	  "yml", "txt",	 "conf", "cfg", "ini",
		"toml", "xml", "properties", "env",  "jks",   "p12",	  "pfx", "sh",	 "py",	 "js",	"ts",
		"go",	"rb",  "php",	     "java", "html",  "htm",	  "css", "md",	 "log",	 "db",	"sock",
		"so",	"exe", "zip",	     "gz",   "tgz",   "tar",	  "jar", "svg",	 "png",	 "jpg", "gif",
		"com",	"org", "net",	     "io",   "local", "internal", "cgi", "aspx", "jsp",
	};
	size_t dot = stk_str_rfind_byte(value, '.');
	return dot != SIZE_MAX && among(stk_str_slice(value, dot + 1, value.n), extensions, STK_LEN(extensions));
}

static bool is_on_drive(struct stk_str value)
{
	return value.n > 3 && stk_is_alpha(value.p[0]) && value.p[1] == ':' && value.p[2] == '\\';
}

bool stk_value_path(struct stk_str value)
{
	if (is_on_drive(value) || stk_str_contains(value, S("://")) || stk_str_starts(value, S("./")) ||
	    stk_str_starts(value, S("../")) || stk_str_starts(value, S("~/")) || has_extension(value))
		return true;
	/* Words between slashes; a random base64 text has digits and capitals among them. */
	size_t slashes = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (!stk_is_alnum(value.p[i]) && value.p[i] != '/' && value.p[i] != '_' && value.p[i] != '-' &&
		    value.p[i] != '.')
			return false;
		slashes += value.p[i] == '/';
	}
	return slashes && (value.p[0] == '/' || slashes >= 2) && stk_value_identifier(value);
}

/* "r.password,s.host=r.host": statements that a minifier joined by commas. */
static bool is_code(struct stk_str value)
{
	size_t comma = stk_str_find_byte(value, ','), dot = stk_str_find_byte(value, '.');
	if (comma == SIZE_MAX || dot > comma || !stk_is_alpha(value.p[0]))
		return false;
	struct stk_str next = stk_str_slice(value, comma + 1, value.n), name = stk_str_cut(&next, '=');
	return next.n && stk_value_identifier(stk_str_slice(value, 0, comma)) && stk_value_identifier(name);
}

bool stk_value_identifier(struct stk_str value)
{
	if (is_on_drive(value) || is_code(value))
		return true;
	if (!value.n || !(stk_is_alpha(value.p[0]) || value.p[0] == '_' || value.p[0] == '$' || value.p[0] == '/' ||
			  value.p[0] == '.' || value.p[0] == '-'))
		return false;
	/* Names carry numbers at their ends (sha256, v2), random tokens between letters. */
	bool after_letter = false, digits = false;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (stk_is_alpha(c)) {
			if (digits && after_letter)
				return false; /* a digit between letters */
			after_letter = true;
			digits = false;
		} else if (stk_is_digit(c)) {
			digits = true;
		} else if (c && strchr("_.-()[]/:$>,", c)) {
			after_letter = digits = false;
		} else {
			return false;
		}
	}
	return true;
}

bool stk_value_hex(struct stk_str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (stk_hex_digit(value.p[i]) < 0)
			return false;
	return value.n > 0;
}

bool stk_value_uuid_nil(struct stk_str value)
{
	bool same = value.n > 0;
	for (size_t i = 1; i < value.n; i++)
		same &= value.p[i] == value.p[0] || value.p[i] == '-';
	return same || stk_str_starts(value, S("12345678-1234-")) ||
	       stk_str_starts_nocase(value, S("01234567-89ab-cdef-"));
}

bool stk_value_weak(struct stk_str value)
{
	static const char *const defaults[] = {
		"postgres",    "password",     "passwd",
		"pass",	       "root",	       "admin",
		"guest",       "user",	       "secret",
		"test",	       "test123",      "minioadmin",
		"minio",       "changeit",     "changeme",
		"change_me",   "change-me",    "mysql",
		"redis",       "rabbitmq",     "mongo",
		"mongodb",     "mariadb",      "example",
		"docker",      "default",      "dev",
		"development", "demo",	       "demo123",
		"local",       "wordpress",    "drupal",
		"joomla",      "grafana",      "prometheus",
		"elastic",     "kibana",       "neo4j",
		"oracle",      "sa",	       "toor",
		"letmein",     "welcome",      "qwerty",
		"123456",      "1234567",      "12345678",
		"123456789",   "1234567890",   "12345",
		"1234",	       "123",	       "password1",
		"password123", "passw0rd",     "p@ssw0rd",
		"p@ssword",    "admin123",     "root123",
		"rootpass",    "rootpassword", "root_password",
		"mypassword",  "my-secret-pw", "secret123",
		"hunter2",     "abc123",       "nextcloud",
		"keycloak",    "sonar",	       "jenkins",
		"gitea",       "app",	       "db",
		"dbpass",      "dbpassword",   "postgrespassword",
		"supersecret", "tiger",	       "p4ssw0rd",
		"p4ssword",    "pa55word",     "pa55w0rd",
	};
	return among(value, defaults, STK_LEN(defaults));
}

/* Changes between capitals, small letters, digits and others, per character: random text changes at almost every step.
 */
static double transitions(struct stk_str value)
{
	size_t changes = 0;
	int before = -1;
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		int class = stk_is_digit(c) ? 0 : c >= 'A' && c <= 'Z' ? 1 : c >= 'a' && c <= 'z' ? 2 : 3;
		changes += before >= 0 && class != before;
		before = class;
	}
	return value.n ? (double)changes / (double)value.n : 0;
}

bool stk_value_wordy(struct stk_str value)
{
	bool digit = false, letter = false, long_word = false;
	for (size_t i = 0; i < value.n; i++) {
		digit |= stk_is_digit(value.p[i]);
		letter |= stk_is_alpha(value.p[i]);
	}
	if (!digit || !letter)
		return true;
	double covered = (double)stk_words_cover(value, &long_word) / (double)value.n;
	return covered >= 0.6 || (long_word && covered >= 0.35) || transitions(value) < 0.22;
}

bool stk_value_scattered(struct stk_str value)
{
	bool long_word = false;
	for (size_t i = 0; i < value.n; i++)
		if (!stk_is_alnum(value.p[i]))
			return false;
	return value.n >= 10 && transitions(value) >= 0.4 &&
	       (double)stk_words_cover(value, &long_word) < 0.35 * (double)value.n && !long_word;
}

bool stk_value_printable(struct stk_str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return false;
	return true;
}
