/* SPDX-License-Identifier: Apache-2.0 */
/* A Compose service against the Dockerfile and the image behind it: user, ports, read-only root. */
#include "audit/cross_private.h"

#include "base/banned.h"

void stk_cross_root(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_service_user user = stk_deployed_user(service);
		bool from_image = user.source == STK_USER_DOCKERFILE || user.source == STK_USER_IMAGE;
		if (!user.root || !from_image)
			continue;
		size_t number = c->report->findings.n;
		struct stk_finding *finding = stk_cross_add(c, rule, service, "service " STK_FMT " runs as root: %s, and Compose names no user",
							    STK_ARG(service->facts->name),
							    user.source == STK_USER_IMAGE ? "its image's user is root" :
							    user.instruction              ? "its Dockerfile says USER root" :
											    "its Dockerfile names no user");
		if (user.source == STK_USER_IMAGE)
			stk_finding_evidence(c->report, finding, "image " STK_FMT ": User is \"" STK_FMT "\"", STK_ARG(service->image->name),
					     STK_ARG(service->image->facts->config.user));
		else
			stk_finding_evidence(c->report, finding, user.instruction ? STK_FMT ": USER " STK_FMT : STK_FMT ": the stage that is built has no USER" STK_FMT,
					     STK_ARG(stk_cross_instruction(c, service, user.instruction)),
					     STK_ARG(user.instruction ? user.name : S("")));
		stk_finding_evidence(c->report, finding, STK_FMT ": service " STK_FMT " sets no user:", STK_ARG(stk_cross_place(c, &service->facts->place)),
				     STK_ARG(service->facts->name));
		number = stk_cross_fold(c, number, "CMP-118", service->project->target, service->facts->name, S(""));
		/* The Dockerfile's own finding stays when another service or none speaks of it. */
		if (service->dockerfile)
			number = stk_cross_fold(c, number, "DL3002", service->dockerfile->target, S(""), S(""));
		if (service->dockerfile)
			stk_cross_fold(c, number, "DF-002", service->dockerfile->target, S(""), S(""));
	}
}

/* "80/tcp", "8000-8010/tcp" of an EXPOSE or an image's configuration. */
static bool covers(struct stk_str exposed, uint32_t port)
{
	struct stk_str rest = exposed, range = stk_str_cut(&rest, '/'), last = range, first = stk_str_cut(&last, '-');
	uint64_t from, to;
	if (!stk_str_u64(first, 10, &from))
		return false;
	return stk_str_u64(last.n ? last : first, 10, &to) && port >= from && port <= to;
}

/* What the stage and those it stands on expose. *any: something is said at all, and nothing that could not be read. */
static bool stage_exposes(const struct stk_dockerfile *file, size_t stage, uint32_t port, bool *any)
{
	while (stage < file->stages.n) {
		const struct stk_build_stage *facts = &file->stages.v[stage];
		for (size_t i = facts->first; i < facts->first + facts->n; i++) {
			const struct stk_instruction *instruction = file->instructions.v[i];
			for (size_t w = 0; instruction->keyword == STK_EXPOSE && w < instruction->words.n; w++) {
				struct stk_str value = instruction->words.v[w].value;
				*any = true;
				if (covers(value, port) || stk_str_find_byte(value, '$') != SIZE_MAX)
					return true;
			}
		}
		stage = facts->parent < stage ? facts->parent : SIZE_MAX;
	}
	return false;
}

static bool exposes(const struct stk_deployed_service *service, uint32_t port, bool *any)
{
	for (size_t i = 0; service->image && i < service->image->facts->config.exposed_ports.n; i++) {
		*any = true;
		if (covers(service->image->facts->config.exposed_ports.v[i], port))
			return true;
	}
	for (size_t i = 0; i < service->facts->expose.n; i++)
		if (covers(service->facts->expose.v[i], port))
			return true;
	return service->dockerfile && service->stage != SIZE_MAX && stage_exposes(service->dockerfile->facts, service->stage, port, any);
}

void stk_cross_unexposed(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		for (size_t p = 0; p < service->facts->ports.n; p++) {
			const struct stk_compose_port *port = &service->facts->ports.v[p];
			bool any = false;
			/* An image that exposes nothing documents nothing: that says little about the port. */
			if (exposes(service, port->target, &any) || !any)
				continue;
			struct stk_finding *finding = stk_cross_add(c, rule, service, "service " STK_FMT " publishes port %u, which its image does not expose",
								    STK_ARG(service->facts->name), port->target);
			stk_finding_evidence(c->report, finding, STK_FMT ": publishes %u", STK_ARG(stk_cross_place(c, &port->node->place)), port->target);
			if (service->dockerfile)
				stk_finding_evidence(c->report, finding, STK_FMT ": the stage that is built exposes other ports",
						     STK_ARG(stk_cross_instruction(c, service, NULL)));
		}
	}
}

static bool below(struct stk_str path, struct stk_str folder)
{
	return stk_str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/' || stk_str_is(folder, "/"));
}

static bool has_room(const struct stk_deployed_service *service, struct stk_str path)
{
	const struct stk_compose_node *tmpfs = stk_compose_get(service->facts->node, "tmpfs");
	for (size_t i = 0; i < service->facts->mounts.n; i++)
		if (below(path, service->facts->mounts.v[i].target) && !service->facts->mounts.v[i].read_only)
			return true;
	for (uint32_t i = 0; tmpfs && tmpfs->type == STK_COMPOSE_LIST && i < tmpfs->n; i++) {
		struct stk_str rest = tmpfs->items[i]->text;
		if (below(path, stk_str_cut(&rest, ':')))
			return true;
	}
	return false;
}

void stk_cross_read_only(const struct stk_rule *rule, void *context)
{
	/* Folders that well-known programs write when they start; a VOLUME of an image gets a volume of its own and needs no room. */
	static const struct { const char *image, *paths[4]; } writers[] = {
		{ "nginx", { "/var/cache/nginx", "/var/run" } }, { "postgres", { "/var/run/postgresql", "/tmp" } },
		{ "mysql", { "/var/run/mysqld", "/tmp" } },	 { "mariadb", { "/run/mysqld", "/tmp" } },
		{ "httpd", { "/usr/local/apache2/logs" } },	 { "rabbitmq", { "/etc/rabbitmq" } },
	};
	struct stk_cross *c = context;
	for (size_t i = 0; i < c->deployment->services.n; i++) {
		const struct stk_deployed_service *service = &c->deployment->services.v[i];
		struct stk_str image = service->facts->image, name = image;
		size_t slash = stk_str_rfind_byte(image, '/');
		name = stk_str_slice(image, slash == SIZE_MAX ? 0 : slash + 1, image.n);
		name = stk_str_cut(&name, ':');
		for (size_t w = 0; service->facts->read_only && w < STK_LEN(writers); w++) {
			if (!stk_str_is(name, writers[w].image))
				continue;
			for (size_t k = 0; k < STK_LEN(writers[w].paths) && writers[w].paths[k]; k++)
				if (!has_room(service, stk_str_from(writers[w].paths[k])))
					stk_cross_add(c, rule, service, "service " STK_FMT " is read-only, but " STK_FMT " writes %s: add a tmpfs there",
						      STK_ARG(service->facts->name), STK_ARG(name), writers[w].paths[k]);
		}
	}
}
