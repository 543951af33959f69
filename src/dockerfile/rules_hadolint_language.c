/* SPDX-License-Identifier: Apache-2.0 */
/* Package managers of languages: pip, npm, gem, yarn, go. */
#include "dockerfile/rules_hadolint.h"

#include <string.h>

#include "base/banned.h"

/* ---- pip: DL3013, DL3042 ---- */

/* Where "install" stands among the arguments, or NULL: "pip install", "python -m pip install". */
static const struct stk_shell_word *pip_install(const struct stk_run_command *command)
{
	if (stk_str_starts(command->name, S("pip")) && !stk_str_starts(command->name, S("pipenv")))
		return stk_command_argument(command, "install");
	if (!stk_str_starts(command->name, S("python")))
		return NULL;
	for (size_t i = 0; i + 2 < command->n_arguments; i++)
		if (stk_str_is(command->arguments[i]->text, "-m") &&
		    stk_str_is(command->arguments[i + 1]->text, "pip") &&
		    stk_str_is(command->arguments[i + 2]->text, "install"))
			return command->arguments[i + 2];
	return NULL;
}

static bool starts_with_scheme(struct stk_str text, struct stk_str prefix, const char *schemes)
{
	if (!stk_str_starts(text, prefix))
		return false;
	for (struct stk_str rest = stk_str_from(schemes), scheme; (scheme = stk_str_cut_word(&rest)).n;)
		if (stk_str_starts(stk_str_slice(text, prefix.n, text.n), scheme))
			return true;
	return false;
}

static bool is_repository(struct stk_str text, bool hadolint)
{
	if (stk_str_starts(text, hadolint ? S("git") : S("git+")) ||
	    stk_str_starts(text, hadolint ? S("svn") : S("svn+")))
		return true;
	return starts_with_scheme(text, S("hg+"), "file http https ssh static-http") ||
	       starts_with_scheme(text, S("bzr+"), "http https ssh sftp ftp lp");
}

static bool is_pip_pinned(struct stk_str package, bool hadolint)
{
	static const char *const signs[] = { "==", ">=", "<=", ">", "<", "!=", "~=" };
	for (size_t i = 0; i < STK_LEN(signs); i++)
		if (stk_str_contains(package, stk_str_from(signs[i])))
			return true;
	if (is_repository(package, hadolint) && stk_str_find_byte(package, '@') != SIZE_MAX)
		return true;
	if (stk_str_ends(package, S(".whl")) || stk_str_ends(package, S(".tar.gz")))
		return true;
	return !is_repository(package, hadolint) && stk_str_find_byte(package, '/') != SIZE_MAX;
}

#define PIP_VALUED                                                                                                              \
	"abi b build e editable extra-index-url f find-links i index-url implementation no-binary only-binary platform prefix " \
	"progress-bar proxy python python-version root root-user-action src t target trusted-host upgrade-strategy"

static void check_pip_command(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			      const struct stk_run *run, const struct stk_run_command *command)
{
	bool hadolint = stk_like_hadolint(context), behind = false;
	/* The versions are in the file that is named. */
	if (stk_command_argument(command, "--requirement -r .") || stk_command_flag(command, "constraint c"))
		return;
	if (!hadolint && (stk_command_flag(command, "requirement r group") || stk_command_argument(command, "./")))
		return;
	struct stk_arguments plain = stk_command_plain(context->arena, command, PIP_VALUED);
	for (size_t i = 0; i < plain.n; i++) {
		struct stk_str text = plain.v[i]->text;
		/* An `install` right behind `install` is passed over too; further back it names a package. */
		if (stk_str_is(text, "install") && (!behind || stk_str_is(plain.v[i - 1]->text, "install"))) {
			behind = true;
			continue;
		}
		if (!behind || is_pip_pinned(text, hadolint) || (!hadolint && stk_str_starts(text, S("${"))))
			continue;
		stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
				       "the version of the package " STK_FMT " is not pinned", STK_ARG(text));
		return;
	}
}

static void check_pip_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (pip_install(command))
		check_pip_command(context, rule, run, command);
}

static const char truthy[] = "1 true True TRUE on On ON yes Yes YES";

/* Hadolint looks at the first occurrence in the text; a true value in front is enough. */
static bool text_switches_cache_off(struct stk_str text)
{
	size_t at = stk_str_find(text, S("PIP_NO_CACHE_DIR="));
	if (at == SIZE_MAX)
		return false;
	struct stk_str value = stk_str_slice(text, at + 17, text.n);
	for (struct stk_str rest = stk_str_from(truthy), word; (word = stk_str_cut_word(&rest)).n;)
		if (stk_str_starts(value, word))
			return true;
	return false;
}

static bool env_switches_cache_off(const struct stk_instruction *at)
{
	for (size_t i = 0; at->keyword == STK_ENV && i < at->pairs.n; i++)
		if (stk_str_is(at->pairs.v[i].key.value, "PIP_NO_CACHE_DIR") &&
		    stk_is_one_of(at->pairs.v[i].value.value, truthy))
			return true;
	return false;
}

/* pipx and pipenv keep caches of their own. */
static bool is_pip_wrapper(const struct stk_run_command *command)
{
	if (stk_str_contains(command->name, S("pipx")) || stk_str_contains(command->name, S("pipenv")))
		return true;
	for (size_t i = 0; stk_str_starts(command->name, S("python")) && i + 1 < command->n_arguments; i++)
		if (stk_str_is(command->arguments[i]->text, "-m") &&
		    stk_is_one_of(command->arguments[i + 1]->text, "pipx pipenv"))
			return true;
	return false;
}

static void check_pip_run(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			  const struct stk_run *run)
{
	bool hadolint = stk_like_hadolint(context);
	for (size_t i = 0; i < run->scripts.n; i++)
		if (text_switches_cache_off(run->scripts.v[i]->shell->text))
			return;
	if (stk_run_has_cache(run, ".cache/pip") || (!hadolint && stk_run_has_cache(run, "/root/.cache")))
		return;
	EACH_COMMAND(command, run)
	{
		const struct stk_shell_word *install = pip_install(command);
		if (!install || stk_command_argument(command, "--no-cache-dir") || is_pip_wrapper(command))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, install),
					       "pip keeps its downloads in the layer: give --no-cache-dir");
		stk_fix_insert_behind(context, finding, command, install, true, " --no-cache-dir");
	}
}

/* The state is kept under the stage's name, as Hadolint does, so that a FROM of it inherits. */
static void check_pip_cache(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	struct stk_map off = { 0 };
	struct stk_str stage = S("");
	size_t next = 0;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_FROM) {
			struct stk_hadolint_image image = stk_hadolint_from(context->file, at->stage);
			stage = stk_hadolint_stage_name(&image);
			if (stk_map_get(&off, image.name))
				*stk_map_at(&off, context->arena, stage) = at;
		} else if (env_switches_cache_off(at)) {
			*stk_map_at(&off, context->arena, stage) = at;
		} else if (at->keyword == STK_RUN) {
			const struct stk_run *run = &runs->v[next++];
			if (!stk_map_get(&off, stage))
				check_pip_run(context, rule, run);
		}
	}
	for (; next < runs->n; next++)
		check_pip_run(context, rule, &runs->v[next]);
}

/* ---- npm: DL3016 ---- */

static bool is_npm_git(struct stk_str package)
{
	return stk_str_starts(package, S("git://")) || stk_str_starts(package, S("git+ssh://")) ||
	       stk_str_starts(package, S("git+http://")) || stk_str_starts(package, S("git+https://"));
}

static bool is_npm_pinned(struct stk_str package)
{
	if (is_npm_git(package))
		return stk_str_find_byte(package, '#') != SIZE_MAX;
	static const char *const endings[] = { ".tar", ".tar.gz", ".tgz" }, *const beginnings[] = { "/", "./", "../",
												    "~/" };
	for (size_t i = 0; i < STK_LEN(endings); i++)
		if (stk_str_ends(package, stk_str_from(endings[i])))
			return true;
	for (size_t i = 0; i < STK_LEN(beginnings); i++)
		if (stk_str_starts(package, stk_str_from(beginnings[i])))
			return true;
	size_t scope = 0; /* "@scope/name@1": bytes above "/" in front are the scope's */
	while (package.n && package.p[0] == '@' && scope < package.n && package.p[scope] > '/')
		scope++;
	return stk_str_find_byte(stk_str_slice(package, scope, package.n), '@') != SIZE_MAX;
}

static void check_npm_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "npm") ||
		    !stk_command_argument(command, hadolint ? "install" : "install i add"))
			continue;
		struct stk_arguments plain = stk_command_plain(context->arena, command, "loglevel registry");
		if (!plain.n || !stk_is_one_of(plain.v[0]->text, hadolint ? "install" : "install i add"))
			continue;
		for (size_t i = 1; i < plain.n; i++) {
			struct stk_str text = plain.v[i]->text;
			if (is_npm_pinned(text) ||
			    (!hadolint && (stk_str_starts(text, S("${")) || stk_str_is(text, "."))))
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
					       "the version of the package " STK_FMT " is not pinned", STK_ARG(text));
			/* One finding for the command: the others of its packages are mended in
			   the same line. */
			break;
		}
	}
}

/* ---- gem: DL3028 ---- */

static bool gem_version_is_given(const struct stk_run_command *command)
{
	for (size_t i = 0; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		if (stk_is_one_of(text, "-v --version") || stk_str_starts(text, S("--version=")))
			return true;
	}
	return false;
}

/* Switches of "gem install" that take no value; to Hadolint all take one. */
static bool gem_flag_takes_value(struct stk_str flag, bool hadolint)
{
	return hadolint ||
	       (stk_str_find_byte(flag, '=') == SIZE_MAX &&
		!stk_is_one_of(
			flag,
			"--no-document --no-doc --no-rdoc --no-ri --force -f --user-install --no-user-install --local -l -r "
			"--remote -b --both --conservative --minimal-deps --development --development-all --quiet -q --silent "
			"--verbose -V --backtrace --norc --prerelease --pre -w --wrappers -N -E --env-shebang --post-install-message "
			"--default --ignore-dependencies --explain --lock --no-lock --suggestions --no-suggestions -y"));
}

static void check_gem_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "gem") || !stk_command_argument(command, "install i") ||
		    gem_version_is_given(command))
			continue;
		for (size_t i = 0; i < command->n_arguments; i++) {
			const struct stk_shell_word *word = command->arguments[i];
			/* What follows goes to the build of the extension. */
			if (stk_str_is(word->text, "--"))
				break;
			if (stk_str_starts(word->text, S("-"))) {
				i += gem_flag_takes_value(word->text, hadolint);
				continue;
			}
			bool local = !hadolint &&
				     (stk_str_ends(word->text, S(".gem")) || stk_str_starts(word->text, S("${")));
			if (stk_is_one_of(word->text, "install i") || stk_str_find_byte(word->text, ':') != SIZE_MAX ||
			    local)
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, word),
					       "the version of the gem " STK_FMT " is not pinned", STK_ARG(word->text));
			break;
		}
	}
}

/* ---- yarn: DL3060 ---- */

static const struct stk_run_command *first_yarn(const struct stk_run *run, const char *arguments)
{
	EACH_COMMAND(command, run)
	if (stk_command_is(command, "yarn") && stk_command_argument(command, arguments))
		return command;
	return NULL;
}

static void check_yarn_cache(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	{
		const struct stk_run_command *install = first_yarn(run, "install"),
					     *clean = first_yarn(run, "cache clean");
		if (!install || !stk_stage_is_kept(context, run->stage))
			continue;
		if (clean ? clean > install : stk_run_has_cache(run, ".cache/yarn"))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, run->instruction, stk_word_span(install, install->word),
			"yarn's cache stays in the layer: end the RUN with \"yarn cache clean\"");
		stk_fix_append_command(context, finding, run, true, "yarn cache clean");
	}
}

/* ---- go: DL3062 ---- */

static bool is_go_pinned(struct stk_str package, bool hadolint)
{
	if (stk_str_starts(package, S("/")) || stk_str_starts(package, S(".")))
		return true;
	if (!hadolint && (stk_str_ends(package, S(".go")) || stk_str_starts(package, S("${"))))
		return true;
	return stk_str_find_byte(package, '@') != SIZE_MAX && !stk_str_ends(package, S("@latest")) &&
	       !stk_str_ends(package, S("@none"));
}

/* "go run" and its packages: of the first two plain arguments those that are no "run". */
static bool check_go_command(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			     const struct stk_run *run, const struct stk_run_command *command, bool runs, bool *yields)
{
	bool hadolint = stk_like_hadolint(context);
	struct stk_arguments plain = stk_command_plain(context->arena, command,
						       hadolint ? "" : "C mod modfile overlay p tags ldflags gcflags");
	for (size_t i = 0; i < plain.n && (!runs || i < 2); i++) {
		struct stk_str text = plain.v[i]->text;
		if (stk_is_one_of(text, runs ? "run" : "install get tool"))
			continue;
		*yields = true;
		if (is_go_pinned(text, hadolint))
			continue;
		stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
				       "the version of the package " STK_FMT " is not pinned", STK_ARG(text));
		return true;
	}
	return false;
}

static void check_go_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	{
		bool yields = false;
		EACH_COMMAND(command, run)
		if (stk_command_is(command, "go") && stk_command_argument(command, "run"))
			check_go_command(context, rule, run, command, true, &yields);
		if (yields && stk_like_hadolint(context))
			continue;
		EACH_COMMAND(command, run)
		if (stk_command_is(command, "go") && stk_command_argument(command, "install get"))
			check_go_command(context, rule, run, command, false, &yields);
	}
}

#define PIN_WHY                                                                                                        \
	"The same Dockerfile builds another image tomorrow, and a release that somebody took over gets in without a change of yours."

static const struct stk_rule rows[] = {
	{ .id = "DL3013",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "pip installs a package without a pinned version",
	  .why = PIN_WHY,
	  .remedy = "Write package==version, or install from a requirements file with hashes.",
	  .bad = "RUN pip install flask",
	  .good = "RUN pip install flask==3.0.3",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3013",
	  .check = check_pip_pins },
	{ .id = "DL3016",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "npm installs a package without a pinned version",
	  .why = PIN_WHY,
	  .remedy = "Write package@version, or use npm ci with a lock file.",
	  .bad = "RUN npm install -g typescript",
	  .good = "RUN npm install -g typescript@5.4.5",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3016",
	  .programs = "npm",
	  .check = check_npm_pins },
	{ .id = "DL3028",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "gem installs a package without a pinned version",
	  .why = PIN_WHY,
	  .remedy = "Write name:version, or use bundle install with a lock file.",
	  .bad = "RUN gem install bundler",
	  .good = "RUN gem install bundler:2.5.9",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3028",
	  .programs = "gem",
	  .check = check_gem_pins },
	{ .id = "DL3042",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "pip keeps its cache",
	  .why = "Downloaded wheels stay under ~/.cache/pip in the layer; nothing reads them again.",
	  .remedy = "Give --no-cache-dir, set ENV PIP_NO_CACHE_DIR=1, or mount a cache on /root/.cache/pip.",
	  .fix = "--fix adds --no-cache-dir",
	  .bad = "RUN pip install flask==3.0.3",
	  .good = "RUN pip install --no-cache-dir flask==3.0.3",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3042",
	  .check = check_pip_cache },
	{ .id = "DL3060",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "yarn keeps its cache",
	  .why = "yarn stores every package a second time in its cache, and the layer keeps it.",
	  .remedy = "End the same RUN with \"yarn cache clean\", or mount a cache on ~/.cache/yarn.",
	  .fix = "--fix cleans the cache at the end of the RUN",
	  .bad = "RUN yarn install",
	  .good = "RUN yarn install && yarn cache clean",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3060",
	  .programs = "yarn",
	  .check = check_yarn_cache },
	{ .id = "DL3062",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "go fetches a package without a pinned version",
	  .why = PIN_WHY,
	  .remedy = "Write package@version.",
	  .bad = "RUN go install example.com/tool@latest",
	  .good = "RUN go install example.com/tool@v1.2.3",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3062",
	  .programs = "go",
	  .check = check_go_pins },
};

const struct stk_rule_table stk_hadolint_language_rules = { "dockerfile", rows, STK_LEN(rows) };
