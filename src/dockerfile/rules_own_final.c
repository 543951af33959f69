/* SPDX-License-Identifier: Apache-2.0 */
/* What has no place in the final image: compilers, sources, package managers' caches; and a context copied whole. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/rules_own.h"
#include "base/banned.h"

/* ---- DF-020: build tools ---- */

#define MANAGERS "apt-get apt aptitude apk yum dnf microdnf tdnf zypper"
#define TOOLS                                                                                                                                      \
	"build-essential gcc g++ cc clang make cmake ninja-build ninja meson autoconf automake libtool bison flex pkg-config pkgconf gdb gcc-c++ " \
	"build-base linux-headers musl-dev libc6-dev libc-dev alpine-sdk golang golang-go go cargo rustc rust maven gradle openjdk-17-jdk "        \
	"openjdk-11-jdk openjdk-21-jdk default-jdk python3-dev python-dev python3-devel git subversion mercurial devscripts dpkg-dev rpm-build"

static bool is_tool(struct stk_str package)
{
	struct stk_str name = stk_str_cut(&package, '=');
	return stk_is_one_of(name, TOOLS) ||
	       (name.n > 4 && stk_str_ends(name, S("-dev")) && stk_str_starts(name, S("lib"))) ||
	       (name.n > 6 && stk_str_ends(name, S("-devel")));
}

static bool installs(const struct stk_run_command *command)
{
	return stk_command_is_any(command, MANAGERS) && stk_command_argument(command, "install add in groupinstall");
}

/* Packages that the same RUN takes away again. */
static bool is_removed(const struct stk_run *run, struct stk_str package)
{
	for (size_t i = 0; i < run->commands.n; i++) {
		const struct stk_run_command *command = &run->commands.v[i];
		if (stk_command_argument(command, "purge remove del autoremove erase rm"))
			for (size_t k = 0; k < command->n_arguments; k++)
				if (stk_str_eq(command->arguments[k]->text, package) ||
				    stk_str_starts(command->arguments[k]->text, S(".")))
					return true;
	}
	return false;
}

static void check_tools(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++) {
		const struct stk_run *run = &runs->v[r];
		if (run->onbuild || !stk_stage_is_final(context->file, run->stage))
			continue;
		struct stk_str list = S("");
		const struct stk_run_command *at = NULL;
		const struct stk_shell_word *first = NULL;
		for (size_t i = 0; i < run->commands.n; i++) {
			const struct stk_run_command *command = &run->commands.v[i];
			for (size_t k = 0; installs(command) && k < command->n_arguments && list.n < 200; k++) {
				struct stk_str package = command->arguments[k]->text;
				if (!is_tool(package) || is_removed(run, package))
					continue;
				first = first ? first : command->arguments[k];
				at = at ? at : command;
				list = stk_arena_printf(context->arena, STK_FMT "%s" STK_FMT, STK_ARG(list),
							list.n ? ", " : "", STK_ARG(package));
			}
		}
		if (first)
			stk_dockerfile_find_at(
				context, rule, run->instruction, stk_word_span(at, first),
				"in a stage of its own these would stay out of the final image: " STK_FMT,
				STK_ARG(list));
	}
}

/* ---- DF-021: sources ---- */

static const struct {
	const char *commands, *arguments, *what;
} compilers[] = {
	{ "go", "build install", "the Go toolchain and the sources" },
	{ "cargo", "build install", "the Rust toolchain and the sources" },
	{ "mvn mvnw ./mvnw", "package install verify", "Maven, its repository and the sources" },
	{ "gradle gradlew ./gradlew", "build assemble jar bootJar shadowJar", "Gradle, its caches and the sources" },
	{ "dotnet", "publish build", "the .NET SDK and the sources" },
	{ "gcc g++ cc clang", NULL, "the compiler and the sources" },
	{ "make", NULL, "the build tools and the sources" },
	{ "tsc webpack vite", NULL, "the compiler, its packages and the sources" },
};

static const char *compiles(const struct stk_run_command *command)
{
	for (size_t i = 0; i < STK_LEN(compilers); i++)
		if (stk_command_is_any(command, compilers[i].commands) &&
		    (!compilers[i].arguments || stk_command_argument(command, compilers[i].arguments)))
			return compilers[i].what;
	return NULL;
}

static bool copies_folder(const struct stk_instruction *at)
{
	if (at->keyword != STK_COPY && at->keyword != STK_ADD)
		return false;
	for (size_t i = 0; i + 1 < at->words.n; i++)
		if (stk_is_one_of(at->words.v[i].value, ". ./ * src src/ ./src"))
			return !stk_instruction_flag(at, "from");
	return false;
}

/* Of each stage, whether it copies sources; on the context's arena. */
static const bool *stages_with_sources(struct stk_dockerfile_context *context)
{
	const struct stk_dockerfile *file = context->file;
	bool *copies = STK_NEW(context->arena, bool, file->stages.n);
	for (size_t i = 0; i < file->instructions.n; i++)
		if (file->instructions.v[i]->stage < file->stages.n && copies_folder(file->instructions.v[i]))
			copies[file->instructions.v[i]->stage] = true;
	return copies;
}

static void check_sources(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	const bool *copies = stages_with_sources(context);
	for (size_t r = 0; r < runs->n; r++) {
		const struct stk_run *run = &runs->v[r];
		if (run->onbuild || !stk_stage_is_final(context->file, run->stage) || !copies[run->stage])
			continue;
		for (size_t i = 0; i < run->commands.n; i++) {
			const char *what = compiles(&run->commands.v[i]);
			if (!what)
				continue;
			stk_dockerfile_find_at(
				context, rule, run->instruction, stk_command_span(&run->commands.v[i]),
				"compiled in the final stage: in a stage of its own %s would stay out of the image",
				what);
			break;
		}
	}
}

/* ---- DF-022: caches ---- */

/* clean: what empties the cache at the end of the RUN, which changes nothing else. mount: where the cache is in the
   official images; a later RUN may count on what stands there. */
static const struct {
	const char *commands, *arguments, *folder, *excuse, *clean, *mount;
} caches[] = {
	{ "npm", "install ci i", ".npm", "clean", "npm cache clean --force", NULL },
	{ "composer", "install require", ".composer", "clear-cache clearcache", "composer clear-cache", NULL },
	{ "go", "build install", "go-build", "clean", "go clean -cache", NULL },
	{ "cargo", "build install", "cargo/registry", NULL, NULL, "/usr/local/cargo/registry" },
	{ "mvn mvnw ./mvnw", "package install verify", ".m2", NULL, NULL, "/root/.m2" },
	{ "gradle gradlew ./gradlew", "build assemble bootJar", ".gradle", NULL, NULL, "/root/.gradle" },
	{ "bundle bundler", "install", "bundle", "--no-cache", NULL, "/usr/local/bundle/cache" },
	{ "conda", "install create update", "pkgs", "clean", "conda clean -afy", NULL },
	{ "mamba", "install create update", "pkgs", "clean", "mamba clean -afy", NULL },
	{ "micromamba", "install create update", "pkgs", "clean", "micromamba clean -afy", NULL },
};

static void fix_cache(struct stk_dockerfile_context *context, struct stk_finding *finding, const struct stk_run *run,
		      size_t row)
{
	if (caches[row].clean) {
		stk_fix_append_command(context, finding, run, true, caches[row].clean);
		return;
	}
	struct stk_repair repair = stk_repair_new(context);
	stk_repair_add_flag(&repair, run->instruction,
			    stk_arena_printf(context->arena, "--mount=type=cache,target=%s", caches[row].mount));
	stk_repair_offer(&repair, finding, false, "write RUN --mount=type=cache,target=%s", caches[row].mount);
}

static bool cleans(const struct stk_run *run, size_t row)
{
	if (stk_run_has_cache(run, caches[row].folder))
		return true;
	for (size_t i = 0; i < run->commands.n; i++) {
		const struct stk_run_command *command = &run->commands.v[i];
		if (caches[row].excuse && stk_command_is_any(command, caches[row].commands) &&
		    stk_command_argument(command, caches[row].excuse))
			return true;
		for (size_t k = 0; stk_command_is(command, "rm") && k < command->n_arguments; k++)
			if (stk_str_contains(command->arguments[k]->text, stk_str_from(caches[row].folder)))
				return true;
	}
	return false;
}

static void check_caches(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	for (size_t r = 0; r < runs->n; r++) {
		const struct stk_run *run = &runs->v[r];
		for (size_t i = 0;
		     !run->onbuild && stk_stage_is_final(context->file, run->stage) && i < run->commands.n; i++)
			for (size_t k = 0; k < STK_LEN(caches); k++)
				if (stk_command_is_any(&run->commands.v[i], caches[k].commands) &&
				    stk_command_argument(&run->commands.v[i], caches[k].arguments) && !cleans(run, k))
					fix_cache(
						context,
						stk_dockerfile_find_at(
							context, rule, run->instruction,
							stk_command_span(&run->commands.v[i]),
							STK_FMT
							" leaves its cache (%s) in the image; mount one with --mount=type=cache, or remove it in this RUN",
							STK_ARG(run->commands.v[i].name), caches[k].folder),
						run, k);
	}
}

/* ---- DF-070 ---- */

static void check_context(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	if (!context->options->has_context || context->options->has_dockerignore)
		return;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		bool copies = (at->keyword == STK_COPY || at->keyword == STK_ADD) &&
			      !stk_instruction_flag(at, "from") && !at->broken;
		for (size_t k = 0; copies && k + 1 < at->words.n; k++)
			if (stk_is_one_of(at->words.v[k].value, ". ./ / *"))
				stk_dockerfile_find_at(context, rule, at, at->words.v[k].span,
						       "the whole build context is copied, and no .dockerignore "
						       "keeps .git, .env and keys out of it");
	}
}

#define STAGES "https://docs.docker.com/build/building/multi-stage/"

static const struct stk_rule rows[] = {
	{ .id = "DF-020",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "build tools in the final stage",
	  .why = "Compilers and headers are needed to build, not to run. In the image they are what an intruder works with, and packages to patch.",
	  .remedy =
		  "Name this stage (FROM ... AS build), add a last stage from a small image, and copy the result: COPY --from=build /out /usr/local/bin/.",
	  .bad = "RUN apt-get install -y build-essential",
	  .good = "FROM debian:12 AS build\nRUN apt-get install -y build-essential\nFROM debian:12-slim\nCOPY --from=build /out /usr/local/bin",
	  .url = STAGES,
	  .programs = MANAGERS,
	  .check = check_tools },
	{ .id = "DF-021",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "program compiled in the final stage",
	  .why = "Sources, toolchain and intermediate files stay in the image with the program.",
	  .remedy =
		  "Name this stage (FROM ... AS build), add a last stage from scratch or a distroless image, and copy the program: "
		  "COPY --from=build /app /app.",
	  .bad = "FROM golang:1.23\nCOPY . .\nRUN go build -o /app",
	  .good = "FROM golang:1.23 AS build\nCOPY . .\nRUN go build -o /app\nFROM scratch\nCOPY --from=build /app /app",
	  .url = STAGES,
	  .check = check_sources },
	{ .id = "DF-022",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_INFO,
	  .title = "package cache left in the final stage",
	  .why = "The cache only helps the next build, and is copied to every machine that pulls the image.",
	  .remedy =
		  "Write RUN --mount=type=cache,target=/root/.npm npm ci (with the folder of the tool), or end the RUN with \"&& npm cache clean "
		  "--force\".",
	  .fix = "--fix cleans the cache at the end of the RUN; --fix-unsafe mounts one where the tool has no command for that",
	  .bad = "RUN npm ci",
	  .good = "RUN --mount=type=cache,target=/root/.npm npm ci",
	  .url = "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
	  .check = check_caches },
	{ .id = "DF-070",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "whole context copied without a .dockerignore",
	  .why = "Everything in the folder goes to the builder and into the image: the repository's history, settings with passwords, keys.",
	  .remedy =
		  "The Dockerfile stays as it is: write a .dockerignore beside it (\"strake context --fix .\" does, \"strake init\" too), or copy what "
		  "is needed by name.",
	  .bad = "COPY . .",
	  .good = "COPY src/ package.json /app/",
	  .url = "https://docs.docker.com/build/concepts/context/#dockerignore-files",
	  .check = check_context },
};

const struct stk_rule_table stk_own_final_rules = { "dockerfile", rows, STK_LEN(rows) };
