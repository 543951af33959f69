/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connects what an audit found: a service with the Dockerfile and stage it is built from, and
 * with the image archive that holds the image it names. Everything is compared by absolute path
 * or by full reference (docker.io/library/x:latest), never by how it is written.
 */
#include "audit/deployment.h"

#include "text/path.h"
#include "text/reference.h"
#include "base/banned.h"

static struct stk_str join(struct stk_arena *arena, struct stk_str folder, struct stk_str name)
{
	return stk_path_clean(arena, stk_path_join(arena, folder, name));
}

static struct stk_str text_of(const struct stk_compose_node *map, const char *key)
{
	const struct stk_compose_node *node = stk_compose_get(map, key);
	return node && node->type == STK_COMPOSE_STRING ? node->text : S("");
}

struct stk_str stk_build_folder(struct stk_arena *arena, const struct stk_compose_service *service,
				struct stk_str dockerfile)
{
	struct stk_str context = text_of(service->build, "context"), name = text_of(service->build, "dockerfile");
	if (!context.n || !stk_str_eq(join(arena, context, name.n ? name : S("Dockerfile")), dockerfile))
		return S("");
	return stk_path_clean(arena, context);
}

static const struct stk_deployed_dockerfile *find_dockerfile(const struct stk_deployment *d, struct stk_str absolute)
{
	for (size_t i = 0; i < d->dockerfiles.n; i++)
		if (stk_str_eq(d->dockerfiles.v[i].absolute, absolute))
			return &d->dockerfiles.v[i];
	return NULL;
}

/* build: {context, dockerfile, target}. Paths are absolute in a loaded model. */
static void connect_build(struct stk_deployment *d, struct stk_deployed_service *service)
{
	const struct stk_compose_node *build = service->facts->build;
	struct stk_str context = text_of(build, "context"), name = text_of(build, "dockerfile"),
		       target = text_of(build, "target");
	if (!build || !context.n)
		return;
	service->dockerfile = find_dockerfile(d, join(d->arena, context, name.n ? name : S("Dockerfile")));
	if (!service->dockerfile || !service->dockerfile->facts->stages.n)
		return;
	const struct stk_dockerfile *file = service->dockerfile->facts;
	service->stage = target.n ? stk_dockerfile_stage(file, target, file->stages.n) : file->stages.n - 1;
}

static bool same_reference(struct stk_arena *arena, struct stk_str a, struct stk_str b)
{
	struct stk_reference one, two;
	struct stk_err ignored;
	if (stk_reference_parse(a, &one, &ignored) < 0 || stk_reference_parse(b, &two, &ignored) < 0)
		return false;
	return stk_str_eq(stk_reference_full(arena, &one), stk_reference_full(arena, &two));
}

/* The name Compose gives an image that is only built: PROJECT-SERVICE. */
static struct stk_str image_name(struct stk_deployment *d, const struct stk_deployed_service *service)
{
	if (service->facts->image.n)
		return service->facts->image;
	return stk_arena_printf(d->arena, STK_FMT "-" STK_FMT, STK_ARG(service->project->model->name),
				STK_ARG(service->facts->name));
}

static void connect_image(struct stk_deployment *d, struct stk_deployed_service *service)
{
	struct stk_str name = image_name(d, service);
	for (size_t i = 0; i < d->images.n && !service->image; i++) {
		const struct stk_deployed_image *image = &d->images.v[i];
		bool same = same_reference(d->arena, image->name, name);
		for (size_t t = 0; t < image->facts->tags.n && !same; t++)
			same = same_reference(d->arena, image->facts->tags.v[t], name);
		if (same)
			service->image = image;
	}
}

void stk_deployment_close(struct stk_deployment *d)
{
	for (size_t i = 0; i < d->arenas.n; i++)
		stk_arena_free(d->arenas.v[i]);
	d->arenas.n = 0;
}

void stk_deployment_connect(struct stk_deployment *d)
{
	for (size_t p = 0; p < d->projects.n; p++) {
		const struct stk_deployed_project *project = &d->projects.v[p];
		for (size_t s = 0; s < project->model->services.n; s++) {
			struct stk_deployed_service service = { .project = project,
								.facts = &project->model->services.v[s],
								.stage = SIZE_MAX };
			service.party = project->net ? stk_net_service_find(project->net, service.facts->name)
						     : STK_NET_NOWHERE;
			connect_build(d, &service);
			connect_image(d, &service);
			*STK_PUSH(d->arena, &d->services) = service;
		}
	}
}

const struct stk_instruction *stk_stage_user(const struct stk_dockerfile *file, size_t stage)
{
	/* Stages stand on earlier ones only, so this ends. */
	while (stage < file->stages.n) {
		const struct stk_build_stage *facts = &file->stages.v[stage];
		for (size_t i = facts->first + facts->n; i-- > facts->first;)
			if (file->instructions.v[i]->keyword == STK_USER && file->instructions.v[i]->words.n)
				return file->instructions.v[i];
		stage = facts->parent < stage ? facts->parent : SIZE_MAX;
	}
	return NULL;
}

static bool is_root(struct stk_str user)
{
	struct stk_str rest = user, name = stk_str_trim(stk_str_cut(&rest, ':'));
	uint64_t id;
	return !name.n || stk_str_is(name, "root") || (stk_str_u64(name, 10, &id) && id == 0);
}

static struct stk_service_user user_from(struct stk_str name, enum stk_user_source source,
					 const struct stk_instruction *instruction)
{
	return (struct stk_service_user){ name.n ? name : S("root"), is_root(name), source, instruction };
}

struct stk_service_user stk_deployed_user(const struct stk_deployed_service *service)
{
	if (service->facts->user.n)
		return user_from(service->facts->user, STK_USER_COMPOSE, NULL);
	if (service->dockerfile && service->stage != SIZE_MAX) {
		const struct stk_instruction *user = stk_stage_user(service->dockerfile->facts, service->stage);
		if (user)
			return user_from(user->words.v[0].value, STK_USER_DOCKERFILE, user);
	}
	if (service->image)
		return user_from(service->image->facts->config.user, STK_USER_IMAGE, NULL);
	/* No stage sets a user: the base image's applies, which is root for nearly all. */
	if (service->dockerfile && service->stage != SIZE_MAX)
		return user_from(S(""), STK_USER_DOCKERFILE, NULL);
	return (struct stk_service_user){ S("unknown"), false, STK_USER_UNKNOWN, NULL };
}

/* The mount that gives a service an engine's socket, by itself or with a folder around it. A
   named volume may be a bind as well (driver_opts: device). */
const struct stk_compose_mount *stk_service_socket(const struct stk_compose_service *service)
{
	static const char *const sockets[] = { "/docker.sock", "/containerd.sock", "/podman.sock", "/crio.sock" };
	static const char *const folders[] = { "/", "/run", "/var/run", "/var" };
	for (size_t i = 0; i < service->mounts.n; i++) {
		const struct stk_compose_mount *mount = &service->mounts.v[i];
		struct stk_str source =
			mount->volume && mount->volume->device.n ? mount->volume->device : mount->source;
		if (!stk_str_is(mount->type, "bind") && !(mount->volume && mount->volume->device.n))
			continue;
		for (size_t k = 0; k < STK_LEN(sockets); k++)
			if (stk_str_ends(source, stk_str_from(sockets[k])))
				return mount;
		for (size_t k = 0; k < STK_LEN(folders); k++)
			if (stk_str_is(source, folders[k]))
				return mount;
	}
	return NULL;
}
