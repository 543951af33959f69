/* SPDX-License-Identifier: Apache-2.0 */
/* What is around a value decides: the path, the name, the text it stands in; and what is written in an encoding. */
#include "secret/filter.h"

#include "secret/decode.h"
#include "secret/scan_test.h"
#include "test.h"

CASE(classes_of_paths)
{
	static const struct {
		const char *path;
		unsigned class;
	} t[] = {
		{ "src/app.c", 0 },
		{ "tests/app.c", STK_PATH_TEST | STK_PATH_VENDOR },
		{ "Tests/App.c", STK_PATH_TEST | STK_PATH_VENDOR },
		{ "latest/app.c", 0 }, /* a folder's whole name counts */
		{ "tests", 0 },	       /* and a file is no folder */
		{ "src/test_app.py", STK_PATH_TEST | STK_PATH_VENDOR },
		{ "src/app_test.go", STK_PATH_TEST | STK_PATH_VENDOR },
		{ "src/attest_app.py", 0 },
		{ "usr/lib/python3/dist-packages/x.py", STK_PATH_PACKAGE | STK_PATH_VENDOR },
		{ "package-lock.json", STK_PATH_VENDOR | STK_PATH_FIELDS },
		{ "a/b.min.js", STK_PATH_VENDOR },
		{ "Dockerfile", STK_PATH_DOCKERFILE | STK_PATH_CONFIG },
		{ "build/app.dockerfile", STK_PATH_DOCKERFILE | STK_PATH_CONFIG },
		{ ".env", STK_PATH_CONFIG },
		{ ".env.production", STK_PATH_CONFIG },
		{ "prod.env", STK_PATH_CONFIG },
		{ "docker-compose.yml", STK_PATH_CONFIG | STK_PATH_FIELDS },
		{ "image:env", STK_PATH_CONFIG },
		{ "docs/guide.html", STK_PATH_MANUAL },
		{ "README.md", STK_PATH_MANUAL },
		{ "go/pkg/mod/github.com/x/y@v1.2.3/a.go", STK_PATH_PACKAGE | STK_PATH_VENDOR },
		{ "cache/y/@v/v1.2.3.zip!github.com/x/y@v1.2.3/a.go", STK_PATH_PACKAGE | STK_PATH_VENDOR },
		{ "home/me@vienna/a.go", 0 },
		{ "registry/src/index.crates.io-6f17d22bba15001f/x/a.rs", STK_PATH_PACKAGE | STK_PATH_VENDOR },
		{ "usr/share/doc/x/a.txt", STK_PATH_PACKAGE | STK_PATH_MANUAL | STK_PATH_VENDOR },
		{ "doc/x/a.txt", STK_PATH_MANUAL | STK_PATH_VENDOR },
		{ "x-1.whl!x/a.txt", STK_PATH_PACKAGE | STK_PATH_VENDOR },
		{ "image:history", STK_PATH_DOCKERFILE | STK_PATH_CONFIG },
		{ "app.jar!config.yaml", STK_PATH_FIELDS },
		{ "usr/bin/entrypoint.sh", STK_PATH_FIELDS },
		{ "app.jar!tests/x.txt", STK_PATH_TEST | STK_PATH_VENDOR },
		{ "", 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		unsigned got = stk_secret_path_class(stk_str_from(t[i].path));
		if (got != t[i].class)
			fail_msg("%s is %#x, not %#x", t[i].path, got, t[i].class);
	}
}

CASE(what_is_around_a_value)
{
	static const struct {
		const char *path, *text;
		size_t found;
	} t[] = {
		{ "a.py", "db_password = 'Zk3vT9xLb4Nq'\n", 1 },
		{ "a.py", "db_password = 'changeme'\n", 0 },
		{ "a.py", "db_password = os.environ['DB']\n", 0 },
		{ "a.py", "db_password = '${DB_PASSWORD}'\n", 0 },
		{ "a.py", "db_password = 'xxxxxxxxxxxx'\n", 0 },
		{ "a.sh", "sshpass -p AeGCXaVvxPWq ssh db\n", 1 }, /* letters alone, but no name */
		{ "a.sh", "sshpass -p loadPasswordFromVault ssh db\n", 0 },
		{ "a.py", "db_password = 'fcsWK+mLRG4H(UjSW'\n", 1 }, /* no call */
		{ ".env", "DB_PASSWORD=So2mer24\n", 1 },	      /* short, yet as mixed as eight characters are */
		{ ".env", "DB_PASSWORD=aabbaabb\n", 0 },
		{ "a.txt", "Authorization: Bearer Zk3vT9xLb4Nq7Wm2c8Rf5Yh1...\n", 0 }, /* cut off */
		/* Four letters by chance, and as a word. */
		{ "a.txt",
		  "csk-yoec3zxci43c9e0v6t12dhe27d6vhm9qe6ol92tb"
		  "fakesgj0\n",
		  1 },
		{ "a.txt",
		  "csk-yoec3zxci43c9e0v6t12dhe27d6vhm9qe6ol9"
		  "2fakekey0q2\n",
		  0 },
		/* The n of an escape is not the token's first letter. */
		{ "a.json",
		  "{\"a\": \"one\\nAKIACG5HK5RKI5PCIN"
		  "EK\\ntwo\"}\n",
		  1 },
		{ "a.log",
		  "{\"log\": \"\\u001b[32mAKIACG5HK5RKI5PCIN"
		  "EK\\u001b[0m\"}\n",
		  1 },
		{ "a.log",
		  "\x1b[1;32mAKIACG5HK5RKI5PCIN"
		  "EK\x1b[0m\n",
		  1 },
		{ "a.py", "db_password = get_password_from_vault()\n", 0 },
		{ "a.py", "password_hash = 'Zk3vT9xLb4Nq7Wm2'\n", 0 }, /* the name is about something else */
		{ "a.py", "public_key = 'Zk3vT9xLb4Nq7Wm2c8Rf5Yh1'\n", 0 },
		{ "a.py", "password_field = 'Zk3vT9xLb4Nq'\n", 0 },
		{ ".env", "POSTGRES_PASSWORD=postgres\n", 1 }, /* a default that is live */
		{ "a.py", "POSTGRES_PASSWORD = 'postgres'\n", 0 },
		{ "a.txt", "https://bob:Zk3vT9xLb4@db.internal.corp/x\n", 1 },
		{ "a.txt", "https://bob:Zk3vT9xLb4@db.example.com/x\n", 0 },
		{ "a.txt", "https://bob:bob@db.internal.corp/x\n", 0 },
		{ "a.txt", "https://bob:${PW}@db.internal.corp/x\n", 0 },
		{ "a.txt",
		  "AKIACG5HK5RKI5PCIN"
		  "EK",
		  1 },
		{ "a.txt",
		  "xAKIACG5HK5RKI5PCIN"
		  "EK",
		  0 }, /* inside a word */
		{ "a.txt",
		  "AKIACG5HK5RKI5PCIN"
		  "EKab",
		  0 },
		{ "a.txt",
		  "AKIAIOSFODNN7"
		  "EXAMPLE",
		  0 }, /* AWS' own sample */
		/* Masked, and a placeholder behind a token's prefix. */
		{ ".env", "API_TOKEN=dop_v1_3623...5d8f\n", 0 },
		{ ".env",
		  "API_TOKEN=dop_v1_3623\xe2\x80\xa6"
		  "5d8f\n",
		  0 },
		{ ".env", "API_TOKEN=sq0csp-<your-token-here>\n", 0 },
		{ ".env", "API_TOKEN=Zk3vT9xLb4Nq<br>\n", 1 },
		{ "a.py", "url = 'redis://[[username]:[password]]@cache:6379/0'\n", 0 },
		{ "a.js", "db_password = \"C:\\\\secrets\\\\token1.txt\"\n", 0 },
		{ "a.yaml", "client-secret: C:\\secrets\\token1.txt\n", 0 },
		/* A minifier's statements are no connection string, a connection string is one. */
		{ "a.js", "s.host=r.host;s.password=r.password,s.host=r.host,s.port=r.port\n", 0 },
		{ "a.ini", "Server=db;User ID=svc;Password=r.Zk3vT9,x=Lb4Nq\n", 1 },
		{ "a.js", "// Authorization: Bearer PRIMARY_ACCOUNT_JWT\n", 0 },
		{ "a.js", "// Authorization: Bearer Zk3vT9xLb4Nq7Wm2c8Rf5Yh1\n", 1 },
		{ "settings.xml", "<password>repopwd</password>\n", 0 }, /* Maven's own sample */
		{ "a.tm", "http://jschmoe:xyzzy@www.bogus.net:8000/\n", 0 },
		/* A table of letters in a program. */
		{ "a.bin",
		  "\1AAAAAAAAAAAAAAAAAAAAABBBCCDDEEEEEFFFFFFFFFFFGGGGGGGGHHHHIIIIIIIIJJJKKLLLLLLLLMNNNNNNNN"
		  "OOOOOOOOPPQRRRRRRSSSSSSSTTTTUUUUUU\n",
		  0 },
		/* Nothing in it but comments and assignments that were looked at one by one. */
		{ ".env",
		  "\xef\xbb\xbf"
		  "API_TOKEN=changeme\n",
		  0 },
		{ ".env", "# API_TOKEN=changeme\n", 0 },
		{ ".env", "some words\n", 1 },
		/* A default is a value; one made of another variable is none. */
		{ "compose.yaml", "      DB_PASSWORD: ${DB_PASSWORD:-Zk3vT9xLb4NqWw}\n", 1 },
		{ "compose.yaml", "      DB_PASSWORD: ${DB_PASSWORD:-${OTHER}}\n", 0 },
		{ "compose.yaml", "      DB_PASSWORD: ${DB_PASSWORD:?is not set, see Zk3vT9xLb4}\n", 0 },
		{ "entrypoint.sh", ": ${DB_PASSWORD:=Zk3vT9xLb4NqWw}\n", 1 },
		{ "main.tf", "variable \"db_password\" {\n  type = string\n  default = \"Zk3vT9xLb4NqWw\"\n}\n", 1 },
		{ "main.tf",
		  "variable \"db_password\" {\n  type = string\n}\nlocals { default = \"Zk3vT9xLb4NqWw\" }\n", 0 },
		{ "main.tf", "variable \"db_password\" { default = var.x }\nvariable", 0 },
		{ "core-site.xml", "<name>fs.s3a.secret.key</name>\n<value>Zk3vT9xLb4NqWw2mC8Rf5Yh1</value>\n", 1 },
		/* Arguments, as a shell and as JSON writes them; a secret mount's are none. */
		{ "Dockerfile", "CMD [\"app\", \"--api-token\", \"Zk3vT9xLb4NqWw\"]\n", 1 },
		{ "Dockerfile", "RUN tool --access-key Zk3vT9xLb4NqWw x\n", 1 },
		{ "Dockerfile", "RUN tool --api-token \"$TOKEN\" --secret id=npmrc,src=.npmrc --token-file /t1 x\n",
		  0 },
		{ "Dockerfile", "RUN --mount=type=secret,id=token2 tool --token /run/secrets/token2\n", 0 },
		{ "initdb/a.sql", "CREATE USER app WITH LOGIN PASSWORD 'Zk3vT9xLb4Nq';\n", 1 },
		{ "initdb/a.sql", "create user 'app'@'%' identified by 'Zk3vT9xLb4Nq';\n", 1 },
		{ "initdb/a.sql", "CREATE USER app PASSWORD 'changeme'; ALTER USER a PASSWORD NULL;\n", 0 },
		{ "k8s.yaml", "- name: VONAGE_SECRET\n  value: nqbbLxXEVTvtWfQJ\n", 1 },
		{ "root/.bash_history", "cd /srv\nexport DB_PASSWORD=Zk3vT9xLb4NqWw\n", 1 },
		{ "root/.docker/config.json",
		  "{\"auths\": {\"r.io\": {\"username\": \"u\", \"password\": \"Zk3vT9xLb4\"}}}", 1 },
	};
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (test_secrets_scan(&s, t[i].path, stk_str_from(t[i].text)) != t[i].found)
			fail_msg("%s: %sgives " STK_FMT, t[i].path, t[i].text, STK_ARG(test_secrets_found(&s)));
	test_secrets_close(&s);
}

CASE(a_finding_that_is_not_shown_does_not_hide_what_the_name_says)
{
	struct stk_secret_options options = { .least = STK_CONFIDENCE_MEDIUM };
	struct test_secrets s;
	test_secrets_open(&s, &options);
	/* What an image runs is no guess any more. */
	test_secrets_scan(&s, "image:cmd", S("mysql -h db -pZk3vT9xLb4Nq\n"));
	assert_str(test_secrets_found(&s), "cli-password-argument@image:cmd:1");
	test_secrets_scan(&s, "root/.psql_history", S("mysql -h db -pZk3vT9xLb4Nq\n"));
	assert_str(test_secrets_found(&s), "shell-history-file@root/.psql_history:0");
	test_secrets_close(&s);
}

CASE(a_program_holds_urls_with_passwords_and_tokens)
{
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	test_secrets_scan(&s, "usr/bin/app",
			  S("\x7f"
			    "ELF\0\0postgres://svc:Zk3vT9xLb4Nq@db.internal/app\0\0pass --db-password=Zk3vT9xLb4Nq\0"));
	assert_str(test_secrets_found(&s), "postgres-url@usr/bin/app:1");
	test_secrets_close(&s);
}

CASE(confidence_by_place)
{
	static const struct {
		const char *path;
		enum stk_confidence want;
	} t[] = {
		{ "src/a.txt", STK_CONFIDENCE_HIGH },
		{ "tests/a.txt", STK_CONFIDENCE_MEDIUM },
		{ "usr/lib/python3/dist-packages/tests/a.txt", STK_CONFIDENCE_LOW },
	};
	struct test_secrets s;
	test_secrets_open(&s, NULL);
	for (size_t i = 0; i < STK_LEN(t); i++) {
		assert_int_equal(test_secrets_scan(&s, t[i].path, stk_arena_printf(&s.arena, "%s%s\n", TEST_AWS)), 1);
		if (s.scan->found.v[0].confidence != t[i].want)
			fail_msg("%s: %s", t[i].path, stk_confidence_name(s.scan->found.v[0].confidence));
	}
	test_secrets_close(&s);
	struct stk_secret_options options = { .least = STK_CONFIDENCE_HIGH };
	test_secrets_open(&s, &options);
	assert_int_equal(test_secrets_scan(&s, "tests/a.txt", stk_arena_printf(&s.arena, "%s%s\n", TEST_AWS)), 0);
	assert_int_equal(s.scan->weaker, 1); /* counted, not kept */
	test_secrets_close(&s);
}

static void check_decoded(const char *text, const char *how, const char *want)
{
	STK_ARENA arena = { 0 };
	struct stk_derived out;
	stk_decode(&arena, stk_str_from(text), &out);
	const struct stk_segment *first = out.segments.n ? &out.segments.v[0] : NULL;
	struct stk_str got = first ? stk_str_slice(stk_buf_str(&out.text), first->at, first->at + first->n) : S("");
	if (!stk_str_is(got, want) || (first && strcmp(first->how, how) != 0))
		fail_msg("%s gives %s " STK_FMT, text, first ? first->how : "nothing", STK_ARG(got));
	if (first)
		assert_ptr_equal(stk_derived_at(&out, first->at), first);
	assert_null(stk_derived_at(&out, out.text.n + 5));
	stk_buf_free(&out.text);
}

CASE(encodings)
{
	static const struct {
		const char *text, *how, *want;
	} t[] = {
		{ "x = dGhlIHF1aWNrIGJyb3duIGZveA==", "base64", "the quick brown fox" },
		{ "x = dGhlIHF1aWNrIGJyb3duIGZveA", "base64", "the quick brown fox" },
		{ "\"dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZyBh\nbmQgcnVucw==\"", "base64",
		  "the quick brown fox jumps over the lazy dog and runs" }, /* wrapped */
		{ "dGhlIHF1aWNr", "base64", "" },			    /* too short */
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF", "base64", "" },	    /* decodes to nothing readable */
		{ "74686520717569636b2062726f776e20666f78", "hex", "the quick brown fox" },
		{ "74686520717569636b2062726f776e20666f7", "hex", "" },
		{ "%74%68%65 quick", "percent", "" }, /* too little */
		{ "%74%68%65%20quick%20brown", "percent", "the quick brown" },
		{ "\\u0074\\u0068\\x65quickbrown", "escapes", "thequickbrown" },
		{ "100%zz%qq%%%", "percent", "" },
		{ "\\u00", "escapes", "" },
		{ "", "", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		check_decoded(t[i].text, t[i].how, t[i].want);
}

CASE(utf16_is_told_and_read)
{
	static const struct {
		struct stk_str start;
		char want;
	} t[] = {
		{ S("\xff\xfe"
		    "a\0"),
		  'l' },
		{ S("\xfe\xff\0a"), 'b' },
		{ S("a\0b\0c\0d\0e\0f\0g\0h\0"), 'l' },
		{ S("\0a\0b\0c\0d\0e\0f\0g\0h"), 'b' },
		{ S("a\0b\0"), 0 },
		{ S("plain text, nothing else"), 0 },
		{ S(""), 0 },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_decode_is_utf16(t[i].start) != t[i].want)
			fail_msg("row %zu", i);
	STK_ARENA arena = { 0 };
	struct stk_derived out;
	stk_decode_utf16(&arena, S("\0k\0=\0\xe9\x20\xac\0v\0"), 'b', &out);
	assert_str(stk_buf_str(&out.text), "k=\x7f\x7f"
					   "v");
	stk_buf_free(&out.text);
}

CASE(fields_and_dockerfile_lines_become_assignments)
{
	static const struct {
		bool dockerfile;
		const char *text, *want;
	} t[] = {
		{ true, "ENV A=b C=\"d e\"\n", "A=\"b\"\nC=\"d e\"\n" },
		{ true, "env A b c\n", "A=\"b c\"\n" },
		{ true, "ARG X\nARG Y=1\nLABEL z='2'\n", "Y=\"1\"\nz=\"2\"\n" },
		{ true, "ENV A=b \\\n  C=d\nRUN E=f\n", "A=\"b\"\nC=\"d\"\n" },
		{ true, "ENV\nENV =x\n", "" },
		{ false, "- name: DB_PW\n  value: Zk3vT9xLb4\n", "DB_PW=\"Zk3vT9xLb4\"\n" },
		{ false, "{\"name\": \"DB_PW\", \"value\": \"Zk3vT9xLb4\"}", "DB_PW=\"Zk3vT9xLb4\"\n" },
		{ false, "<add key=\"DbPw\" value=\"Zk3vT9xLb4\"/>", "DbPw=\"Zk3vT9xLb4\"\n" },
		{ false, "<name>fs.s3a.secret.key</name>\n<value>Zk3vT9xLb4</value>",
		  "fs.s3a.secret.key=\"Zk3vT9xLb4\"\n" },
		{ false, "<property name=\"DbPw\">\n  <value>Zk3vT9xLb4</value>", "DbPw=\"Zk3vT9xLb4\"\n" },
		{ false, "name: a\nvalue: short\n", "" },
		{ false, "value: Zk3vT9xLb4\n", "" }, /* nameless */
		{ false, "evaluate: Zk3vT9xLb4\n", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_derived out;
		(t[i].dockerfile ? stk_decode_dockerfile : stk_decode_pairs)(&arena, stk_str_from(t[i].text), &out);
		if (!stk_str_is(stk_buf_str(&out.text), t[i].want))
			fail_msg("%s gives " STK_FMT, t[i].text, STK_ARG(stk_buf_str(&out.text)));
		stk_buf_free(&out.text);
	}
}
