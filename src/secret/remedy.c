/* SPDX-License-Identifier: Apache-2.0 */
/* Concrete ways out: which BuildKit mount, Compose entry or _FILE variable takes the place of this very secret. */
#include "secret/remedy.h"

#include "secret/filter.h"
#include "base/banned.h"

/* Well-known files and what takes them into a build or a container instead. */
static const struct {
	struct stk_str part;
	const char *text;
} files[] = {
	{ S(".npmrc"), "mount it while installing: RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci" },
	{ S(".netrc"), "mount it for the one step: RUN --mount=type=secret,id=netrc,target=/root/.netrc ..." },
	{ S(".pypirc"), "publish from the pipeline, not from an image; for installing use RUN "
			"--mount=type=secret,id=pip,target=/etc/pip.conf" },
	{ S("pip.conf"),
	  "mount it while installing: RUN --mount=type=secret,id=pip,target=/etc/pip.conf pip install ..." },
	{ S(".git-credentials"), "clone with RUN --mount=type=ssh, or RUN "
				 "--mount=type=secret,id=git-credentials,target=/root/.git-credentials" },
	{ S(".git/"), "keep .git out of the build context: add \".git\" to .dockerignore, and remove the secret from "
		      "the repository's history" },
	{ S(".docker/config.json"), "log in where the image is built or pulled; registry credentials have no place in "
				    "an image (\"docker logout\", a credential helper)" },
	{ S(".aws/"), "give the workload a role, or mount it for the one step: RUN "
		      "--mount=type=secret,id=aws,target=/root/.aws/credentials" },
	{ S(".kube/"), "mount it when the container runs, read-only, or give the pod a service account" },
	{ S("id_rsa"), "use the agent: RUN --mount=type=ssh git clone ... and docker build --ssh default" },
	{ S("id_ed25519"), "use the agent: RUN --mount=type=ssh git clone ... and docker build --ssh default" },
	{ S("id_ecdsa"), "use the agent: RUN --mount=type=ssh git clone ... and docker build --ssh default" },
	{ S(".ssh/"), "use the agent: RUN --mount=type=ssh git clone ... and docker build --ssh default" },
	{ S("ssh_host_"), "make host keys when the container first starts (ssh-keygen -A), one set a host" },
	{ S(".tfstate"), "keep state in a remote backend and out of the build context (.dockerignore)" },
	{ S("_history"),
	  "add it to .dockerignore, and pass secrets to commands by file or environment, not as arguments" },
	{ S(".env"), "add \".env\" to .dockerignore and pass it when the container runs (Compose `env_file:`, better "
		     "`secrets:`)" },
	{ S("etc/shadow"), "lock the account (passwd -l) and let people in another way" },
};

static const char *file_advice(struct stk_str path)
{
	for (size_t i = 0; i < STK_LEN(files); i++)
		if (stk_str_contains(path, files[i].part))
			return files[i].text;
	return NULL;
}

/* A name that may stand in id=... and under `secrets:`. */
static struct stk_str secret_id(struct stk_arena *arena, const struct stk_secret *secret)
{
	struct stk_str id = stk_arena_lower(arena, secret->name);
	for (size_t i = 0; i < id.n; i++)
		if (!stk_is_alnum(id.p[i]) && id.p[i] != '_' && id.p[i] != '-')
			return S("token");
	return id.n && id.n <= 64 ? id : S("token");
}

/* The mount that puts this very file where it stands now, for one step. */
static struct stk_str mount_of(struct stk_arena *arena, struct stk_str path)
{
	struct stk_str file = stk_str_slice(path, 0, stk_str_find_byte(path, '!'));
	struct stk_str name = stk_str_after_last(file, '/');
	bool plain = name.n && name.n <= 64 && file.n <= 200;
	for (size_t i = 0; i < file.n; i++)
		plain &= stk_is_alnum(file.p[i]) || stk_str_find_byte(S("._-/"), file.p[i]) != SIZE_MAX;
	if (!plain)
		return S("RUN --mount=type=secret,id=file ... for the step that needs it");
	return stk_arena_printf(arena,
				"RUN --mount=type=secret,id=" STK_FMT ",target=/" STK_FMT
				" ... for the step that needs it, built with docker build --secret id=" STK_FMT
				",src=" STK_FMT,
				STK_ARG(name), STK_ARG(file), STK_ARG(name), STK_ARG(name));
}

/* What a way out is written from. */
struct place {
	struct stk_arena *arena;
	const struct stk_secret *secret;
	struct stk_str id, name; /* for id=... and `secrets:`; for a variable */
	const char *advice;	 /* what the file is known for, or NULL */
};

static struct stk_str out_of_env(const struct place *c)
{
	return stk_arena_printf(
		c->arena,
		"Take it out of ENV and hand it over when the container runs: Compose `secrets: [" STK_FMT
		"]` with " STK_FMT "_FILE=/run/secrets/" STK_FMT " where the program reads it.",
		STK_ARG(c->id), STK_ARG(c->name), STK_ARG(c->id));
}

static struct stk_str out_of_label(const struct place *c)
{
	(void)c;
	return S("Labels are for everybody to read: remove it.");
}

static struct stk_str out_of_command(const struct place *c)
{
	return stk_arena_printf(c->arena,
				"Read it from a file that a Compose `secrets: [" STK_FMT
				"]` entry mounts at /run/secrets/" STK_FMT ", instead of writing it into the command.",
				STK_ARG(c->id), STK_ARG(c->id));
}

static struct stk_str out_of_step(const struct place *c)
{
	return stk_arena_printf(c->arena,
				"Mount it for the one step that needs it: RUN --mount=type=secret,id=" STK_FMT
				",env=" STK_FMT " ..., built with docker build --secret id=" STK_FMT ",env=" STK_FMT
				".",
				STK_ARG(c->id), STK_ARG(c->name), STK_ARG(c->id), STK_ARG(c->name));
}

static struct stk_str out_of_compose(const struct place *c)
{
	return stk_arena_printf(c->arena,
				"Put it into a file outside the repository and name it under `secrets:` (" STK_FMT
				": { file: ./" STK_FMT ".txt }); the service reads /run/secrets/" STK_FMT " or " STK_FMT
				"_FILE.",
				STK_ARG(c->id), STK_ARG(c->id), STK_ARG(c->id), STK_ARG(c->name));
}

static struct stk_str out_of_earlier_layer(const struct place *c)
{
	struct stk_str how =
		c->advice ? stk_str_from(c->advice)
			  : stk_arena_join(c->arena, S("never copy it in; use "), mount_of(c->arena, c->secret->path));
	return stk_arena_printf(c->arena,
				"Deleting it in a later layer does not remove it from the image: " STK_FMT
				". Then build again without cache.",
				STK_ARG(how));
}

static struct stk_str out_of_layer(const struct place *c)
{
	struct stk_str how =
		c->advice ? stk_str_from(c->advice)
			  : stk_arena_join(
				    c->arena,
				    S("leave the file out of the build context (.dockerignore), and mount it from a "
				      "Compose `secrets:` entry when the container runs, or while it is built: "),
				    mount_of(c->arena, c->secret->path));
	return stk_arena_printf(c->arena, "Take it out of the image: " STK_FMT ".", STK_ARG(how));
}

static struct stk_str out_of_file(const struct place *c)
{
	if (c->advice)
		return stk_arena_printf(c->arena, "Keep it out of repository and build context: %s.", c->advice);
	return stk_arena_printf(c->arena,
				"Move it out of the file: into a secret store, or a file outside the repository that "
				"Compose `secrets: { " STK_FMT ": { file: ./" STK_FMT
				".txt } }` mounts at /run/secrets/" STK_FMT " (" STK_FMT "_FILE says where).",
				STK_ARG(c->id), STK_ARG(c->id), STK_ARG(c->id), STK_ARG(c->name));
}

static struct stk_str (*const ways_out[])(const struct place *c) = {
	[STK_SECRET_IN_FILE] = out_of_file,	     [STK_SECRET_IN_DOCKERFILE] = out_of_step,
	[STK_SECRET_IN_COMPOSE] = out_of_compose,    [STK_SECRET_IN_LAYER] = out_of_layer,
	[STK_SECRET_DELETED] = out_of_earlier_layer, [STK_SECRET_IN_ENV] = out_of_env,
	[STK_SECRET_IN_LABEL] = out_of_label,	     [STK_SECRET_IN_COMMAND] = out_of_command,
	[STK_SECRET_IN_HISTORY] = out_of_step,
};

struct stk_str stk_secret_remedy(struct stk_arena *arena, const struct stk_secret *secret, enum stk_secret_way way)
{
	struct place place = {
		.arena = arena,
		.secret = secret,
		.id = secret_id(arena, secret),
		.name = secret->name.n && secret->name.n <= 64 ? secret->name : S("TOKEN"),
		.advice = file_advice(secret->path),
	};
	struct stk_str out = ways_out[way](&place);
	const char *copies =
		way == STK_SECRET_IN_FILE || way == STK_SECRET_IN_DOCKERFILE || way == STK_SECRET_IN_COMPOSE
			? "every copy of the repository"
			: "every copy of the image";
	return stk_arena_printf(arena, STK_FMT " Replace the value, since %s has it: %s", STK_ARG(out), copies,
				secret->rule->revoke ? secret->rule->revoke : "change it where it is valid.");
}

enum stk_secret_way stk_secret_way_of(struct stk_str path)
{
	unsigned class = stk_secret_path_class(path);
	if (class & STK_PATH_DOCKERFILE)
		return STK_SECRET_IN_DOCKERFILE;
	return (class & STK_PATH_CONFIG) && (class & STK_PATH_FIELDS) ? STK_SECRET_IN_COMPOSE : STK_SECRET_IN_FILE;
}
