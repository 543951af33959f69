/* SPDX-License-Identifier: Apache-2.0 */
/* yum, dnf, microdnf, zypper. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"

#include <string.h>

#include "base/banned.h"

/* ---- caches that stay: DL3032, DL3036, DL3040 ---- */

/* A package manager whose cache has to be cleaned in the RUN that fills it. */
struct cleaning {
	const char *program;
	const char *installs;				 /* arguments that fill the cache */
	const char *cleans;				 /* arguments that empty it */
	const char *hadolint_installs, *hadolint_cleans; /* the same as Hadolint sees it */
	const char *rm_arguments;			 /* for Hadolint: an rm with one of them cleans too */
	const char *folder;				 /* by default an rm of something in here cleans */
	const char *mounts[2];				 /* a cache mounted here is not in the layer */
	const char *command;				 /* what to append */
};

#define DNF_INSTALLS "install in upgrade up upgrade-minimal up-min reinstall rei"

static const struct cleaning cleanings[] = {
	{ "yum",
	  "install groupinstall localinstall reinstall",
	  "all",
	  "install",
	  "clean all",
	  "-rf /var/cache/yum/*",
	  "/var/cache/",
	  { "/var/cache/yum", NULL },
	  "yum clean all" },
	{ "zypper",
	  "install in remove rm source-install si patch",
	  "clean cc",
	  "install in",
	  "clean cc",
	  "",
	  "/var/cache/zypp",
	  { "/var/cache/zypp", NULL },
	  "zypper clean --all" },
	{ "dnf",
	  DNF_INSTALLS,
	  "all",
	  DNF_INSTALLS,
	  "clean all",
	  "-rf /var/cache/libdnf5*",
	  "/var/cache/",
	  { "/var/cache/libdnf5", ".cache/libdnf5" },
	  "dnf clean all" },
	{ "microdnf",
	  DNF_INSTALLS,
	  "all",
	  DNF_INSTALLS,
	  "clean all",
	  "-rf /var/cache/libdnf5*",
	  "/var/cache/",
	  { "/var/cache/libdnf5", ".cache/libdnf5" },
	  "microdnf clean all" },
};

/* Hadolint compares the first of each only. */
static const struct stk_run_command *uncleaned_for_hadolint(const struct stk_run *run, const struct cleaning *how)
{
	const struct stk_run_command *install = NULL, *clean = NULL;
	EACH_COMMAND(command, run)
	{
		if (!install && stk_command_is(command, how->program) &&
		    stk_command_argument(command, how->hadolint_installs))
			install = command;
		bool cleans = (stk_command_is(command, how->program) &&
			       stk_command_argument(command, how->hadolint_cleans)) ||
			      (stk_command_is(command, "rm") && stk_command_argument(command, how->rm_arguments));
		if (!clean && cleans)
			clean = command;
	}
	/* Commands of a run stand in one array, so the earlier one has the lower address. */
	return clean && install < clean ? NULL : install;
}

static bool removes_folder(const struct stk_run_command *command, const char *folder)
{
	for (size_t i = 0; stk_command_is(command, "rm") && i < command->n_arguments; i++)
		if (stk_str_starts(command->arguments[i]->text, stk_str_from(folder)))
			return true;
	return false;
}

/* The last command that fills the cache and that no later one cleans. */
static const struct stk_run_command *uncleaned(const struct stk_run *run, const struct cleaning *how)
{
	const struct stk_run_command *last = NULL;
	EACH_COMMAND(command, run)
	{
		bool own = stk_command_is(command, how->program);
		if (own && stk_command_argument(command, how->installs))
			last = command;
		else if (own ? stk_command_argument(command, how->cleans) != NULL
			     : removes_folder(command, how->folder))
			last = NULL;
	}
	return last;
}

static bool cache_is_mounted(const struct stk_run *run, const struct cleaning *how, bool hadolint)
{
	for (size_t i = 0; i < STK_LEN(how->mounts) && how->mounts[i]; i++)
		if ((!hadolint || strcmp(how->program, "yum") != 0) && stk_run_has_cache(run, how->mounts[i]))
			return true;
	return !hadolint && (stk_run_has_cache(run, "/var/cache/dnf") || stk_run_has_cache(run, "/var/cache/yum"));
}

/* argument: the first row of `cleanings`, and how many there are times 16. */
static void check_cleaning(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	const struct cleaning *first = &cleanings[rule->argument & 15], *end = first + (rule->argument >> 4);
	EACH_RUN(run, context)
	for (const struct cleaning *how = first; how < end; how++) {
		const struct stk_run_command *command =
			hadolint ? uncleaned_for_hadolint(run, how) : uncleaned(run, how);
		if (!command || cache_is_mounted(run, how, hadolint))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, run->instruction, stk_word_span(command, command->word),
			"the cache of %s stays in the layer: end the RUN with \"%s\"", how->program, how->command);
		stk_fix_append_command(context, finding, run, true, how->command);
	}
}

/* ---- switches that keep the build from asking: DL3030, DL3034, DL3038 ---- */

static void find_question(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			  const struct stk_run *run, const struct stk_run_command *command,
			  const struct stk_shell_word *behind, const char *text)
{
	struct stk_finding *finding = stk_dockerfile_find_at(
		context, rule, run->instruction, stk_word_span(command, behind),
		STK_FMT " asks a question that nobody answers: give%s", STK_ARG(command->name), text);
	stk_fix_insert_behind(context, finding, command, behind, true, text);
}

static void check_yes(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const char *programs = rule->argument ? "dnf microdnf" : "yum";
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		const struct stk_shell_word *install =
			stk_command_argument(command, "install groupinstall localinstall");
		if (stk_command_is_any(command, programs) && install && !stk_command_flag(command, "y assumeyes"))
			find_question(context, rule, run, command, install, " -y");
	}
}

static void check_zypper_question(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	if (stk_command_is(command, "zypper") &&
	    stk_command_argument(command, "install in remove rm source-install si patch") &&
	    !stk_command_flag(command, "non-interactive n no-confirm y"))
		find_question(context, rule, run, command, command->word, " --non-interactive");
}

static void fix_upgrade(struct stk_dockerfile_context *context, struct stk_finding *finding,
			const struct stk_run_command *command, const struct stk_shell_word *word)
{
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_replace_argument(&repair, command, word, S("update"));
	stk_repair_offer(&repair, finding, false, "write update, which keeps to the release");
}

static void check_zypper_upgrade(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		const struct stk_shell_word *upgrade = stk_command_argument(command, "dist-upgrade dup");
		if (stk_command_is(command, "zypper") && upgrade)
			fix_upgrade(
				context,
				stk_dockerfile_find_at(
					context, rule, run->instruction, stk_word_span(command, upgrade),
					"a build should not upgrade the whole distribution: take a newer base image"),
				command, upgrade);
	}
}

/* ---- pins: DL3033, DL3037, DL3041 ---- */

/* Names that stand for a version at a place of the file, as Hadolint sees them: the stage's ENVs, and ARGs above. */
static bool is_known_for_hadolint(struct stk_dockerfile_context *context, const struct stk_run *run,
				  struct stk_str text)
{
	const struct stk_dockerfile *file = context->file;
	size_t stage = run->stage;
	for (size_t i = run->instruction->index; !run->onbuild && i-- > 0;) {
		const struct stk_instruction *at = file->instructions.v[i];
		bool counts = at->keyword == STK_ARG || (at->keyword == STK_ENV && at->stage == stage);
		for (size_t k = 0; counts && k < at->pairs.n; k++) {
			struct stk_str name =
				stk_arena_printf(context->arena, "${" STK_FMT "}", STK_ARG(at->pairs.v[k].key.value));
			if (stk_str_contains(text, name))
				return true;
		}
		if (at->keyword != STK_FROM || at->stage != stage)
			continue;
		/* Go on in the stage that this one builds on; ARGs of all stages above count anyway. */
		struct stk_hadolint_image image = stk_hadolint_from(file, at->stage);
		stage = SIZE_MAX - 1;
		for (size_t s = 0; s < at->stage; s++)
			if (stk_str_eq(stk_hadolint_from(file, s).alias, image.name) && image.name.n) {
				stage = s;
				break;
			}
	}
	return false;
}

static bool is_version_part(struct stk_str part)
{
	for (size_t i = 0; i < part.n; i++)
		if (!stk_is_alnum(part.p[i]) && !(part.p[i] && strchr(".~^_:+", part.p[i])))
			return false;
	return true;
}

/* name-1.2-3.el9: a part behind the name begins with a digit. */
static bool has_version(struct stk_str package)
{
	struct stk_str rest = package;
	bool number = false;
	(void)stk_str_cut(&rest, '-');
	while (rest.n) {
		struct stk_str part = stk_str_cut(&rest, '-');
		if (!is_version_part(part))
			return false;
		number |= part.n && stk_is_digit(part.p[0]);
	}
	return number;
}

static bool is_rpm_pinned(struct stk_dockerfile_context *context, const struct stk_run *run, struct stk_str package)
{
	bool hadolint = stk_like_hadolint(context), dash = stk_str_find_byte(package, '-') != SIZE_MAX;
	if (!hadolint && (stk_str_ends(package, S(".rpm")) || stk_str_find_byte(package, '/') != SIZE_MAX ||
			  stk_str_starts(package, S("@"))))
		return true;
	if (!dash)
		return !hadolint && stk_str_starts(package, S("${"));
	if (stk_str_ends(package, S(".rpm")))
		return true;
	if (stk_str_find_byte(package, '$') != SIZE_MAX)
		return !hadolint || is_known_for_hadolint(context, run, package);
	return has_version(package);
}

static bool is_module_pinned(struct stk_str package)
{
	return stk_str_find_byte(package, ':') != SIZE_MAX;
}

/* argument: 0 yum, 1 dnf and microdnf. */
static void check_rpm_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	const char *valued =
		hadolint ? "" : "c config d e R x exclude installroot enablerepo disablerepo repo releasever setopt";
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is_any(command, rule->argument ? "dnf microdnf" : "yum") ||
		    !stk_command_argument(command, "install"))
			continue;
		bool module = stk_command_argument(command, "module");
		/* A group of packages has no version. */
		if (rule->argument && !module && stk_command_argument(command, "group"))
			continue;
		struct stk_arguments plain = stk_command_plain(context->arena, command, valued);
		for (size_t i = 0; i < plain.n; i++) {
			struct stk_str text = plain.v[i]->text;
			if (stk_is_one_of(text, "install module") ||
			    (module ? is_module_pinned(text) : is_rpm_pinned(context, run, text)))
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
					       "the version of the %s " STK_FMT " is not pinned",
					       module ? "module" : "package", STK_ARG(text));
			break;
		}
	}
}

static bool is_zypper_pinned(struct stk_str package, bool hadolint)
{
	for (size_t i = 0; i < package.n; i++)
		if (package.p[i] == '=' || package.p[i] == '<' || package.p[i] == '>')
			return true;
	if (stk_str_ends(package, S(".rpm")))
		return true;
	return !hadolint && (stk_str_starts(package, S("${")) || stk_str_find_byte(package, '/') != SIZE_MAX);
}

static void check_zypper_pins(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_RUN(run, context)
	EACH_COMMAND(command, run)
	{
		if (!stk_command_is(command, "zypper") || !stk_command_argument(command, "install in"))
			continue;
		struct stk_arguments plain =
			stk_command_plain(context->arena, command, hadolint ? "" : "t type r repo from");
		for (size_t i = 0; i < plain.n; i++) {
			struct stk_str text = plain.v[i]->text;
			if (stk_is_one_of(text, "install in") || is_zypper_pinned(text, hadolint))
				continue;
			stk_dockerfile_find_at(context, rule, run->instruction, stk_word_span(command, plain.v[i]),
					       "the version of the package " STK_FMT " is not pinned", STK_ARG(text));
			break;
		}
	}
}

/* Each of these three is said about several programs, in the same words. */
#define WIKI(rule) "https://github.com/hadolint/hadolint/wiki/" rule

/* tool: its name; install: how it is called to install; sign: what divides a package from its version. */
#define PIN_ROW(rule, tool, install, sign, programs_, check_, ...)                                                     \
	{                                                                                                              \
		.id = rule, .layer = STK_LAYER_BUILD, .severity = STK_SEV_MEDIUM,                                      \
		.title = tool " installs a package without a pinned version",                                          \
		.why = "The same Dockerfile builds another image tomorrow: whatever version the mirror holds then.",   \
		.remedy = "Write package" sign "version: httpd" sign "2.4.57.", .bad = "RUN " install " httpd",        \
		.good = "RUN " install " httpd" sign "2.4.57", .url = WIKI(rule), .programs = programs_,               \
		.check = check_, __VA_ARGS__                                                                           \
	}

#define QUESTION_ROW(rule, title_, flag, remedy_, bad_, good_, programs_, check_, ...)                                 \
	{                                                                                                              \
		.id = rule, .layer = STK_LAYER_BUILD, .severity = STK_SEV_MEDIUM, .title = title_,                     \
		.why = "It asks whether to go on; a build has nobody to answer, so it stops there.",                   \
		.remedy = remedy_, .fix = "--fix adds " flag, .bad = "RUN " bad_, .good = "RUN " good_,                \
		.url = WIKI(rule), .programs = programs_, .check = check_, __VA_ARGS__                                 \
	}

/* aliases come last, since they hold commas. */
#define CACHE_ROW(rule, tool, install, clean, programs_, argument_, ...)                                                     \
	{                                                                                                                    \
		.id = rule, .layer = STK_LAYER_IMAGE, .severity = STK_SEV_MEDIUM,                                            \
		.title = tool "'s cache stays in the image",                                                                 \
		.why = "Downloaded packages and repository data stay in the layer, a later RUN cannot take them out of it.", \
		.remedy = "End the same RUN with \"" clean "\".",                                                            \
		.fix = "--fix cleans the cache at the end of the RUN", .bad = "RUN " install,                                \
		.good = "RUN " install " && " clean, .url = WIKI(rule), .argument = argument_, .programs = programs_,        \
		.check = check_cleaning, .aliases = {                                                                        \
			__VA_ARGS__                                                                                          \
		}                                                                                                            \
	}

static const struct stk_rule rows[] = {
	QUESTION_ROW("DL3030", "yum install without -y", "-y", "Give -y.", "yum install httpd-2.4.57",
		     "yum install -y httpd-2.4.57", "yum", check_yes, .argument = 0),
	CACHE_ROW("DL3032", "yum", "yum install -y httpd-2.4.57", "yum clean all", "yum", 16, "DS-0015", "AVD-DS-0015",
		  "DS015"),
	PIN_ROW("DL3033", "yum", "yum install -y", "-", "yum", check_rpm_pins, .argument = 0),
	QUESTION_ROW("DL3034", "zypper without --non-interactive", "--non-interactive",
		     "Give --non-interactive, or -y behind the sub-command.", "zypper install httpd=2.4.57",
		     "zypper --non-interactive install httpd=2.4.57", "zypper", check_zypper_question, .argument = 0),
	{ .id = "DL3035",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "zypper upgrades the whole distribution",
	  .why = "The result depends on the day of the build, and every package of the base image is stored a second time.",
	  .remedy = "Name the release you want in FROM; \"zypper update\" keeps to the release.",
	  .fix = "--fix-unsafe writes update",
	  .bad = "RUN zypper dist-upgrade -y",
	  .good = "FROM opensuse/leap:15.6",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3035",
	  .programs = "zypper",
	  .check = check_zypper_upgrade },
	CACHE_ROW("DL3036", "zypper", "zypper -n install httpd=2.4.57", "zypper clean --all", "zypper", 1 | 16,
		  "DS-0020", "AVD-DS-0020", "DS020"),
	PIN_ROW("DL3037", "zypper", "zypper -n install", "=", "zypper", check_zypper_pins, .argument = 0),
	QUESTION_ROW("DL3038", "dnf install without -y", "-y", "Give -y.", "dnf install httpd-2.4.57",
		     "dnf install -y httpd-2.4.57", "dnf microdnf", check_yes, .argument = 1),
	CACHE_ROW("DL3040", "dnf", "dnf install -y httpd-2.4.57", "dnf clean all", "dnf microdnf", 2 | 32, "DS-0019",
		  "AVD-DS-0019", "DS019", "DS-0027", "AVD-DS-0027", "DS027"),
	PIN_ROW("DL3041", "dnf", "dnf install -y", "-", "dnf microdnf", check_rpm_pins, .argument = 1),
};

const struct stk_rule_table stk_hadolint_rpm_rules = { "dockerfile", rows, STK_LEN(rows) };
